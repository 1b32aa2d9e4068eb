"""Which series a rule, or a silence, is about."""

from collections.abc import Callable, Mapping, Sequence

from shared.contracts.alerts.rules import Matcher
from shared.patterns import compiled

Matches = Callable[[Mapping[str, str]], bool]


def matches_all(matchers: Sequence[Matcher]) -> Matches:
    """True for labels that all matchers agree on. Raises PatternError for a pattern that cannot be read."""
    tests = [(each.label, _test(each)) for each in matchers]
    return lambda labels: all(test(labels.get(label, "")) for label, test in tests)


def _test(matcher: Matcher) -> Callable[[str], bool]:
    wanted = matcher.value
    match matcher.match:
        case "=":
            return lambda value: value == wanted
        case "!=":
            return lambda value: value != wanted
        case "=~":
            pattern = compiled(wanted)
            return lambda value: pattern.fullmatch(value) is not None
        case "!~":
            pattern = compiled(wanted)
            return lambda value: pattern.fullmatch(value) is None

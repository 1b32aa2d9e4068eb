"""Which series a rule, or a silence, is about."""

from collections.abc import Callable, Mapping, Sequence

import re2  # type: ignore[import-untyped]  # it brings no types; its patterns follow those of re

from shared.contracts.alerts.rules import Matcher

_OPTIONS = re2.Options()
_OPTIONS.log_errors = False
_OPTIONS.max_mem = 8 << 20

Matches = Callable[[Mapping[str, str]], bool]


def matches_all(matchers: Sequence[Matcher]) -> Matches:
    """True for labels that all matchers agree on. Raises re2.error for a pattern that cannot be read."""
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
            pattern = re2.compile(wanted, _OPTIONS)
            return lambda value: pattern.fullmatch(value) is not None
        case "!~":
            pattern = re2.compile(wanted, _OPTIONS)
            return lambda value: pattern.fullmatch(value) is None

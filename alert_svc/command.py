"""`python -m alert_svc rules check|test <file> ...`: rules as code, looked at without a running Belfry."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from alert_svc import declared
from alert_svc.declared import Item
from alert_svc.rule_tests import RuleTest, failures, mistakes_of
from alert_svc.semantics import Names, rule_warnings
from shared.contracts.alerts.rules import AlertRuleSpec
from shared.contracts.wire import FieldError
from shared.declared import SECTIONS, InvalidFile, document, entries, line_of, read, repeated
from shared.validate import validate

USAGE = """\
usage: python -m alert_svc rules check <file> ...   what is wrong with rules, channels, policies and mute timings
       python -m alert_svc rules test <file> ...    runs the tests of a file against its rules"""
RULES_FROM = "rules_from"
FINE, FAILED, MISUSED = 0, 1, 2

Say = Callable[[str], None]


def main(words: Sequence[str], environ: Mapping[str, str] = os.environ, say: Say = print) -> int:
    """The exit code: 0 when all is well, 1 when something is wrong, 2 for a command that there is not."""
    match words:
        case ["rules", ("check" | "test") as verb, first, *more]:
            return max(_run(VERBS[verb], Path(each), environ, say) for each in (first, *more))
    print(USAGE, file=sys.stderr)
    return MISUSED


def check(path: Path, environ: Mapping[str, str], say: Say) -> int:
    items = declared.load(path, environ)
    named = {reference for item in items for reference in declared.references(item.kind, item.spec)}
    there = {(item.kind, item.id) for item in items}
    if wrong := declared.said(path.name, declared.mistakes(items, _names(named))):
        raise InvalidFile(wrong)
    for kind, id in sorted(named - there):
        say(f"{path.name}: warning: {kind.replace('_', ' ')} {id} is not in this file; it must be there already")
    for text in declared.said(path.name, [(item, _warnings(item)) for item in items if item.kind == "rule"]):
        say(text.replace(": ", ": warning: ", 1))
    say(f"{path.name}: {_counted(items)}")
    return FINE


def test(path: Path, environ: Mapping[str, str], say: Say) -> int:
    nodes, wrong = document(read(path), path.name, (*SECTIONS, RULES_FROM))
    rules = _rules(nodes, path, environ)
    tests: list[tuple[RuleTest, int, list[str]]] = []
    for entry in entries(nodes, "tests", path.name):
        given, mistakes = validate(entry.plain, RuleTest)
        mistakes += mistakes_of(given, rules) if given is not None else []
        wrong += entry.said(path.name, mistakes)
        if given is not None and not mistakes:
            unmet = [FieldError(f"expect[{number}]", found) for number, found in failures(given, rules)]
            tests.append((given, entry.line, entry.said(path.name, unmet)))
    if wrong:
        raise InvalidFile(wrong)
    for given, line, failed in tests:
        say(f"{path.name}:{line}: {'FAILED' if failed else 'passed'}: {given.name}")
        for text in failed:
            say(f"    {text}")
    say(f"{sum(not failed for *_, failed in tests)} passed, {sum(bool(failed) for *_, failed in tests)} failed")
    return FAILED if any(failed for *_, failed in tests) else FINE


VERBS = {"check": check, "test": test}


def _run(verb: Callable[[Path, Mapping[str, str], Say], int], path: Path, environ: Mapping[str, str], say: Say) -> int:
    try:
        return verb(path, environ, say)
    except InvalidFile as error:
        print("\n".join(error.errors), file=sys.stderr)
    except OSError as error:
        print(f"{path}: {error.strerror}", file=sys.stderr)
    return FAILED


def _rules(found: Any, path: Path, environ: Mapping[str, str]) -> list[AlertRuleSpec]:
    """Those of the file itself, and of the files it names beside it."""
    own = declared.items_of(found, path.name, environ)
    others = [item for other in _others(found, path) for item in declared.load(other, environ)]
    rules = [item for item in (*own, *others) if item.kind == "rule"]
    if twice := repeated([(item.id, number) for number, item in enumerate(rules)], path.name):
        raise InvalidFile([f"{path.name}:{line_of(found, RULES_FROM)}: {text.split(': ', 1)[1]}" for text in twice])
    return [item.spec for item in rules]


def _others(found: Any, path: Path) -> Iterator[Path]:
    named = found.get(RULES_FROM) or []
    if not isinstance(named, list) or not all(isinstance(each, str) for each in named):
        raise InvalidFile([f"{path.name}:{line_of(found, RULES_FROM)}: {RULES_FROM} must be a list of files"])
    yield from (path.parent / each for each in named)


def _names(named: set[tuple[declared.Kind, str]]) -> Names:
    def of(kind: declared.Kind) -> set[str]:
        return {id for other, id in named if other == kind}

    return Names(channels=of("channel"), policies=of("policy"), mute_timings=of("mute_timing"))


def _warnings(item: Item) -> list[FieldError]:
    return rule_warnings(item.spec, Names(), matched=1)


def _counted(items: Sequence[Item]) -> str:
    counts = ((section, sum(item.kind == kind for item in items)) for section, (kind, _) in declared.SPECS.items())
    return ", ".join(f"{section.replace('_', ' ')} {count}" for section, count in counts)

"""Statements about an answer. Each gives what was expected, what came, and why it fails in words."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import jsonpath
import msgspec
from jsonpath import JSONPathEnvironment

from health_svc.probes.evidence import FaultError
from health_svc.probes.masking import masked
from health_svc.probes.patterns import matches
from health_svc.probes.words import duration, short
from shared.contracts.checks import JsonAssertion
from shared.contracts.health.runs import Assertion
from shared.redaction import HIDDEN, is_secret

Judged = tuple[Assertion, str]
MISSING = object()
MAX_DESCENDANTS = 1


class _PlainPaths(JSONPathEnvironment):
    """RFC 9535 without its regular expression functions: their engine is not bounded in time."""

    def setup_function_extensions(self) -> None:
        super().setup_function_extensions()
        for name in ("match", "search"):
            self.function_extensions.pop(name, None)


_PATHS = _PlainPaths(strict=True)


def status(expected: str, actual: int) -> Judged:
    passed = any(low <= actual <= high for low, high in status_ranges(expected))
    return _judged("status", expected, str(actual), passed, f"HTTP {actual}, expected {expected}")


@lru_cache(1024)
def status_ranges(expected: str) -> tuple[tuple[int, int], ...]:
    """`2xx,301-399,404` as inclusive ranges."""
    ranges = []
    for part in expected.split(","):
        low, _, high = part.partition("-")
        ranges.append((int(low.replace("x", "0")), int((high or low).replace("x", "9"))))
    return tuple(ranges)


def header(name: str, pattern: str, actual: str | None) -> Judged:
    if actual is None:
        return _judged(f"header {name}", pattern, "missing", False, f"Header {name} is missing")
    passed = matches(pattern, actual)
    shown, wanted = (HIDDEN, HIDDEN) if is_secret(name.replace("-", "_")) else (short(actual), short(pattern))
    return _judged(f"header {name}", wanted, shown, passed, f"Header {name} is {shown}, expected {wanted}")


def text(name: str, pattern: str, actual: str) -> Judged:
    """A pattern that must be found in a body, banner or message."""
    passed = matches(pattern, actual)
    shown = "found" if passed else short(masked(actual)) or "nothing"
    return _judged(name, short(pattern), shown, passed, f"The {name} does not contain {short(pattern)!r}")


def latency(limit_ms: float, actual_ms: float) -> Judged:
    actual, limit = duration(actual_ms), duration(limit_ms)
    return _judged("latency", f"<= {limit}", actual, actual_ms <= limit_ms, f"Took {actual}, at most {limit} allowed")


def json(assertion: JsonAssertion, document: Any) -> Judged:
    """`document` is the decoded body, or MISSING when it is no JSON. A path that finds nothing fails."""
    wanted = assertion.operator if assertion.operator in ("exists", "absent") else _wanted(assertion)
    if document is MISSING:
        reason = f"The body is not JSON, so {assertion.path} cannot be read"
        return _judged(assertion.path, wanted, "not JSON", False, reason)
    actual = first_match(assertion.path, document)
    passed = _holds(assertion, actual)
    shown = "missing" if actual is MISSING else _shown(assertion.path, actual)
    return _judged(assertion.path, wanted, shown, passed, f"{assertion.path} is {shown}, expected {wanted}")


def first_match(path: str, document: Any) -> Any:
    """The first value at the path, or MISSING."""
    try:
        return next((found.value for found in path_of(path).finditer(document)), MISSING)
    except (jsonpath.JSONPathError, RecursionError) as error:
        what = str(error).partition("\n")[0]
        raise FaultError("error", f"The JSON path {short(path, 40)} cannot be used: {short(what, 80)}") from error


@lru_cache(2048)
def path_of(path: str) -> "jsonpath.JSONPath | jsonpath.CompoundJSONPath":
    """The path, ready to use; raises an `error` fault for one that cannot be."""
    if path.count("..") > MAX_DESCENDANTS:
        raise FaultError("error", f"The JSON path {short(path, 40)} cannot be used: '..' may stand once only")
    try:
        return _PATHS.compile(path)
    except jsonpath.JSONPathError as error:
        what = str(error).partition("\n")[0]
        raise FaultError("error", f"The JSON path {short(path, 40)} cannot be used: {short(what, 80)}") from error


def _holds(assertion: JsonAssertion, actual: Any) -> bool:
    if actual is MISSING:
        return assertion.operator == "absent"
    return _OPERATORS[assertion.operator](actual, assertion.value)


def _equal(actual: Any, wanted: Any) -> bool:
    return isinstance(actual, bool) == isinstance(wanted, bool) and bool(actual == wanted)


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _contains(actual: Any, wanted: Any) -> bool:
    if isinstance(actual, str):
        return isinstance(wanted, str) and wanted in actual
    return isinstance(actual, list | dict) and any(_equal(item, wanted) for item in actual)


_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "==": _equal,
    "!=": lambda actual, wanted: not _equal(actual, wanted),
    "<": lambda actual, wanted: _number(actual) and _number(wanted) and actual < wanted,
    "<=": lambda actual, wanted: _number(actual) and _number(wanted) and actual <= wanted,
    ">": lambda actual, wanted: _number(actual) and _number(wanted) and actual > wanted,
    ">=": lambda actual, wanted: _number(actual) and _number(wanted) and actual >= wanted,
    "contains": _contains,
    "matches": lambda actual, wanted: isinstance(actual, str) and isinstance(wanted, str) and matches(wanted, actual),
    "exists": lambda actual, wanted: True,
    "absent": lambda actual, wanted: False,
}


def _wanted(assertion: JsonAssertion) -> str:
    return f"{assertion.operator} {_shown(assertion.path, assertion.value)}"


def _shown(path: str, value: Any) -> str:
    last = path.replace("[", ".").replace("'", "").replace('"', "").replace("]", "").rsplit(".", 1)[-1]
    if is_secret(last.replace("-", "_")):
        return HIDDEN
    return short(msgspec.json.encode(value).decode())


def _judged(name: str, expected: str, actual: str, passed: bool, reason: str) -> Judged:
    return Assertion(name=name, expected=expected, actual=actual, passed=passed), "" if passed else reason

"""Reads input into contract Structs, and names every bad field at once instead of the first."""

import re
from itertools import islice
from typing import Any, TypeVar

import msgspec
from msgspec import inspect

from shared.contracts.wire import FieldError
from shared.faults import faults, nul_faults
from shared.problems import bad_request, invalid

T = TypeVar("T")

MAX_ERRORS = 100
_WHERE = re.compile(r" - at `(?:key in )?\$\.?(?P<path>[^`]*)`$")


def validate(raw: Any, type_: type[T]) -> tuple[T | None, list[FieldError]]:
    """(value, []) for a good input, (None, errors) for a bad one. Accepts exactly what msgspec.convert accepts."""
    try:
        return msgspec.convert(raw, type_), []
    except msgspec.ValidationError as refused:
        return None, _errors(raw, type_, refused)


def decode(body: bytes, type_: type[T]) -> T:
    """A JSON body as a Struct. Raises ProblemError: 400 for broken JSON, 422 with every bad field."""
    errors: list[FieldError] = []
    if b"\\u0000" in body:  # PostgreSQL cannot store it, and no field of ours has a use for it
        errors = list(islice(nul_faults(_parsed(body)), MAX_ERRORS))
    try:
        value: T | None = msgspec.json.decode(body, type=type_)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        value, more = validate(_parsed(body), type_)
        errors += more
    if errors or value is None:
        raise invalid(errors)
    return value


def _errors(raw: Any, type_: Any, refused: msgspec.ValidationError) -> list[FieldError]:
    found = list(islice(faults(raw, inspect.type_info(type_)), MAX_ERRORS))
    return found or [_only_error(refused)]


def _only_error(refused: msgspec.ValidationError) -> FieldError:
    """The library's own words, for the rare type that `faults` does not know."""
    words = str(refused)
    where = _WHERE.search(words)
    path = where["path"].replace("[...]", "") if where else ""
    return FieldError(path or "body", _WHERE.sub("", words))


def _parsed(body: bytes) -> Any:
    """The body as plain values. Raises ProblemError 400, or 422 for a number that no reader can hold."""
    try:
        return msgspec.json.decode(body)
    except msgspec.ValidationError as refused:
        raise invalid([_only_error(refused)]) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as broken:
        raise bad_request(_reason(body, broken)) from None


def _reason(body: bytes, broken: Exception) -> str:
    if not body.strip():
        return "The body is empty. Send a JSON object"
    if isinstance(broken, RecursionError):
        return "The body is nested too deeply"
    if isinstance(broken, UnicodeDecodeError):
        return "The body is not UTF-8"
    return f"The body is not JSON: {broken}"

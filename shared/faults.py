"""Why does a JSON value not fit a type? Walks msgspec's description of the type: one function for each kind of node."""

import difflib
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from msgspec import inspect as types

from shared.contracts.wire import FieldError

Faults = Iterator[FieldError]
Check = Callable[[Any, Any, str], Faults]

LEAVES: dict[type[types.Type], tuple[type, str]] = {
    types.BoolType: (bool, "true or false"),
    types.IntType: (int, "a whole number"),
    types.FloatType: (float, "a number"),
    types.StrType: (str, "text"),
    types.BytesType: (bytes, "base64 text"),
    types.DateTimeType: (datetime, "a date and time such as 2026-03-01T12:00:00Z"),
    types.DateType: (date, "a date such as 2026-03-01"),
    types.TimeType: (time, "a time such as 12:00:00"),
    types.TimeDeltaType: (timedelta, "a duration such as PT30S"),
    types.UUIDType: (UUID, "a UUID"),
    types.DecimalType: (Decimal, "a decimal number"),
}

BOUNDS: tuple[tuple[str, Callable[[Any, Any], bool], str], ...] = (
    ("gt", lambda value, limit: value > limit, "must be more than {}"),
    ("ge", lambda value, limit: value >= limit, "must be at least {}"),
    ("lt", lambda value, limit: value < limit, "must be less than {}"),
    ("le", lambda value, limit: value <= limit, "must be at most {}"),
)

CONTAINERS = (types.ListType, types.SetType, types.FrozenSetType, types.VarTupleType, types.TupleType)
OBJECTS = (types.StructType, types.DictType)


def faults(raw: Any, node: types.Type, path: str = "") -> Faults:
    """Every bad field of a decoded JSON value, by path; none when it fits, or when the node is of a kind not listed."""
    if isinstance(node, types.Metadata):
        yield from _described(raw, node, path)
    elif check := CHECKS.get(type(node)):
        yield from check(raw, node, path)


def nul_faults(raw: Any, path: str = "") -> Faults:
    """Every text of a decoded JSON value that holds the character U+0000."""
    if isinstance(raw, str) and "\0" in raw:
        yield _at(path, "must not hold the character U+0000")
    children: Iterable[tuple[str, Any]] = ()
    if isinstance(raw, dict):
        children = ((_member(path, key), value) for key, value in raw.items())
        yield from (found for key in raw for found in nul_faults(key, _member(path, key)))
    elif isinstance(raw, list):
        children = ((f"{path}[{index}]", value) for index, value in enumerate(raw))
    for child, value in children:
        yield from nul_faults(value, child)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`, did you mean `x`?` when one known word is close, else nothing."""
    close = difflib.get_close_matches(word, sorted(known), n=1)
    return f", did you mean `{close[0]}`?" if close else ""


def _described(raw: Any, node: types.Metadata, path: str) -> Faults:
    """A description says better than a pattern what a text must be."""
    words = (node.extra_json_schema or {}).get("description")
    for fault in faults(raw, node.type, path):
        is_own_pattern = words and fault.field == (path or "body") and fault.message.startswith("must match ")
        yield _at(path, f"must be {words}") if is_own_pattern else fault


def _leaf(raw: Any, node: Any, path: str) -> Faults:
    base, words = LEAVES[type(node)]
    try:
        value = msgspec.convert(raw, base)
    except msgspec.ValidationError:
        yield _at(path, f"must be {words}")
        return
    yield from (_at(path, message) for message in _broken_limits(value, node))


def _broken_limits(value: Any, node: Any) -> Iterator[str]:
    for name, holds, words in BOUNDS:
        limit = getattr(node, name, None)
        if limit is not None and not holds(value, limit):
            yield words.format(f"{limit:g}" if isinstance(limit, float) else limit)
    if getattr(node, "multiple_of", None) and value % node.multiple_of:
        yield f"must be a multiple of {node.multiple_of}"
    if getattr(node, "tz", None) is not None and (value.tzinfo is not None) != node.tz:
        yield "must name its time zone, for example 2026-03-01T12:00:00Z" if node.tz else "must not name a time zone"
    if isinstance(node, types.StrType | types.BytesType):
        yield from _broken_length(value, node, "character")
    if isinstance(node, types.StrType) and node.pattern and not re.search(node.pattern, value):
        yield f"must match {node.pattern}"


def _broken_length(value: Any, node: Any, unit: str) -> Iterator[str]:
    least, most = node.min_length, node.max_length
    if least is not None and len(value) < least:
        yield "must not be empty" if least == 1 else f"must have at least {_counted(least, unit)}"
    if most is not None and len(value) > most:
        yield f"must have at most {_counted(most, unit)}"


def _literal(raw: Any, node: types.LiteralType, path: str) -> Faults:
    if not any(raw == value and type(raw) is type(value) for value in node.values):
        yield _at(path, _one_of(raw, [str(value) for value in node.values]))


def _enum(raw: Any, node: types.EnumType, path: str) -> Faults:
    values = [member.value for member in node.cls]
    if raw not in values:
        yield _at(path, _one_of(raw, [str(value) for value in values]))


def _nothing(raw: Any, node: types.NoneType, path: str) -> Faults:
    if raw is not None:
        yield _at(path, "must be null")


def _list(raw: Any, node: Any, path: str) -> Faults:
    if not isinstance(raw, list | tuple):
        yield _at(path, "must be a list")
        return
    if isinstance(node, types.TupleType):
        items: tuple[types.Type, ...] = node.item_types
        if len(raw) != len(items):
            yield _at(path, f"must have {_counted(len(items), 'item')}")
            return
    else:
        items = (node.item_type,) * len(raw)
        yield from (_at(path, message) for message in _broken_length(raw, node, "item"))
    for index, (value, item) in enumerate(zip(raw, items, strict=True)):
        yield from faults(value, item, f"{path}[{index}]")


def _dict(raw: Any, node: types.DictType, path: str) -> Faults:
    if not isinstance(raw, dict):
        yield _at(path, "must be an object")
        return
    yield from (_at(path, message) for message in _broken_length(raw, node, "entry"))
    for key, value in raw.items():
        yield from faults(key, node.key_type, _member(path, key))
        yield from faults(value, node.value_type, _member(path, key))


def _struct(raw: Any, node: types.StructType, path: str) -> Faults:
    if not isinstance(raw, dict):
        yield _at(path, "must be an object")
        return
    if node.tag_field and raw.get(node.tag_field, node.tag) != node.tag:
        yield _at(_member(path, node.tag_field), f"must be {node.tag}")
    known = {field.encode_name: field for field in node.fields}
    if node.forbid_unknown_fields:
        strange = raw.keys() - known.keys() - {node.tag_field}
        for name in sorted(strange):
            yield _at(_member(path, name), f"unknown field{did_you_mean(name, known.keys() - raw.keys())}")
    for name, field in known.items():
        if name in raw:
            yield from faults(raw[name], field.type, _member(path, name))
        elif field.required:
            yield _at(_member(path, name), "is missing")


def _union(raw: Any, node: types.UnionType, path: str) -> Faults:
    members = [_bare(member) for member in node.types]
    structs = [member for member in members if isinstance(member, types.StructType)]
    if isinstance(raw, dict) and len(structs) > 1:
        yield from _tagged(raw, structs, path)
        return
    tried = [list(faults(raw, member, path)) for member in node.types]
    if not all(tried):
        return
    of_kind = [found for member, found in zip(members, tried, strict=True) if _speaks_of(raw, member)]
    yield from of_kind[0] if of_kind else [_at(path, "must be " + " or ".join(_name(member) for member in members))]


def _tagged(raw: dict[Any, Any], structs: list[types.StructType], path: str) -> Faults:
    """The tag decides which Struct is meant; without it nothing else can be judged."""
    tag_field = structs[0].tag_field or "type"
    by_tag = {struct.tag: struct for struct in structs}
    tag = raw.get(tag_field)
    if tag_field not in raw:
        yield _at(_member(path, tag_field), f"is missing. It must be one of {_listed(by_tag)}")
    elif not isinstance(tag, str | int) or tag not in by_tag:
        yield _at(_member(path, tag_field), _one_of(tag, [str(known) for known in by_tag]))
    else:
        yield from _struct(raw, by_tag[tag], path)


def _speaks_of(raw: Any, member: types.Type) -> bool:
    """Is this member of the union the one that a value of this JSON kind was meant for?"""
    if raw is None:
        return isinstance(member, types.NoneType)
    if isinstance(raw, dict):
        return isinstance(member, OBJECTS)
    if isinstance(raw, list):
        return isinstance(member, CONTAINERS)
    if isinstance(raw, str):
        return not isinstance(member, (types.NoneType, types.BoolType, types.IntType, types.FloatType, *OBJECTS, *CONTAINERS))
    if isinstance(raw, bool):
        return isinstance(member, types.BoolType)
    return isinstance(member, types.IntType | types.FloatType | types.DecimalType)


def _bare(node: types.Type) -> types.Type:
    return node.type if isinstance(node, types.Metadata) else node


def _name(node: types.Type) -> str:
    if isinstance(node, types.NoneType):
        return "null"
    if isinstance(node, types.LiteralType):
        return "one of " + ", ".join(str(value) for value in node.values)
    if isinstance(node, OBJECTS):
        return "an object"
    return "a list" if isinstance(node, CONTAINERS) else LEAVES.get(type(node), (object, "another value"))[1]


def _one_of(raw: Any, known: list[str]) -> str:
    hint = did_you_mean(raw, known) if isinstance(raw, str) else ""
    return f"must be one of {', '.join(known)}{hint}"


def _listed(words: Iterable[Any]) -> str:
    return ", ".join(str(word) for word in words)


def _counted(count: int, unit: str) -> str:
    plural = unit[:-1] + "ies" if unit.endswith("y") else unit + "s"
    return f"{count} {unit if count == 1 else plural}"


def _member(path: str, name: Any) -> str:
    return f"{path}.{name}" if path else str(name)


def _at(path: str, message: str) -> FieldError:
    return FieldError(path or "body", message)


CHECKS: dict[type[types.Type], Check] = {
    **dict.fromkeys(LEAVES, _leaf),
    **dict.fromkeys(CONTAINERS, _list),
    types.NoneType: _nothing,
    types.LiteralType: _literal,
    types.EnumType: _enum,
    types.DictType: _dict,
    types.StructType: _struct,
    types.UnionType: _union,
}

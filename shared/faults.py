"""Why does a JSON value not fit a type? Walks msgspec's description of the type: one function for each kind of node."""

import difflib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from msgspec import inspect as types

from shared.contracts.wire import FieldError
from shared.limits import LEAVES, broken_length, broken_limits, counted

Faults = Iterator[FieldError]

LISTS = (types.ListType, types.SetType, types.FrozenSetType, types.VarTupleType, types.TupleType)
OBJECTS = (types.StructType, types.DictType)
NUMBERS = (types.IntType, types.FloatType, types.DecimalType)
NOT_TEXT = (types.NoneType, types.BoolType, types.IntType, types.FloatType, *OBJECTS, *LISTS)


def faults(raw: Any, node: types.Type, path: str = "") -> Faults:
    """Every bad field of a decoded JSON value, by path; none when it fits, or when the node is of a kind not listed."""
    bare = _bare(node)
    if type(bare) in LEAVES:
        yield from (_at(path, message) for message in broken_limits(raw, bare, _description(node)))
    elif walk := WALKS.get(type(bare)):
        yield from walk(raw, bare, path)


def nul_faults(raw: Any, path: str = "") -> Faults:
    """Every text of a decoded JSON value that holds the character U+0000."""
    if isinstance(raw, str) and "\0" in raw:
        yield _at(path, "must not hold the character U+0000")
    elif isinstance(raw, list):
        for index, item in enumerate(raw):
            yield from nul_faults(item, f"{path}[{index}]")
    elif isinstance(raw, dict):
        for key, item in raw.items():
            yield from nul_faults(key, path)
            yield from nul_faults(item, _member(path, key))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`, did you mean `x`?` when one known word is close, else nothing."""
    close = difflib.get_close_matches(word, sorted(known), n=1)
    return f", did you mean `{close[0]}`?" if close else ""


def _literal(raw: Any, node: types.LiteralType, path: str) -> Faults:
    if not any(raw == value and type(raw) is type(value) for value in node.values):
        yield _at(path, _one_of(raw, node.values))


def _enum(raw: Any, node: types.EnumType, path: str) -> Faults:
    values = [member.value for member in node.cls]
    if raw not in values:
        yield _at(path, _one_of(raw, values))


def _nothing(raw: Any, node: types.NoneType, path: str) -> Faults:
    if raw is not None:
        yield _at(path, "must be null")


def _list(raw: Any, node: Any, path: str) -> Faults:
    if not isinstance(raw, list | tuple):
        yield _at(path, "must be a list")
    elif isinstance(node, types.TupleType) and len(raw) != len(node.item_types):
        yield _at(path, f"must have {counted(len(node.item_types), 'item')}")
    else:
        is_fixed = isinstance(node, types.TupleType)
        if not is_fixed:
            yield from (_at(path, message) for message in broken_length(len(raw), node, "item"))
        for index, item in enumerate(raw):
            yield from faults(item, node.item_types[index] if is_fixed else node.item_type, f"{path}[{index}]")


def _dict(raw: Any, node: types.DictType, path: str) -> Faults:
    if not isinstance(raw, dict):
        yield _at(path, "must be an object")
        return
    yield from (_at(path, message) for message in broken_length(len(raw), node, "entry"))
    for key, item in raw.items():
        yield from faults(key, node.key_type, _member(path, key))
        yield from faults(item, node.value_type, _member(path, key))


def _struct(raw: Any, node: types.StructType, path: str) -> Faults:
    if not isinstance(raw, dict):
        yield _at(path, "must be an object")
        return
    if node.tag_field and raw.get(node.tag_field, node.tag) != node.tag:
        yield _at(_member(path, node.tag_field), f"must be {node.tag}")
    fields = {field.encode_name: field for field in node.fields}
    if node.forbid_unknown_fields:
        known = {*fields, node.tag_field} if node.tag_field else set(fields)
        yield from _unknown_fields(raw, known, path)
    for name, field in fields.items():
        if name in raw:
            yield from faults(raw[name], field.type, _member(path, name))
        elif field.required:
            yield _at(_member(path, name), "is missing")


def _unknown_fields(raw: dict[Any, Any], known: set[str], path: str) -> Faults:
    for name in sorted(map(str, raw.keys() - known)):
        yield _at(_member(path, name), f"unknown field{did_you_mean(name, known - raw.keys())}")


def _union(raw: Any, node: types.UnionType, path: str) -> Faults:
    """The faults of the member that was meant; none when any member fits."""
    structs = [_bare(member) for member in node.types if isinstance(_bare(member), types.StructType)]
    if isinstance(raw, dict) and len(structs) > 1:
        yield from _tagged(raw, structs, path)
        return
    meant = [member for member in node.types if _is_meant(raw, _bare(member))]
    if not meant:
        yield _at(path, "must be " + " or ".join(_name(_bare(member)) for member in node.types))
        return
    found = [list(faults(raw, member, path)) for member in meant]
    yield from found[0] if all(found) else ()


def _tagged(raw: dict[Any, Any], structs: list[Any], path: str) -> Faults:
    """The tag decides which Struct is meant; without it nothing else can be judged."""
    by_tag = {struct.tag: struct for struct in structs}
    tag_field = structs[0].tag_field
    tag = raw.get(tag_field)
    if tag_field not in raw:
        yield _at(_member(path, tag_field), f"is missing. It must be one of {_listed(by_tag)}")
    elif not isinstance(tag, str | int) or tag not in by_tag:
        yield _at(_member(path, tag_field), _one_of(tag, by_tag))
    else:
        yield from _struct(raw, by_tag[tag], path)


def _is_meant(raw: Any, member: types.Type) -> bool:
    """Is this member of a union for values of this JSON kind?"""
    match raw:
        case None:
            return isinstance(member, types.NoneType)
        case bool():
            return isinstance(member, types.BoolType)
        case dict():
            return isinstance(member, OBJECTS)
        case list():
            return isinstance(member, LISTS)
        case int() | float():
            return isinstance(member, (*NUMBERS, types.LiteralType, types.EnumType))
        case _:
            return not isinstance(member, NOT_TEXT)


def _bare(node: types.Type) -> types.Type:
    return node.type if isinstance(node, types.Metadata) else node


def _description(node: types.Type) -> str | None:
    described = node.extra_json_schema if isinstance(node, types.Metadata) else None
    return (described or {}).get("description")


def _name(node: types.Type) -> str:
    if isinstance(node, types.LiteralType):
        return f"one of {_listed(node.values)}"
    if isinstance(node, OBJECTS):
        return "an object"
    if isinstance(node, LISTS):
        return "a list"
    return "null" if isinstance(node, types.NoneType) else LEAVES.get(type(node), (object, "another value"))[1]


def _one_of(raw: Any, known: Iterable[Any]) -> str:
    hint = did_you_mean(raw, map(str, known)) if isinstance(raw, str) else ""
    return f"must be one of {_listed(known)}{hint}"


def _listed(words: Iterable[Any]) -> str:
    return ", ".join(str(word) for word in words)


def _member(path: str, name: Any) -> str:
    return f"{path}.{name}" if path else str(name)


def _at(path: str, message: str) -> FieldError:
    return FieldError(path or "body", message)


WALKS: dict[type[types.Type], Callable[[Any, Any, str], Faults]] = {
    **dict.fromkeys(LISTS, _list),
    types.NoneType: _nothing,
    types.LiteralType: _literal,
    types.EnumType: _enum,
    types.DictType: _dict,
    types.StructType: _struct,
    types.UnionType: _union,
}

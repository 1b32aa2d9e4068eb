"""What a person may write and hear, as tables: `python -m tests.reference` writes them into docs/.

Types, defaults and limits are those of the contracts; what a field means stands in tests/reference.toml.
"""

import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from msgspec import Struct, json, structs
from msgspec import inspect as types

from shared.contracts.checks import Check, CheckSpec, JsonAssertion
from shared.contracts.health.maintenance import MaintenanceSpec
from shared.contracts.health.procedures import Heartbeat
from shared.contracts.health.services import Dependency, ServiceSpec
from shared.contracts.wire import Event, type_of
from shared.events import all_events
from shared.limits import LEAVES
from tests.contracts.shop.files import GOLDEN

ROOT = Path(__file__).resolve().parents[1]
MARK = "<!-- From here on written by `python -m tests.reference`; a test fails when it is stale. -->\n"
HEAD = "| field | type | default | meaning |\n|---|---|---|---|\n"
KINDS: tuple[type[Struct], ...] = get_args(CheckSpec)
WRITTEN: dict[type[Struct], str] = {
    ServiceSpec: "a service",
    Dependency: "a dependency",
    Check: "every check",
    **{kind: f"`kind: {kind.__struct_config__.tag}`" for kind in KINDS},
    JsonAssertion: "an assertion",
    MaintenanceSpec: "a maintenance window",
    Heartbeat: "a heartbeat",
}


def meanings() -> dict[str, dict[str, str]]:
    """What each field means, by the name of its Struct."""
    return tomllib.loads((ROOT / "tests" / "reference.toml").read_text())


def pages() -> dict[Path, str]:
    """Every page as it should be: what people wrote, then what is generated."""
    parts = {"reference.md": "".join(map(_table, WRITTEN)), "events.md": "".join(map(_event, sorted_events()))}
    found = {ROOT / "docs" / name: part for name, part in parts.items()}
    return {path: path.read_text().partition(MARK)[0] + MARK + part for path, part in found.items()}


def fields_of(cls: type[Struct]) -> Iterator[structs.FieldInfo]:
    """Those of its own; what every check has is said once."""
    inherited = Check.__struct_fields__ if cls in KINDS else ()
    return (field for field in structs.fields(cls) if field.name not in inherited)


def sorted_events() -> list[Any]:
    """Those that have a golden message to show."""
    return sorted((event for event in all_events() if _golden(event).exists()), key=type_of)


def _table(cls: type[Struct]) -> str:
    said, title = meanings()[cls.__name__], WRITTEN[cls]
    rows = [
        f"| `{f.name}` | {_words(types.type_info(f.type))} | {_default(f)} | {said[f.name]} |\n" for f in fields_of(cls)
    ]
    return f"\n## {title[0].upper()}{title[1:]}\n\n{_prose(cls)}\n\n{HEAD}{''.join(rows)}"


def _event(event: Any) -> str:
    message = json.decode(_golden(event).read_bytes())
    body = json.format(json.encode(message["payload"]), indent=2).decode()
    place = f"Subject `{event.SUBJECT.replace('{', '<').replace('}', '>')}`, stream `{event.STREAM}`."
    return f"\n## `{type_of(event)}`\n\n{_prose(event)}\n\n{place}\n\n```json\n{body}\n```\n"


def _golden(event: type[Event]) -> Path:
    return GOLDEN / "events" / f"{type_of(event)}.json"


def _prose(cls: type[Struct]) -> str:
    return " ".join((cls.__doc__ or "").split())


def _words(node: types.Type) -> str:
    """A type and its limits, for people."""
    match node:
        case types.Metadata():
            return (node.extra_json_schema or {}).get("description") or _words(node.type)
        case types.UnionType():
            members = (_words(one) for one in node.types if not isinstance(one, types.NoneType))
            return " or ".join(dict.fromkeys(members))
        case types.LiteralType():
            return ", ".join(f"`{value}`" for value in node.values)
        case types.ListType():
            return f"list{_range(node.min_length, node.max_length)}, each {_words(node.item_type)}"
        case types.DictType():
            return "names with texts"
        case types.StructType():
            return "a check" if node.cls in KINDS else WRITTEN[node.cls]
        case types.StrType():
            length = _range(node.min_length, node.max_length)
            return f"text{length} characters" if length else "text"
        case types.IntType() | types.FloatType():
            over = f" more than {node.gt}" if node.gt is not None else ""
            return LEAVES[type(node)][1].removeprefix("a ") + over + _range(node.ge, node.le)
        case _:
            return LEAVES[type(node)][1]


def _range(least: float | None, most: float | None) -> str:
    if most is None:
        return "" if least is None else f", {least:,} or more"
    return f", at most {most:,}" if least is None else f", {least:,} to {most:,}"


def _default(field: structs.FieldInfo) -> str:
    if field.required:
        return "required"
    value = field.default
    plain = isinstance(value, str | int | float) and value != ""
    return f"`{value if isinstance(value, str) else json.encode(value).decode()}`" if plain else ""


def main() -> int:
    for path, text in pages().items():
        path.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())

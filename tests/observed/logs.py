"""Every line a process may log, from the calls in its own code."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from gateway.interceptors.access_log import Answered

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("shared", "health_svc", "latency_svc", "ws_svc", "pipeline_svc", "alert_svc", "gateway")
EVENT = re.compile(r"^[a-z0-9_]+(\.[a-z0-9_]+)+$")
LEVELS = {"debug": "debug", "info": "info", "warning": "warning", "error": "error", "exception": "error, with a trace"}
WRITERS = {"level": "warning, or error with a trace", "_tell": "warning, or error with a trace", "write_lines": "info"}
"""Functions that log by the name they are given."""

STRUCTS: dict[str, type[Struct]] = {"http.answered": Answered}
"""Events whose fields are those of a Struct."""


class Line(Struct, frozen=True, order=True):
    event: str
    level: str
    owner: str
    fields: tuple[str, ...]


class Event(Struct, frozen=True, kw_only=True):
    """A name, over all the places that log it."""

    name: str
    levels: list[str]
    owners: list[str]
    fields: list[str]


def meanings() -> dict[str, str]:
    """What each event means, by its name."""
    found: dict[str, str] = tomllib.loads((ROOT / "tests" / "observed" / "events.toml").read_text())
    return found


def events() -> list[Event]:
    found = [line for package in PACKAGES for line in lines_of(package)]
    names = sorted({line.event for line in found})
    return [_event(name, [line for line in found if line.event == name]) for name in names]


def lines_of(package: str) -> Iterator[Line]:
    for path in sorted((ROOT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and (line := _line(node, package)):
                yield line


def page() -> str:
    said = meanings()
    rows = [
        f"| `{each.name}` | {'; '.join(each.levels)} | {_owners(each)} | {', '.join(f'`{f}`' for f in each.fields)} "
        f"| {said.get(each.name, '')} |\n"
        for each in events()
    ]
    return f"\n## Events\n\n| event | level | who | fields | meaning |\n|---|---|---|---|---|\n{''.join(rows)}"


def _event(name: str, lines: list[Line]) -> Event:
    fields = dict.fromkeys(field for line in lines for field in line.fields)
    return Event(
        name=name,
        levels=list(dict.fromkeys(line.level for line in lines)),
        owners=list(dict.fromkeys(line.owner for line in lines)),
        fields=list(STRUCTS[name].__struct_fields__) if name in STRUCTS else list(fields),
    )


def _line(call: ast.Call, owner: str) -> Line | None:
    level = _level(call.func)
    if level is None or not call.args or not isinstance(call.args[0], ast.Constant):
        return None
    name = call.args[0].value
    if not isinstance(name, str) or not EVENT.match(name):
        return None
    return Line(name, level, owner, tuple(word.arg for word in call.keywords if word.arg and word.arg != "exc_info"))


def _level(function: ast.expr) -> str | None:
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) and function.value.id == "log":
        return LEVELS.get(function.attr)
    return WRITERS.get(function.id) if isinstance(function, ast.Name) else None


def _owners(event: Event) -> str:
    return "everyone" if "shared" in event.owners else ", ".join(event.owners)

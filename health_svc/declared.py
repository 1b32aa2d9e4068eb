"""The declarative file: parse and validate `belfry.yaml`, naming file, line and field of every mistake."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.reader import ReaderError

from health_svc.semantics import spec_errors
from shared.contracts.health.services import ServiceSpec
from shared.contracts.wire import FieldError
from shared.validate import validate

KEYS = ("services",)


class Declared(Struct, frozen=True):
    """A service of the file and the line it starts at."""

    spec: ServiceSpec
    line: int


class InvalidFile(Exception):
    """The file cannot be used; `errors` are lines ready to show, `path:line: field what to do`."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__("\n".join(errors))
        self.errors = errors


def load(path: Path) -> list[Declared]:
    """Read the file. Raises InvalidFile with every mistake, OSError when it cannot be read."""
    content = path.read_bytes()
    try:
        return parse(content.decode(), path.name)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise InvalidFile([f"{path.name}:{line}: is not UTF-8 text"]) from error


def parse(text: str, name: str) -> list[Declared]:
    """The services that a YAML text declares; `name` is how errors call the file."""
    document = _document(text, name)
    if not isinstance(document, Mapping):
        raise InvalidFile([f"{name}:1: the file must hold a mapping with the key services"])
    errors = [
        f"{name}:{_line(document, key)}: {key} unknown field; known: {', '.join(KEYS)}"
        for key in document
        if key not in KEYS
    ]
    declared: list[Declared] = []
    entries: Any = document.get("services") or []
    if not hasattr(entries, "lc") and entries != []:
        raise InvalidFile([*errors, f"{name}:{_line(document, 'services')}: services must be a list"])
    for index, entry in enumerate(entries):
        spec, mistakes = _service(entry)
        start = entries.lc.item(index)[0] + 1
        errors += [
            f"{name}:{_line_of_path(entry, e.field) or start}: {_place(index, e.field)} {e.message}" for e in mistakes
        ]
        if spec is not None and not mistakes:
            declared.append(Declared(spec, start))
    errors += _repeated(declared, name)
    if errors:
        raise InvalidFile(errors)
    return declared


def _document(text: str, name: str) -> Any:
    """The nodes of a YAML text, which know their lines."""
    try:
        return YAML(typ="rt").load(text) or {}
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise InvalidFile([f"{name}:{mark.line + 1 if mark else 1}: {error.problem or 'is not YAML'}"]) from error
    except ReaderError as error:
        line = text[: error.position].count("\n") + 1
        raise InvalidFile([f"{name}:{line}: holds a character that YAML does not allow"]) from error
    except (ValueError, RecursionError) as error:  # such as a date with a thirteenth month
        raise InvalidFile([f"{name}:1: a value cannot be read: {error}"]) from error


def _service(entry: Any) -> tuple[ServiceSpec | None, list[FieldError]]:
    raw = _plain(entry)
    if isinstance(raw, dict) and isinstance(raw.get("dependencies"), list):
        raw["dependencies"] = [{"id": d} if isinstance(d, str) else d for d in raw["dependencies"]]
    spec, errors = validate(raw, ServiceSpec)
    return spec, errors if spec is None else [*errors, *spec_errors(spec)]


def _place(index: int, field: str) -> str:
    """Where in the file; `body` stands for the whole entry."""
    return f"services[{index}]" if field == "body" else f"services[{index}].{field}"


def _repeated(declared: list[Declared], name: str) -> list[str]:
    first: dict[str, int] = {}
    return [
        f"{name}:{d.line}: id {d.spec.id} is declared twice, first in line {first[d.spec.id]}"
        for d in declared
        if first.setdefault(d.spec.id, d.line) != d.line
    ]


def _plain(value: Any) -> Any:
    """YAML nodes as plain dicts, lists and scalars."""
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_plain(v) for v in value]
    if isinstance(value, bool) or value is None:
        return value
    for plain in (str, int, float):
        if isinstance(value, plain):
            return plain(value)
    return value


def _line(mapping: Any, key: str) -> int:
    try:
        return int(mapping.lc.key(key)[0]) + 1
    except (KeyError, AttributeError, TypeError):
        return 1


def _line_of_path(node: Any, path: str) -> int | None:
    """The line of the deepest part of a path such as `checks[0].url` that stands in the file."""
    line: int | None = None
    for part in path.replace("[", ".[").split("."):
        try:
            if part.startswith("["):
                index = int(part[1:-1])
                line, node = node.lc.item(index)[0] + 1, node[index]
            elif part:
                line, node = node.lc.key(part)[0] + 1, node[part]
        except (KeyError, IndexError, AttributeError, TypeError, ValueError):
            break
    return line

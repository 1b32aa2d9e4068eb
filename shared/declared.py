"""The declarative file, `belfry.yaml`: its sections, and in which line each mistake stands.

Each service reads the sections that are its own and leaves the others alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any

from msgspec import Struct
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.reader import ReaderError

from shared.contracts.wire import FieldError

SECTIONS = ("services", "channels", "mute_timings", "policies", "rules", "tests")


MOST_NODES = 100_000


class InvalidFile(Exception):
    """The file cannot be used; `errors` are lines ready to show, `path:line: field what to do`."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__("\n".join(errors))
        self.errors = errors


class Entry(Struct, frozen=True):
    """An entry of a section: as plain values, its place in the section, and the line it starts at."""

    section: str
    index: int
    line: int
    plain: Any
    node: Any

    def said(self, name: str, errors: Sequence[FieldError]) -> list[str]:
        """Each mistake with its line; `name` is how errors call the file."""
        return [
            f"{name}:{line_of_path(self.node, each.field) or self.line}: {self._place(each.field)} {each.message}"
            for each in errors
        ]

    def _place(self, field: str) -> str:
        """Where in the file; `body` stands for the whole entry."""
        place = f"{self.section}[{self.index}]"
        return place if field == "body" else f"{place}.{field}"


def read(path: Path) -> str:
    """Raises InvalidFile when it is no text, OSError when it cannot be read."""
    content = path.read_bytes()
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise InvalidFile([f"{path.name}:{line}: is not UTF-8 text"]) from error


def document(text: str, name: str, sections: Sequence[str] = SECTIONS) -> tuple[Any, list[str]]:
    """The nodes of a YAML text, which know their lines, and what is wrong with its keys. Raises InvalidFile."""
    found = _nodes(text, name)
    if not isinstance(found, Mapping):
        raise InvalidFile([f"{name}:1: the file must hold a mapping with the key {sections[0]}"])
    unknown = [
        f"{name}:{line_of(found, key)}: {key} unknown field; known: {', '.join(sections)}"
        for key in found
        if key not in sections
    ]
    return found, unknown


def entries(found: Any, section: str, name: str) -> Iterator[Entry]:
    """Raises InvalidFile when the section is no list."""
    nodes: Any = found.get(section) or []
    if (not hasattr(nodes, "lc") and nodes != []) or isinstance(nodes, Mapping):
        raise InvalidFile([f"{name}:{line_of(found, section)}: {section} must be a list"])
    left = count(MOST_NODES, -1)
    for index, node in enumerate(nodes):
        line = nodes.lc.item(index)[0] + 1
        try:
            yield Entry(section, index, line, _plain(node, left), node)
        except (_TooMuch, RecursionError):
            raise InvalidFile([f"{name}:{line}: {section}[{index}] holds too much"]) from None


def repeated(ids: Sequence[tuple[str, int]], name: str) -> list[str]:
    """`ids`: each with its line."""
    first: dict[str, int] = {}
    return [
        f"{name}:{line}: id {id} is declared twice, first in line {first[id]}"
        for id, line in ids
        if first.setdefault(id, line) != line
    ]


class _TooMuch(Exception):
    pass


def _plain(value: Any, left: Iterator[int]) -> Any:
    """YAML nodes as plain dicts, lists and scalars. What is named again and again is written out: that has a bound."""
    if next(left) < 0:
        raise _TooMuch
    if isinstance(value, Mapping):
        return {str(k): _plain(v, left) for k, v in value.items()}
    if isinstance(value, list):
        return [_plain(v, left) for v in value]
    if isinstance(value, bool) or value is None:
        return value
    for kind in (str, int, float):
        if isinstance(value, kind):
            return kind(value)
    return value


def line_of(mapping: Any, key: str) -> int:
    try:
        return int(mapping.lc.key(key)[0]) + 1
    except (KeyError, AttributeError, TypeError):
        return 1


def line_of_path(node: Any, path: str) -> int | None:
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


def _nodes(text: str, name: str) -> Any:
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

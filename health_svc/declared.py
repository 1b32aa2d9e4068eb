"""The services that the declarative file names: parsed and validated, with file, line and field of every mistake."""

from pathlib import Path

from msgspec import Struct

from health_svc.semantics import spec_errors
from shared.contracts.health.services import ServiceSpec
from shared.contracts.wire import FieldError
from shared.declared import Entry, InvalidFile, document, entries, read, repeated
from shared.validate import validate


class Declared(Struct, frozen=True):
    """A service of the file and the line it starts at."""

    spec: ServiceSpec
    line: int


def load(path: Path) -> list[Declared]:
    """Read the file. Raises InvalidFile with every mistake, OSError when it cannot be read."""
    return parse(read(path), path.name)


def parse(text: str, name: str) -> list[Declared]:
    """The services that a YAML text declares; `name` is how errors call the file."""
    found, errors = document(text, name)
    declared: list[Declared] = []
    for entry in entries(found, "services", name):
        spec, mistakes = _service(entry)
        errors += entry.said(name, mistakes)
        if spec is not None and not mistakes:
            declared.append(Declared(spec, entry.line))
    errors += repeated([(each.spec.id, each.line) for each in declared], name)
    if errors:
        raise InvalidFile(errors)
    return declared


def _service(entry: Entry) -> tuple[ServiceSpec | None, list[FieldError]]:
    raw = entry.plain
    if isinstance(raw, dict) and isinstance(raw.get("dependencies"), list):
        raw["dependencies"] = [{"id": d} if isinstance(d, str) else d for d in raw["dependencies"]]
    spec, errors = validate(raw, ServiceSpec)
    return spec, errors if spec is None else [*errors, *spec_errors(spec)]

"""A Service of Kubernetes as a monitored service: what its annotations say."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from health_svc.semantics import spec_errors
from shared.contracts.health.services import ServiceSpec
from shared.contracts.wire import FieldError
from shared.validate import validate

PREFIX = "belfry.io/"
SCRAPE = "scrape"


class Port(Struct, frozen=True, kw_only=True):
    port: int
    name: str | None = None


class Metadata(Struct, frozen=True, kw_only=True, rename="camel"):
    """A bookmark of a watch has a version and nothing else."""

    name: str = ""
    namespace: str = "default"
    annotations: dict[str, str] | None = None
    resource_version: str = ""


class ServicePorts(Struct, frozen=True, kw_only=True):
    ports: list[Port] | None = None


class KubernetesService(Struct, frozen=True, kw_only=True):
    """What we read of a Service of the core API."""

    metadata: Metadata
    spec: ServicePorts = ServicePorts()

    @property
    def path(self) -> str:
        return f"{self.metadata.namespace}/{self.metadata.name}"

    @property
    def annotated(self) -> dict[str, str]:
        """Our annotations, without the prefix."""
        return {
            name.removeprefix(PREFIX): value
            for name, value in (self.metadata.annotations or {}).items()
            if name.startswith(PREFIX)
        }


class UnfitError(Exception):
    """The annotations cannot be used; `errors` are lines that name each one."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__("; ".join(errors))
        self.errors = errors


def spec_of(service: KubernetesService) -> ServiceSpec | None:
    """What to watch; None for a Service that does not ask for it. Raises UnfitError."""
    given = service.annotated
    if given.get(SCRAPE) != "true":
        return None
    errors = [f"{PREFIX}{name} is not known; known: {', '.join(KNOWN)}" for name in sorted(set(given) - set(KNOWN))]
    raw = _raw(service, given, errors)
    spec, mistakes = validate(raw, ServiceSpec)
    mistakes = mistakes if spec is None else spec_errors(spec)
    errors += [_said(mistake) for mistake in mistakes]
    if errors or spec is None:
        raise UnfitError(errors)
    return spec


def _raw(service: KubernetesService, given: Mapping[str, str], errors: list[str]) -> dict[str, Any]:
    raw: dict[str, Any] = {
        "id": re.sub(r"[^a-z0-9_-]+", "-", f"{service.metadata.namespace}-{service.metadata.name}".lower()),
        "name": service.metadata.name,
        "group": service.metadata.namespace,
        "checks": [_check(service, given, errors)],
    }
    for name, (field, read) in FIELDS.items():
        if name in given:
            raw[field] = read(given[name])
    return raw


def _check(service: KubernetesService, given: Mapping[str, str], errors: list[str]) -> dict[str, Any]:
    kind = given.get("kind", "http")
    if kind not in CHECKS:
        errors.append(f"{PREFIX}kind must be one of {', '.join(CHECKS)}")
        kind = "tcp"
    host = f"{service.metadata.name}.{service.metadata.namespace}.svc"
    check = CHECKS[kind](host, _port(service, given.get("port", ""), errors), given.get("path", "/"))
    return check | ({"degraded_ms": _number(given["degraded-ms"])} if "degraded-ms" in given else {})


def _port(service: KubernetesService, wanted: str, errors: list[str]) -> int:
    """By number or by name; the first one when none is named."""
    ports = service.spec.ports or []
    if wanted.isdecimal() and 0 < int(wanted) < 65536:
        return int(wanted)
    found = [port.port for port in ports if wanted in ("", port.name)]
    if not found:
        names = ", ".join(port.name or str(port.port) for port in ports) or "none"
        errors.append(f"{PREFIX}port names no port of the Service, which has: {names}")
    return found[0] if found else 1


def _number(text: str) -> Any:
    """A text that is none is left as it is, to be refused by name."""
    return float(text) if re.fullmatch(r"\d+(\.\d+)?", text) else text


def _words(text: str) -> list[str]:
    return list(dict.fromkeys(word for part in text.split(",") if (word := part.strip())))


def _truth(text: str) -> Any:
    return {"true": True, "false": False}.get(text, text)


def _dependencies(text: str) -> list[dict[str, str]]:
    return [{"id": word} for word in _words(text)]


def _web(scheme: str, kind: str) -> Callable[[str, int, str], dict[str, Any]]:
    return lambda host, port, path: {"kind": kind, "url": f"{scheme}://{host}:{port}{path}"}


def _bare(kind: str) -> Callable[[str, int, str], dict[str, Any]]:
    return lambda host, port, path: {"kind": kind, "host": host, "port": port}


CHECKS: dict[str, Callable[[str, int, str], dict[str, Any]]] = {
    "http": _web("http", "http"),
    "https": _web("https", "http"),
    "websocket": _web("ws", "websocket"),
    "tcp": _bare("tcp"),
    "tls": _bare("tls"),
    "grpc": _bare("grpc"),
}
"""Each kind that an annotation may name, as a check."""

FIELDS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "id": ("id", str),
    "name": ("name", str),
    "group": ("group", str),
    "description": ("description", str),
    "interval-seconds": ("interval_seconds", _number),
    "timeout-seconds": ("timeout_seconds", _number),
    "depends-on": ("dependencies", _dependencies),
    "tags": ("tags", _words),
    "public": ("public", _truth),
}
"""Annotation -> field of the service, and how its text is read."""

KNOWN = (SCRAPE, "kind", "port", "path", "degraded-ms", *FIELDS)
_ANNOTATION_OF = {field: name for name, (field, _) in FIELDS.items()}
_OF_CHECK = {"url": "path", "port": "port", "degraded_ms": "degraded-ms", "host": "port"}


def _said(mistake: FieldError) -> str:
    """The mistake with the annotation that holds it."""
    root, _, inner = mistake.field.partition("[")
    name = _OF_CHECK.get(inner.rpartition(".")[2]) if root == "checks" else _ANNOTATION_OF.get(root)
    return f"{PREFIX}{name or root} {mistake.message}"

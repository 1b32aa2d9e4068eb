"""Monitored services: what is declared of them, and the words of their state."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from shared.contracts.checks import CheckSpec
from shared.contracts.wire import Id

Status = Literal["healthy", "degraded", "down", "unknown"]
"""What do the service's own checks say?"""


Result = Literal["pass", "warn", "fail", "error"]
"""What did one run say? `error`: we could not measure, which never counts against the service."""


Overlay = Literal["maintenance", "flapping", "stale", "paused"]


EdgeKind = Literal["required", "limited", "optional"]


SourceKind = Literal["file", "api", "nats", "heartbeat", "kubernetes", "self"]


Trigger = Literal["schedule", "manual", "heartbeat"]


Name = Annotated[str, Meta(min_length=1, max_length=100)]


Interval = Annotated[float, Meta(ge=1, le=86_400)]


Timeout = Annotated[float, Meta(gt=0, le=60)]


Threshold = Annotated[int, Meta(ge=1, le=20)]


class Dependency(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`required`: its fault degrades the dependent; `limited`: puts it at risk; `optional`: is only drawn."""

    id: Id
    kind: EdgeKind = "required"


class ServiceSpec(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A monitored service as an operator writes it, in `belfry.yaml` or over the API."""

    id: Id
    name: Name | None = None
    group: Name = "Services"
    description: Annotated[str, Meta(max_length=500)] = ""
    interval_seconds: Interval = 30
    timeout_seconds: Timeout = 5
    failure_threshold: Threshold = 3
    success_threshold: Threshold = 2
    dependencies: list[Dependency] = []
    checks: Annotated[list[CheckSpec], Meta(min_length=1, max_length=20)]
    tags: list[Annotated[str, Meta(min_length=1, max_length=50)]] = []
    public: bool = False
    public_name: Name | None = None
    paused: bool = False


class Source(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a service was declared: in the file `path` at `line`, or by the Service `path` of Kubernetes. Only those of
    `api` and `heartbeat` can be changed over the API."""

    kind: SourceKind
    path: str = ""
    line: int = 0

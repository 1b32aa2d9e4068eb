"""What a contract is made of: identifiers, streams, remote procedures and problems."""

import re
from typing import Annotated, Any, ClassVar, Literal

from msgspec import Meta, Struct

Id = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$", description="a-z, 0-9, _ and -, at most 63 characters")]
Role = Literal["viewer", "operator", "admin"]
ROLES: tuple[Role, ...] = ("viewer", "operator", "admin")

EVENTS_STREAM = "BELFRY_EVENTS"  # facts: something changed; kept 7 days
MEASURES_STREAM = "BELFRY_MEASURES"  # what is said every second or every check; kept 1 hour

DEADLINE_HEADER = "Belfry-Deadline"  # of a request: the epoch in milliseconds from which on nobody waits for the answer


_NOT_IN_A_TOKEN = re.compile(r"[^A-Za-z0-9_-]")


class Event(Struct, frozen=True, kw_only=True):
    """Base of all events. A subclass sets SUBJECT (a template over its own fields) and STREAM."""

    SUBJECT: ClassVar[str]
    STREAM: ClassVar[str]


class Rpc(Struct, frozen=True):
    """A request/reply endpoint of a service: subject, request and response Struct, deadline in seconds."""

    subject: str
    request: type
    response: Any
    deadline_seconds: float = 2.0

    @property
    def name(self) -> str:
        return self.subject.rsplit(".", 1)[1]

    @property
    def domain(self) -> str:
        return self.subject.split(".")[2]


class Nothing(Struct, frozen=True):
    """An empty request or reply."""


class FieldError(Struct, frozen=True, omit_defaults=True):
    """One bad field of an input, by its path (`checks[0].url`), and what to do about it. `fix`: a value that would
    do."""

    field: str
    message: str
    fix: str | float | None = None


class Problem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An RFC 9457 problem; the same shape over NATS and HTTP."""

    status: int
    title: str
    detail: str = ""
    type: str = "about:blank"
    instance: str = ""
    errors: list[FieldError] = []
    retry_after_seconds: int | None = None
    extensions: dict[str, Any] = {}


def subject_of(event: Event) -> str:
    """The subject an event is published on: its SUBJECT template filled from its own fields, each as one token."""
    template: str = event.SUBJECT
    return template.format_map({name: token_of(getattr(event, name)) for name in event.__struct_fields__})


def token_of(value: Any) -> str:
    """A value as one token of a subject: what is not a-z, A-Z, 0-9, _ or - becomes -."""
    return _NOT_IN_A_TOKEN.sub("-", value) if isinstance(value, str) else ""


def type_of(event: type[Event]) -> str:
    """The CloudEvents type: the subject without root, version position kept (`health.changed.v1`)."""
    parts = event.SUBJECT.split(".")
    return ".".join([*parts[2:4], parts[1]])

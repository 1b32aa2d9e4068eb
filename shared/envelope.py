"""What stands around a body on the bus: CloudEvents headers (binary mode) and header values that survive the wire."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from urllib.parse import quote, unquote

import msgspec
from msgspec import Struct

from shared.contracts.wire import Event, subject_of, type_of

SPEC_VERSION = "1.0"
JSON_TYPE = "application/json"
PLAIN = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in '"%')  # as CloudEvents says
encode = msgspec.json.Encoder().encode


class Envelope(Struct, frozen=True):
    """A message ready to send: subject, headers, body."""

    subject: str
    headers: dict[str, str]
    body: bytes


def seal(event: Event, id: str, traceparent: str = "") -> Envelope:
    """The event as a CloudEvent; `id` (`ce-id`, `Nats-Msg-Id`) is the same for every attempt to send it."""
    headers = {**_constant_headers(type(event)), "ce-id": id, "Nats-Msg-Id": id, "ce-time": _now()}
    if traceparent:
        headers["traceparent"] = traceparent
    return Envelope(subject_of(event), headers, encode(event))


def quoted(value: str) -> str:
    """A header value as CloudEvents writes it: what is not plain ASCII is percent-encoded."""
    return quote(value, safe=PLAIN)


def unquoted(headers: Mapping[str, str], name: str, default: str = "") -> str:
    """A header value as it was before `quoted`."""
    return unquote(headers.get(name, default))


@cache
def _constant_headers(event: type[Event]) -> dict[str, str]:
    kind = type_of(event)
    return {
        "ce-specversion": SPEC_VERSION,
        "ce-type": kind,
        "ce-source": f"/belfry/{kind.split('.')[0]}",
        "ce-datacontenttype": JSON_TYPE,
    }


def _now() -> str:
    return datetime.now(UTC).isoformat()

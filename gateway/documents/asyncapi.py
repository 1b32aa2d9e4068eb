"""AsyncAPI 3, from the events of the contracts: what anyone may hear on the bus."""

import re
from typing import Any

from msgspec import json

from gateway.documents import live_channel
from gateway.documents.prose import unwrapped
from shared.contracts.wire import Event, type_of
from shared.events import all_events
from shared.version import VERSION

REF = "#/components/schemas/{name}"
_PARAMETER = re.compile(r"{(\w+)}")
_TEXT = {"type": "string"}
HEADERS: dict[str, Any] = {
    "type": "object",
    "description": "CloudEvents 1.0, binary mode; values outside of printable ASCII are percent-encoded",
    "properties": {
        "ce-specversion": {"const": "1.0"},
        "ce-id": {**_TEXT, "description": "The same for every attempt to send the event"},
        "ce-type": _TEXT,
        "ce-source": _TEXT,
        "ce-time": {**_TEXT, "format": "date-time"},
        "ce-datacontenttype": {"const": "application/json"},
        "Nats-Msg-Id": {**_TEXT, "description": "As ce-id, by which JetStream drops repetitions"},
        "traceparent": {**_TEXT, "description": "W3C trace context"},
    },
    "required": ["ce-specversion", "ce-id", "ce-type", "ce-source", "ce-time"],
}


def asyncapi() -> dict[str, Any]:
    """The whole document as plain data."""
    events = list(all_events())
    _, schemas = json.schema_components(events, ref_template=REF)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Belfry events",
            "version": VERSION,
            "description": "What Belfry says on NATS, and over its WebSocket. Bodies are JSON; an additive change "
            "keeps `v1` in the subject.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {event.__name__: _channel(event) for event in events} | {live_channel.NAME: live_channel.channel()},
        "operations": {f"send{event.__name__}": _operation(event) for event in events} | live_channel.operations(),
        "components": {
            "messages": {event.__name__: _message(event) for event in events} | live_channel.messages(),
            "messageTraits": {"cloudEvent": {"headers": HEADERS, "contentType": "application/json"}},
            "schemas": unwrapped(schemas | live_channel.schemas()),
        },
    }


def _channel(event: type[Event]) -> dict[str, Any]:
    subject: str = event.SUBJECT
    return {
        "address": subject,
        "parameters": {name: {"description": f"`{name}` of the event"} for name in _PARAMETER.findall(subject)},
        "messages": {event.__name__: {"$ref": f"#/components/messages/{event.__name__}"}},
        "x-stream": event.STREAM,
    }


def _operation(event: type[Event]) -> dict[str, Any]:
    channel = f"#/channels/{event.__name__}"
    return {
        "action": "send",
        "channel": {"$ref": channel},
        "messages": [{"$ref": f"{channel}/messages/{event.__name__}"}],
    }


def _message(event: type[Event]) -> dict[str, Any]:
    return {
        "name": type_of(event),
        "summary": " ".join((event.__doc__ or "").split()),
        "payload": {"$ref": REF.format(name=event.__name__)},
        "traits": [{"$ref": "#/components/messageTraits/cloudEvent"}],
    }

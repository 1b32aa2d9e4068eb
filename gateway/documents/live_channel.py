"""The WebSocket as AsyncAPI shows it: one message for each thing that clients or the gateway say."""

from typing import Any

from msgspec import json

from shared.contracts.live import CLOSE_CODES, PROTOCOL, Command, Frame

NAME = "live"
ADDRESS = "/api/v1/ws"
REF = "#/components/schemas/{name}"
ID = {"type": "integer", "description": "Of the command, repeated by its answer"}
ANSWERS = frozenset({"subscribed", "unsubscribed", "refreshed", "error"})

_, _SCHEMAS = json.schema_components([Command, Frame], ref_template=REF)
_PARTS = {each: _SCHEMAS.pop(each.__name__)["properties"] for each in (Command, Frame)}


def schemas() -> dict[str, Any]:
    """What the messages are made of."""
    return dict(_SCHEMAS)


def messages() -> dict[str, Any]:
    """By their names in the document."""
    return {name: _message(name, field, part) for name, field, part, _ in _spoken()}


def channel() -> dict[str, Any]:
    closes = [f"{each.code}: {each.reason}{', come again' if each.reconnect else ''}" for each in CLOSE_CODES]
    return {
        "address": ADDRESS,
        "description": f"A WebSocket of JSON texts, protocol `{PROTOCOL}`; an empty object is a ping, and its answer.",
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name, *_ in _spoken()},
        "x-close-codes": closes,
    }


def operations() -> dict[str, Any]:
    """From Belfry's side: it receives commands and sends all else."""
    spoken = {"receive": [], "send": []}  # type: dict[str, list[str]]
    for name, _, _, action in _spoken():
        spoken[action].append(name)
    return {
        f"{action}{NAME.title()}": {
            "action": action,
            "channel": {"$ref": f"#/channels/{NAME}"},
            "messages": [{"$ref": f"#/channels/{NAME}/messages/{name}"} for name in names],
        }
        for action, names in spoken.items()
    }


def _spoken() -> list[tuple[str, str, dict[str, Any], str]]:
    """Name, field, schema of the field, and who says it."""
    return [
        (f"{NAME}{field.title()}", field, _given(schema), action)
        for each, action in ((Command, "receive"), (Frame, "send"))
        for field, schema in _PARTS[each].items()
        if field != "id"
    ]


def _given(schema: dict[str, Any]) -> dict[str, Any]:
    """The field's schema when it is there."""
    part: dict[str, Any] = next(each for each in schema["anyOf"] if each != {"type": "null"})
    return part


def _message(name: str, field: str, part: dict[str, Any]) -> dict[str, Any]:
    is_command = field in _PARTS[Command]
    numbered = {"id": ID} if is_command or field in ANSWERS else {}
    required = [*(["id"] if is_command else []), field]
    return {
        "name": f"{NAME}.{field}",
        "contentType": "application/json",
        "payload": {"type": "object", "properties": {**numbered, field: part}, "required": required},
    }

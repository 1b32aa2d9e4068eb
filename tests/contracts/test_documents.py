"""The OpenAPI and AsyncAPI documents in docs/ are those that the code gives today."""

from pathlib import Path
from typing import Any

import pytest

from gateway.documents import files
from gateway.documents.asyncapi import asyncapi
from gateway.documents.openapi import openapi
from gateway.routes import ROUTES
from shared.contracts.live import CLOSE_CODES
from shared.events import all_events

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("name", ["openapi.json", "asyncapi.json"])
def test_a_document_in_the_repository_is_not_stale(name: str) -> None:
    assert (DOCS / name).read_bytes() == files()[name], "run python -m gateway.documents"


def test_every_operation_says_who_may_what_comes_back_and_what_can_go_wrong() -> None:
    paths = openapi()["paths"]

    for route in ROUTES:
        operation = paths[route.path][route.method.lower()]
        assert operation["x-role"] == route.access
        assert {str(route.status), "503", "default"} <= set(operation["responses"])
        assert bool(operation["security"]) == (route.access != "public")


@pytest.mark.parametrize("document", [openapi(), asyncapi()], ids=["openapi", "asyncapi"])
def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    found = [follow(document, reference) for reference in references(document)]

    assert found
    assert None not in found


def test_every_event_is_a_channel_with_its_subject_and_stream_and_the_websocket_is_one() -> None:
    channels = asyncapi()["channels"]
    live = channels.pop("live")

    assert live["address"] == "/api/v1/ws"
    assert {"liveSubscribe", "liveConnected", "liveBatch", "liveDisconnect"} <= live["messages"].keys()
    assert len(live["x-close-codes"]) == len(CLOSE_CODES)
    assert {name: channel["address"] for name, channel in channels.items()} == {
        event.__name__: event.SUBJECT for event in all_events()
    }
    assert {channel["x-stream"] for channel in channels.values()} <= {"BELFRY_EVENTS", "BELFRY_MEASURES"}


def references(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [reference for value in node.values() for reference in references(value)]
    if isinstance(node, list):
        return [reference for item in node for reference in references(item)]
    return []


def follow(document: Any, reference: str) -> Any:
    for part in reference.removeprefix("#/").split("/"):
        document = document.get(part) if isinstance(document, dict) else None
    return document

"""What stands around a body on the bus."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.health.events import ServiceDeclared
from shared.envelope import quoted, seal, unquoted

EVENT = ServiceDeclared(service_id="shop", change="added", version=1, actor="zoë")


def test_an_event_becomes_a_cloudevent() -> None:
    before = datetime.now(UTC)
    envelope = seal(EVENT, "id-1", "00-1-2-01")
    at = datetime.fromisoformat(envelope.headers.pop("ce-time"))
    assert before <= at <= datetime.now(UTC)
    assert envelope.subject == "belfry.v1.health.declared.shop"
    assert envelope.headers == {
        "ce-specversion": "1.0",
        "ce-id": "id-1",
        "ce-source": "/belfry/health",
        "ce-type": "health.declared.v1",
        "ce-datacontenttype": "application/json",
        "Nats-Msg-Id": "id-1",
        "traceparent": "00-1-2-01",
    }
    assert b'"service_id":"shop"' in envelope.body


def test_without_a_trace_there_is_no_header_of_it() -> None:
    assert "traceparent" not in seal(EVENT, "id-1").headers


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_header_values_survive(value: str) -> None:
    """Whatever stands in them, they cannot break out of their line."""
    sent = quoted(value)
    assert sent.isascii()
    assert not any(character.isspace() for character in sent)
    assert unquoted({"Name": sent}, "Name") == value

"""From what fires to what arrives: on real servers, to providers that answer, fail, hang and come back."""

import pytest
from standardwebhooks import Webhook

from tests.backend.alert_svc.sending import Sending

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_signed_webhook_arrives_when_it_fires_and_when_it_resolves(sending: Sending) -> None:
    """F2.5.3: signed as Standard Webhooks say, which an implementation of others verifies."""
    made = await sending.hook("signed")
    assert made.new_signing_secret is not None
    rule = await sending.alerts.rule("send.signed", channels=["signed"])
    sending.alerts.measure("send.signed", 12.0)
    incident = await sending.alerts.until_incident(rule.id)
    [fired] = await sending.providers.until("/hook/signed")
    verified = Webhook(made.new_signing_secret).verify(fired.body, fired.headers)
    assert (verified["type"], verified["data"]["incident_id"]) == ("alert.fired", incident.id)
    assert verified["data"]["url"] == f"https://belfry.example/admin/incidents/{incident.id}"
    [sent] = await sending.until_states("signed", "accepted")
    assert fired.headers["webhook-id"] == sent.id
    assert [step.state for step in sent.steps] == ["queued", "accepted"]
    sending.alerts.measure("send.signed", 1.0)
    _, resolved = await sending.providers.until("/hook/signed", 2)
    assert Webhook(made.new_signing_secret).verify(resolved.body, resolved.headers)["type"] == "alert.resolved"

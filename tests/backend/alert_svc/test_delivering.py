"""From what fires to what arrives: on real servers, to providers that answer, fail, hang and come back."""

from collections import defaultdict
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from standardwebhooks import Webhook

from alert_svc.lanes import WIDTHS
from shared.contracts.alerts import procedures as alert
from shared.contracts.alerts.channels import SmsChannel
from shared.contracts.alerts.requests import DeliveryRef
from shared.contracts.wire import Nothing
from shared.problems import ProblemError
from tests.backend.alert_svc.sending import Sending
from tests.documented.blocks import blocks
from tests.fixtures.providers import web
from tests.fixtures.providers.web import answers, says
from tests.fixtures.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

[EXAMPLE] = [block.text for block in blocks("python") if block.document == "docs/alerts-channels.md"]


async def test_a_signed_webhook_arrives_when_it_fires_and_when_it_resolves(sending: Sending) -> None:
    """F2.5.3: signed as Standard Webhooks say, which an implementation of others verifies, as docs/alerts-channels.md
    shows."""
    made = await sending.hook("signed")
    assert made.new_signing_secret is not None
    rule = await sending.alerts.rule("send.signed", channels=["signed"])
    sending.alerts.measure("send.signed", 12.0)
    incident = await sending.alerts.until_incident(rule.id)
    [fired] = await sending.providers.until("/hook/signed")
    shown: dict[str, Any] = {"request": fired}
    exec(EXAMPLE.replace("whsec_...", made.new_signing_secret), shown)
    verified = shown["event"]
    assert (verified["type"], verified["data"]["incident_id"]) == ("alert.fired", incident.id)
    assert verified["data"]["url"] == f"https://belfry.example/admin/incidents/{incident.id}"
    [sent] = await sending.until_states("signed", "accepted")
    assert fired.headers["webhook-id"] == sent.id
    assert [step.state for step in sent.steps] == ["queued", "accepted"]
    sending.alerts.measure("send.signed", 1.0)
    _, resolved = await sending.providers.until("/hook/signed", 2)
    assert Webhook(made.new_signing_secret).verify(resolved.body, resolved.headers)["type"] == "alert.resolved"


async def test_what_fails_for_now_is_tried_again_when_the_provider_allows_it(sending: Sending) -> None:
    """503, then 429 with Retry-After, then accepted: one delivery, its steps told on the bus and in the list."""
    await sending.hook("flaky")
    sending.providers.faults["/hook/flaky"] = [answers(503), answers(429, Retry_After="1")]
    heard = await sending.hear_deliveries("flaky")
    await sending.fire("retry.metric", "flaky")
    [sent] = await sending.until_states("flaky", "accepted")
    assert [step.state for step in sent.steps] == ["queued", "retrying", "retrying", "accepted"]
    assert "503" in sent.steps[1].detail
    assert (sent.attempts, sent.error, sent.next_attempt_at, sent.possible_duplicate) == (3, None, None, False)
    assert (sent.steps[3].at - sent.steps[2].at).total_seconds() >= 1.0
    ids = [got.headers["webhook-id"] for got in sending.providers.at("/hook/flaky")]
    assert ids == [sent.id] * 3
    await until(heard, lambda states: states == ["retrying", "retrying", "accepted"])


async def test_what_takes_too_long_goes_to_the_fallback_as_well_and_so_does_its_end(sending: Sending) -> None:
    """A failure that passes never fails for good for a day: the fallback is told when the channel's time is over."""
    await sending.hook("spare")
    stuck = await sending.hook("stuck", fallback="spare")
    assert stuck.fallback_after_seconds == 900
    patient = await sending.hook("patient", fallback="spare")
    sending.providers.always["/hook/stuck"] = answers(503)
    sending.providers.always["/hook/patient"] = answers(503)
    await sending.alerts.sql("UPDATE channel SET fallback_after_seconds = 0 WHERE id = 'stuck'")
    await sending.fire("late.metric", "stuck")
    [instead] = await sending.until_states("spare", "accepted")
    [late] = await sending.deliveries(channel_id="stuck")
    assert (instead.fallback_of, instead.reason, late.state in ("retrying", "sending")) == (late.id, "fired", True)
    assert instead.steps[0].detail == "Instead of stuck"
    await sending.resolve("late.metric")
    _, end = await sending.until_states("spare", "accepted", "accepted")
    assert end.reason == "resolved"
    await sending.fire("patient.metric", patient.id)
    await until(lambda: sending.deliveries(channel_id="patient"), lambda found: bool(found) and found[0].attempts > 1)
    assert len(await sending.deliveries(channel_id="spare")) == 2
    sending.providers.always.clear()


async def test_what_fails_for_good_goes_to_the_fallback_once_and_can_be_tried_again(sending: Sending) -> None:
    """A channel's fallback, and that one's, each told once; whoever retries by hand sends the first again."""
    for id, fallback in (("third", None), ("second", "third"), ("first", "second")):
        await sending.hook(id, fallback=fallback)
    sending.providers.always |= {"/hook/first": answers(404), "/hook/second": answers(410, "gone")}
    incident = await sending.fire("fallback.metric", "first")
    [instead] = await sending.until_states("third", "accepted")
    [second], [first] = await sending.until_states("second", "failed"), await sending.until_states("first", "failed")
    assert (instead.fallback_of, second.fallback_of, first.fallback_of) == (second.id, first.id, None)
    assert first.error is not None
    assert (first.error.code, first.error.status, first.error.is_permanent) == ("refused", 404, True)
    assert instead.steps[0].detail == "Instead of second"
    assert {each.incident_id for each in (first, second, instead)} == {incident}
    listed = await sending.alerts.ask(alert.LIST_CHANNELS, Nothing())
    last = {each.id: each.last_delivery.state for each in listed.channels if each.last_delivery}
    assert (last["first"], last["third"]) == ("failed", "accepted")

    sending.providers.always.pop("/hook/first")
    await sending.alerts.ask(alert.RETRY_DELIVERY, DeliveryRef(delivery_id=first.id))
    [again] = await sending.until_states("first", "accepted")
    assert [step.detail for step in again.steps if step.state == "queued"] == ["", "Again, by ana"]
    for delivery_id, status in ((first.id, "409"), (str(uuid4()), "404"), ("no-id", "404")):
        with pytest.raises(ProblemError, match=status):
            await sending.alerts.ask(alert.RETRY_DELIVERY, DeliveryRef(delivery_id=delivery_id))
    await sending.resolve("fallback.metric")
    await sending.until_states("third", "accepted", "accepted")


async def test_a_channel_that_hangs_is_in_nobodys_way(sending: Sending) -> None:
    """Forty messages to who never answers, one to who does: that one arrives while the others hang."""
    await sending.hook("hangs")
    await sending.hook("quick")
    sending.providers.always["/hook/hangs"] = sending.providers.hang
    for number in range(40):
        await sending.queue_by_hand("hangs", f"{number}")
    await sending.providers.until("/hook/hangs", WIDTHS["webhook"])
    await sending.fire("quick.metric", "quick")
    [sent] = await sending.until_states("quick", "accepted")
    assert sent.attempts == 1
    assert (
        len(sending.providers.at("/hook/hangs")) == WIDTHS["webhook"]
    )  # no more than a channel may have that has not yet answered
    assert not any(each.state == "accepted" for each in await sending.deliveries(channel_id="hangs"))
    sending.providers.always.pop("/hook/hangs")
    sending.providers.going.set()
    await sending.until_states("hangs", *["accepted"] * 40)


async def test_an_end_that_overtakes_its_beginning_is_one_message_that_tells_all(sending: Sending) -> None:
    await sending.hook("away")
    sending.providers.always["/hook/away"] = answers(503)
    await sending.fire("story.metric", "away")
    await sending.until_states("away", "retrying")
    await sending.resolve("story.metric")
    await until(
        lambda: sending.deliveries(channel_id="away"), lambda found: [each.state for each in found][:1] == ["dropped"]
    )
    sending.providers.always.pop("/hook/away")
    dropped, sent = await sending.until_states("away", "dropped", "accepted")
    assert dropped.steps[-1].detail.startswith("Not needed any more")
    story = sending.providers.at("/hook/away")[-1].json()
    assert (story["type"], story["data"]["text"][:9]) == ("alert.resolved", "Fired at ")
    assert "has ended before that could be told. Resolved after" in story["data"]["text"]
    assert sent.reason == "resolved"


async def test_what_was_cut_off_is_sent_again_and_marked_and_what_no_job_tells_of_is_found(sending: Sending) -> None:
    """A claim that ended without a word may have been accepted: sent again under the same id, marked as that."""
    await sending.hook("cut-off")
    lost = await sending.queue_by_hand("cut-off", "lost")  # no job on the bus tells of it
    [sent] = await sending.until_states("cut-off", "accepted")
    assert (sent.id, sent.possible_duplicate) == (lost, False)
    cut = await sending.queue_by_hand("cut-off", "cut", state="sending", claim_until=timedelta(seconds=-1), attempts=1)
    held = await sending.queue_by_hand("cut-off", "held", state="sending", claim_until=timedelta(hours=1), attempts=1)
    _, again, waits = await sending.until_states("cut-off", "accepted", "accepted", "sending")
    assert (again.id, again.possible_duplicate, again.attempts) == (cut, True, 2)
    assert (waits.id, waits.attempts) == (held, 1)
    assert [got.headers["webhook-id"] for got in sending.providers.at("/hook/cut-off")] == [lost, cut]


async def test_nothing_is_sent_to_who_is_gone_and_nothing_is_tried_for_ever(sending: Sending) -> None:
    """Removed, switched off, or out of time: said in the delivery, and the last goes to the fallback."""
    await sending.hook("instead")
    await sending.hook("off", enabled=False)
    await sending.hook("late", fallback="instead")
    sending.providers.always["/hook/late"] = answers(500)
    for id in ("off", "gone", "late"):
        await sending.queue_by_hand(id, "1", give_up_at=timedelta(seconds=0))
    [off], [gone] = await sending.until_states("off", "dropped"), await sending.until_states("gone", "dropped")
    assert (off.steps[-1].detail, gone.steps[-1].detail) == ("The channel is switched off", "The channel was removed")
    [late] = await sending.until_states("late", "failed")
    assert late.steps[-1].detail.startswith("Given up after 1 attempts: The receiver answered 500")
    await sending.until_states("instead", "accepted")


async def test_a_text_to_several_numbers_is_never_sent_twice_to_one(sending: Sending) -> None:
    """One number takes it, one is refused for good, one fails for now: only that one is tried again."""
    numbers = ["+4915112345601", web.REFUSED_NUMBER, "+4915112345603"]
    await sending.channel(
        SmsChannel(
            id="texts", name="texts", account_sid=web.ACCOUNT, auth_token=web.AUTH_TOKEN, from_number=web.NUMBER,
            to=numbers,
        )
    )  # fmt: skip
    taken = sending.providers.twilio
    sending.providers.faults["/twilio"] = [
        lambda request: _async(taken(request, sending.providers.received[-1])),
        lambda request: _async(taken(request, sending.providers.received[-1])),
        says(503, {"message": "Service unavailable"}),
    ]
    await sending.fire("texts.metric", "texts")
    [sent] = await sending.until_states("texts", "delivered")
    to = [got.form()["To"] for got in sending.providers.at("/twilio") if got.body]
    assert (to.count(numbers[0]), to.count(numbers[2])) == (1, 2)
    assert [step.state for step in sent.steps] == ["queued", "retrying", "sent", "delivered"]
    assert "21211" in sent.steps[2].detail


async def test_a_text_that_its_provider_took_and_that_did_not_arrive_goes_to_the_fallback(sending: Sending) -> None:
    """Twilio's acceptance is not the phone: it is asked what became of the message."""
    await sending.hook("no-phone")
    await sending.channel(
        SmsChannel(
            id="dead-phone", name="dead-phone", account_sid=web.ACCOUNT, auth_token=web.AUTH_TOKEN,
            from_number=web.NUMBER, to=["+4915112345604"], fallback="no-phone",
        )
    )  # fmt: skip
    lost = {"status": "undelivered", "error_code": 30003, "error_message": "Unreachable destination handset"}
    sending.providers.arrivals = defaultdict(lambda: lost)
    await sending.fire("dead.metric", "dead-phone")
    [failed] = await sending.until_states("dead-phone", "failed")
    assert [step.state for step in failed.steps] == ["queued", "sent", "failed"]
    assert failed.error is not None
    assert (failed.error.code, failed.error.is_permanent) == ("invalid_recipient", True)
    assert "Unreachable destination handset (30003)" in failed.error.detail
    await sending.until_states("no-phone", "accepted")


async def _async(answer: Any) -> Any:
    return answer

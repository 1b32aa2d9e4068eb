"""Tests of channels and deliveries as users of the API see them."""

import base64
import hashlib
import hmac
from collections import defaultdict
from urllib.parse import urlencode

import pytest

from tests.backend.api.channels.story import AT, Api
from tests.fixtures.providers import web
from tests.fixtures.providers.web import answers
from tests.fixtures.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_test_send_answers_in_time_whatever_the_provider_does(api: Api) -> None:
    """F2.5.4, I2.5.2, R2.5.3: saved, unsaved with the saved secrets, and one that hangs: an answer, and no error."""
    await api.ask("POST", "/channels", api.hook("tested"), 201)
    good = await api.ask("POST", "/channels/tested/test")
    assert (good["success"], good["channel"], good["message"][:25]) == (True, "tested", "The receiver answered 204")
    assert "error" not in good
    unsaved = {"kind": "webhook", "name": "Renamed", "id": "tested", "headers": {"X-New": "1"}}
    assert (await api.ask("POST", "/channels/test", unsaved))["success"]
    assert api.sending.providers.at("/hook/tested")[-1].headers["X-New"] == "1"
    api.sending.providers.always["/hook/tested"] = api.sending.providers.hang
    slow = await api.ask("POST", "/channels/tested/test")
    assert (slow["success"], slow["code"], slow["error"]) == (False, "timeout", "No answer within 8 s")
    assert slow["hint"]
    assert "message" not in slow


async def test_tests_have_a_limit_for_each_user_and_each_channel(api: Api) -> None:
    """429 that says when there is room; the limit is one for all replicas, which keep it in the store."""
    await api.ask("POST", "/channels", api.hook("limited"), 201)
    full = (
        "INSERT INTO test_send (at, actor, channel)"
        " SELECT now() - interval '20 s', $1, $2 FROM generate_series(1, 1000)"
    )
    await api.sending.alerts.sql(full, "somebody", "limited")
    problem = await api.ask("POST", "/channels/limited/test", want=429)
    assert problem["detail"].startswith("This channel was sent 1000 tests within a minute, which is the limit.")
    async with api.client.post(f"{AT}/channels/limited/test") as answer:
        assert 0 < int(answer.headers["Retry-After"]) <= 40
    assert (await api.ask("POST", "/channels/test", api.hook("unlimited")))["success"]
    [last] = await api.sending.alerts.sql("SELECT actor FROM test_send ORDER BY at DESC LIMIT 1")
    await api.sending.alerts.sql(full, last["actor"], "elsewhere")
    problem = await api.ask("POST", "/channels/test", api.hook("unlimited"), 429)
    assert problem["detail"].startswith("You have sent 1000 tests")
    assert 0 < problem["retry_after_seconds"] <= 40
    await api.sending.alerts.sql("UPDATE test_send SET at = at - interval '1 minute'")
    assert (await api.ask("POST", "/channels/limited/test"))["success"]


async def test_a_service_that_apprise_knows_is_a_channel_like_any_other(api: Api) -> None:
    """Its address is written and never read; a test of it is real, and says why when it fails."""
    assert "apprise" in (await api.ask("GET", "/channels"))["kinds"]
    url = api.sending.providers.url.replace("http://", "json://") + "/hook/others-topic-0001"
    made = await api.ask("POST", "/channels", {"kind": "apprise", "name": "Others", "url": url}, 201)
    assert (made["target"], made["config"], set(made["secrets"])) == ("json://••••", {}, {"url"})
    assert "others-topic" not in str(made)
    kept = await api.ask("PUT", "/channels/others", {"kind": "apprise", "name": "Other people"})
    assert (kept["name"], kept["secrets"]) == ("Other people", made["secrets"])
    good = await api.ask("POST", "/channels/others/test")
    assert (good["success"], good["message"][:12]) == (True, "JSON took it")
    [got] = api.sending.providers.at("/hook/others-topic-0001")
    assert got.json()["title"] == "Test of Other people"
    api.sending.providers.always["/hook/others-topic-0001"] = answers(503)
    bad = await api.ask("POST", "/channels/others/test")
    assert (bad["success"], bad["code"], bool(bad["hint"])) == (False, "server_error", True)
    assert "others-topic" not in str(bad)
    await api.ask("DELETE", "/channels/others", want=204)


async def test_deliveries_are_listed_by_page_and_tried_again(api: Api) -> None:
    await api.ask("POST", "/channels", api.hook("paged"), 201)
    api.sending.providers.always["/hook/paged"] = answers(400, "no")
    for number in range(5):
        await api.sending.queue_by_hand("paged", str(number))
    await until(
        lambda: api.ask("GET", "/deliveries?channel_id=paged&state=failed"), lambda found: len(found["deliveries"]) == 5
    )
    first = await api.ask("GET", "/deliveries?channel_id=paged&limit=3")
    second = await api.ask("GET", f"/deliveries?channel_id=paged&limit=3&cursor={first['next_cursor']}")
    ids = [each["id"] for each in (*first["deliveries"], *second["deliveries"])]
    assert (len(set(ids)), second["next_cursor"]) == (5, None)
    await api.ask("GET", "/deliveries?cursor=nonsense", want=422)
    api.sending.providers.always.pop("/hook/paged")
    await api.ask("POST", f"/deliveries/{ids[0]}/retry", want=204)
    await until(
        lambda: api.ask("GET", "/deliveries?channel_id=paged&state=accepted"), lambda found: bool(found["deliveries"])
    )
    await api.ask("POST", f"/deliveries/{ids[0]}/retry", want=409)
    await api.ask("POST", "/deliveries/none/retry", want=404)


async def test_twilio_tells_by_itself_whether_texts_have_arrived(api: Api) -> None:
    """Signed with the account's token over the address and all fields: what is not is refused, and changes nothing. The
    delivery goes on in the timeline; one that is lost goes to the fallback."""
    api.sending.providers.arrivals = defaultdict(lambda: {"status": "sent"})
    await api.ask("POST", "/channels", api.hook("instead"), 201)
    phone = {"kind": "sms", "name": "Phones", "id": "phones", "to": ["+4915112345678", "+4915112345679"]}
    phone |= {
        "account_sid": web.ACCOUNT,
        "auth_token": web.AUTH_TOKEN,
        "from_number": web.NUMBER,
        "fallback": "instead",
    }
    await api.ask("POST", "/channels", phone, 201)
    await api.sending.fire("callback.arrives", "phones")
    [sent] = await api.sending.until_states("phones", "sent")
    address = f"https://belfry.example/callbacks/twilio/{sent.id}"
    forms = [got.form() for got in api.sending.providers.at("/twilio")[-2:]]
    assert [form["StatusCallback"] for form in forms] == [address] * 2
    first, second = (sent.provider_id or "").split(",")

    async def tell(address: str, want: int, token: str = web.AUTH_TOKEN, **fields: str) -> None:
        text = address + "".join(f"{name}{fields[name]}" for name in sorted(fields))
        signature = base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()
        path = address.removeprefix("https://belfry.example")
        headers = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}
        anyone = {**headers, "Authorization": ""}
        async with api.client.post(path, data=urlencode(fields), headers=anyone) as answer:
            assert answer.status == want, await answer.text()

    await tell(address, 403, "another-token", MessageSid=first, MessageStatus="delivered")
    await tell(address[:-1] + ("0" if address[-1] != "0" else "1"), 403, MessageSid=first, MessageStatus="delivered")
    await tell("https://belfry.example/callbacks/twilio/none", 403, MessageSid=first, MessageStatus="delivered")
    async with api.client.post(f"/callbacks/twilio/{sent.id}", json={}, headers={"X-Twilio-Signature": "x"}) as answer:
        assert answer.status == 415
    async with api.client.post(f"/callbacks/twilio/{sent.id}", data={"MessageSid": first}) as answer:
        assert answer.status == 403
    for sid, status in ((first, "sent"), (first, "delivered"), (first, "delivered"), ("SM1", "delivered")):
        await tell(address, 204, MessageSid=sid, MessageStatus=status, To="+4915112345678", Note="")
    assert [each.state for each in await api.sending.deliveries(channel_id="phones")] == ["sent"]
    await tell(address, 204, MessageSid=second, MessageStatus="delivered")
    [arrived] = await api.sending.until_states("phones", "delivered")
    assert arrived.steps[-1].detail == "Arrived at 2 of 2"

    incident = await api.sending.fire("callback.lost", "phones")
    lost = (await api.sending.until_states("phones", "delivered", "sent"))[-1]
    sid = (lost.provider_id or "").split(",")[1]
    address = f"https://belfry.example/callbacks/twilio/{lost.id}"
    await tell(address, 204, MessageSid=sid, MessageStatus="undelivered", ErrorCode="30003")
    failed = (await api.sending.until_states("phones", "delivered", "failed"))[-1]
    assert failed.error is not None
    assert "the phone cannot be reached (30003)" in failed.error.detail
    [instead] = await api.sending.until_states("instead", "accepted")
    assert (instead.fallback_of, instead.incident_id) == (lost.id, incident)

"""Tests of channels and deliveries as users of the API see them."""

import pytest

from tests.backend.api.channels.story import AT, Api
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

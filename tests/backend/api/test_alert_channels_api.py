"""Channels, tests and deliveries as users of the API see them, on a real NATS, PostgreSQL and providers."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
import pytest
import pytest_asyncio
import structlog
from aiohttp.test_utils import TestServer

import gateway.app
from gateway.settings import GatewaySettings
from tests.backend.alert_svc.sending import Sending, sending_alerts
from tests.fixtures.providers.web import answers
from tests.fixtures.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

TOKEN = "bf_token_of_the_channel_api_tests_0123456"
AT = "/api/v1/admin/alerts"
SECRET_WORDS = ("path-secret-0001", "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQ", "header-secret-0001", "bot-secret-0001")


class Api:
    """The API as an admin has it, and what is behind it."""

    def __init__(self, client: aiohttp.ClientSession, sending: Sending, database: str) -> None:
        self.client, self.sending, self.database = client, sending, database

    async def ask(
        self, method: str, path: str, body: Any = None, want: int = 200, headers: dict[str, str] | None = None
    ) -> Any:
        async with self.client.request(method, AT + path, json=body, headers=headers) as answer:
            text = await answer.text()
            assert answer.status == want, text
            return json.loads(text) if text else None

    async def refused(self, body: Any) -> dict[str, str]:
        """The message of each bad field of a channel."""
        problem = await self.ask("POST", "/channels", body, 422)
        return {error["field"]: error["message"] for error in problem["errors"]}

    def hook(self, name: str, **more: Any) -> dict[str, Any]:
        return {"kind": "webhook", "name": name, "url": f"{self.sending.providers.url}/hook/{name}", **more}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def api(nats_url: str, api_database: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Api]:
    data: Path = tmp_path_factory.mktemp("channels")
    env = {"NATS_URL": nats_url, "DATABASE_URL": api_database}
    given: dict[str, Any] = {"nats_url": nats_url, "database_url": api_database, "data_dir": str(data)}
    front = TestServer(gateway.app.create_app(GatewaySettings(**given, admin_token=TOKEN)))
    async with sending_alerts(env, data) as sending, front:
        own = {"Authorization": f"Bearer {TOKEN}"}
        async with aiohttp.ClientSession(str(front.make_url("")), headers=own) as client:
            yield Api(client, sending, api_database)


async def test_a_channel_is_made_read_changed_and_removed_and_its_secrets_never_come_out(api: Api) -> None:
    """F2.5.3, I2.5.3: secrets are written, kept when left out, and shown as their last characters only."""
    made = await api.ask("POST", "/channels", api.hook("ops", headers={"X-Key": "k-1"}), 201)
    assert (made["id"], made["kind"], made["version"], made["enabled"]) == ("ops", "webhook", 1, True)
    assert made["target"].startswith("http://127.0.0.1:")
    assert made["target"].endswith("/••••")
    assert made["config"] == {"headers": {"X-Key": "***"}}
    assert set(made["secrets"]) == {"url", "signing_secret", "header:x-key"}
    assert made["new_signing_secret"].startswith("whsec_")
    again = await api.ask("GET", "/channels/ops")
    assert again["new_signing_secret"] is None

    changed = await api.ask(
        "PUT", "/channels/ops", {"kind": "webhook", "name": "Operations", "headers": {"X-Key": "***"}, "version": 1}
    )
    assert (changed["name"], changed["version"]) == ("Operations", 2)
    assert changed["secrets"] == made["secrets"]
    await api.ask("POST", "/channels/ops/test")
    [got] = api.sending.providers.at("/hook/ops")
    assert got.headers["X-Key"] == "k-1"
    outdated = await api.ask("PUT", "/channels/ops", {"kind": "webhook", "name": "Old", "version": 1}, 409)
    assert (outdated["version"], outdated["current"]["name"]) == (2, "Operations")
    await api.ask("PUT", "/channels/ops", {"kind": "webhook", "name": "Old"}, 412, {"If-Match": '"1"'})
    await api.ask("PUT", "/channels/ops", {"kind": "teams", "name": "Other"}, 422)
    await api.ask("PUT", "/channels/ops", {"kind": "webhook", "name": "x", "id": "other"}, 422)
    await api.ask("POST", "/channels", api.hook("ops", id="ops"), 409)
    twin = await api.ask("POST", "/channels", api.hook("ops"), 201)
    assert twin["id"] == "ops-2"
    listed = (await api.ask("GET", "/channels"))["channels"]
    assert [each["id"] for each in listed] == ["ops", "ops-2"]
    for path in ("/channels/none", "/channels/none/test"):
        await api.ask("GET" if path.endswith("none") else "POST", path, want=404)
    await api.ask("DELETE", "/channels/ops-2", want=204)
    await api.ask("DELETE", "/channels/ops-2", want=404)


async def test_a_channel_that_is_named_anywhere_stays(api: Api) -> None:
    await api.ask("POST", "/channels", api.hook("used"), 201)
    await api.ask("POST", "/channels", api.hook("leans", fallback="used"), 201)
    rule = {"name": "Uses it", "metric": "used.m", "operator": ">", "threshold": 1, "channels": ["used"]}
    await api.ask("POST", "/rules", rule, 201)
    await api.ask("POST", "/policies", {"name": "Steps", "steps": [{"channels": ["used"]}]}, 201)
    shown = await api.ask("GET", "/channels/used")
    assert (shown["used_by_rules"], shown["used_by_policies"]) == (["uses-it"], ["steps"])
    problem = await api.ask("DELETE", "/channels/used", want=409)
    assert problem["detail"] == (
        "used is named by the rules uses-it and by the policies steps and by the channels leans; change those first"
    )
    assert (problem["used_by_rules"], problem["fallback_of"]) == (["uses-it"], ["leans"])
    looped = await api.ask("PUT", "/channels/used", {"kind": "webhook", "name": "used", "fallback": "leans"}, 422)
    assert looped["errors"] == [{"field": "fallback", "message": "leads back to this channel"}]
    await api.ask("DELETE", "/policies/steps", want=204)
    await api.ask("DELETE", "/rules/uses-it", want=204)
    await api.ask("DELETE", "/channels/leans", want=204)
    await api.ask("DELETE", "/channels/used", want=204)


async def test_every_mistake_of_a_channel_is_named_beside_its_field(api: Api) -> None:
    """I2.5.4: all at once, those of form and those of meaning."""
    form = await api.refused({"kind": "email", "name": "", "host": "smtp.shop.example", "from_address": "x", "to": []})
    assert set(form) == {"name", "from_address", "to"}
    assert set(await api.refused({"kind": "pigeon", "name": "x"})) == {"kind"}
    meanings: list[tuple[dict[str, Any], set[str]]] = [
        ({"kind": "slack"}, {"webhook_url"}),
        ({"kind": "slack", "bot_token": "xoxb-1"}, {"channel"}),
        ({"kind": "sms", "to": ["+4915112345678"]}, {"account_sid", "auth_token", "from_number"}),
        ({"kind": "sms", "provider": "http", "to": ["+4915112345678"]}, {"url"}),
        ({"kind": "teams"}, {"webhook_url"}),
        ({"kind": "discord"}, {"webhook_url"}),
        ({"kind": "pagerduty"}, {"routing_key"}),
        ({"kind": "telegram", "chat_id": "1"}, {"bot_token"}),
        ({"kind": "apprise"}, {"url"}),
        ({"kind": "apprise", "url": "pigeon://home"}, {"url"}),
        ({"kind": "apprise", "url": "syslog://"}, {"url"}),
        (
            {"kind": "email", "host": "10.0.0.1", "from_address": "a@b.c", "to": ["d@e.f"], "username": "u"},
            {"host", "password"},
        ),
        ({"kind": "webhook", "url": "http://169.254.169.254/latest", "fallback": "nobody"}, {"url", "fallback"}),
        ({"kind": "webhook", "url": "https://ana:pw@hooks.example/x"}, {"url"}),
        (
            {
                "kind": "webhook", "url": "https://hooks.example/x", "signing_secret": "whsec_!!",
                "headers": {"Host": "x", "Webhook-Id": "1", "X-Old": "***"},
            },
            {"signing_secret", "headers.Host", "headers.Webhook-Id", "headers.X-Old"},
        ),
    ]  # fmt: skip
    for body, fields in meanings:
        assert set(await api.refused({"name": "x", **body})) == fields, body
        problem = await api.ask("POST", "/channels/test", {"name": "x", **body}, 422)
        assert {error["field"] for error in problem["errors"]} == fields
    assert (
        "BELFRY_ALERT_ALLOW" in (await api.refused({"kind": "webhook", "name": "x", "url": "http://10.1.1.1/"}))["url"]
    )


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


async def test_secrets_are_nowhere_but_in_what_is_sent(api: Api) -> None:
    """Not in answers, events, logs, the audit trail or the database, also when the provider repeats them."""
    path, signing, header, token = SECRET_WORDS
    hidden = api.hook("hidden", id="hidden", signing_secret=signing, headers={"Authorization": f"Bearer {header}"})
    hidden["url"] += f"/{path}"
    api.sending.providers.always["/hook/hidden"] = answers(400, f"{hidden['url']} {header} is wrong")
    heard: list[bytes] = []

    async def hear(message: Any) -> None:
        heard.append(message.data)

    await api.sending.alerts.bus.subscribe("belfry.>", hear)
    seen: list[Any] = []
    with structlog.testing.capture_logs() as logs:
        seen.append(await api.ask("POST", "/channels", hidden, 201))
        seen.append(await api.ask("POST", "/channels/hidden/test"))
        await api.sending.queue_by_hand("hidden", "1")
        failed = "/deliveries?channel_id=hidden&state=failed"
        seen.append(await until(lambda: api.ask("GET", failed), lambda found: bool(found["deliveries"])))
        slack = {"kind": "slack", "name": "bot", "bot_token": token, "channel": "#ops"}
        seen.append(await api.ask("POST", "/channels/test", slack))
        seen.append(await api.ask("GET", "/channels"))
        async with api.client.get("/api/v1/admin/audit") as answer:
            seen.append(await answer.json())
        await until(_value(heard), lambda found: any(b"alert.delivered" in each or b"failed" in each for each in found))
    assert seen[1]["success"] is False
    assert "*** Bearer" not in seen[1]["error"]
    events = [each for each in heard if b"whsec" not in each]  # requests carry them to alert_svc, and only those
    connection = await asyncpg.connect(api.database)
    stored = await connection.fetch(
        "SELECT c::text FROM alert.channel c UNION ALL SELECT d::text FROM alert.delivery d"
    )
    await connection.close()
    for word in SECRET_WORDS:
        assert word not in str(seen), word
        assert word not in str(logs), word
        assert word not in str([dict(row) for row in stored]), word
    assert len(events) > 2


def _value(found: Any) -> Any:
    async def ask() -> Any:
        return found

    return ask


async def test_who_may_do_what(api: Api) -> None:
    """Viewers read; operators test what is saved and try again; only admins make, change and try channels."""
    tokens = {}
    for role in ("viewer", "operator"):
        async with api.client.post("/api/v1/auth/tokens", json={"label": role, "role": role}) as made:
            tokens[role] = (await made.json())["secret"]
    await api.ask("POST", "/channels", api.hook("roles"), 201)
    hook = api.hook("roles")
    for role, method, path, body, want in (
        ("viewer", "GET", "/channels", None, 200),
        ("viewer", "GET", "/deliveries", None, 200),
        ("viewer", "POST", "/channels/roles/test", None, 403),
        ("viewer", "POST", "/deliveries/x/retry", None, 403),
        ("operator", "POST", "/channels/roles/test", None, 200),
        ("operator", "POST", "/channels", hook, 403),
        ("operator", "PUT", "/channels/roles", hook, 403),
        ("operator", "DELETE", "/channels/roles", None, 403),
        ("operator", "POST", "/channels/test", hook, 403),
    ):
        own = {"Authorization": f"Bearer {tokens[role]}"}
        await api.ask(method, path, body, want, own)
    async with api.client.get(f"{AT}/channels", headers={"Authorization": "Bearer wrong"}) as answer:
        assert answer.status == 401

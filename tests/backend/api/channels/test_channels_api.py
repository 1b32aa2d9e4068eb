"""Channels as users of the API see them: made, changed, refused, and their secrets nowhere."""

from typing import Any

import asyncpg
import pytest
import structlog

from tests.backend.api.channels.story import AT, Api
from tests.fixtures.providers.web import answers
from tests.fixtures.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

SECRET_WORDS = ("path-secret-0001", "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQ", "header-secret-0001", "bot-secret-0001")


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

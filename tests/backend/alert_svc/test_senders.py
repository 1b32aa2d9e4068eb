"""Every kind of channel, to a server that speaks as its provider does and refuses what that would refuse."""

from typing import Any

import pytest
from msgspec.structs import replace

from shared.contracts.alerts import procedures as alert
from shared.contracts.alerts.channels import (
    AnyChannelSpec,
    DiscordChannel,
    EmailChannel,
    PagerDutyChannel,
    SlackChannel,
    SmsChannel,
    TeamsChannel,
    TelegramChannel,
    WebhookChannel,
)
from shared.contracts.alerts.deliveries import TestResult
from shared.contracts.alerts.requests import NoteIncident, TestAlertRule, TestChannel
from shared.problems import ProblemError
from tests.backend.alert_svc.sending import Sending
from tests.fixtures.providers import web
from tests.fixtures.providers.mail import FULL, PASSWORD, UNKNOWN, USER
from tests.fixtures.providers.web import answers, says, slams

pytestmark = pytest.mark.asyncio(loop_scope="module")


def specs(url: str, mail_ports: dict[str, int]) -> dict[str, AnyChannelSpec]:
    """One of each form, by where it arrives."""
    sms: dict[str, Any] = {"name": "sms", "to": ["+4915112345678"], "from_number": web.NUMBER}
    mail: dict[str, Any] = {"name": "mail", "host": "localhost", "from_address": "belfry@shop.example"}
    mail |= {"username": USER, "password": PASSWORD, "to": ["ops@shop.example", "lead@shop.example"]}
    return {
        "/hook/plain": WebhookChannel(name="hook", url=f"{url}/hook/plain", headers={"X-Team": "ops"}),
        "/slack/services/T0": SlackChannel(name="slack", webhook_url=f"{url}/slack/services/T0/B0/secretsecret"),
        "/slack/api/chat.postMessage": SlackChannel(name="bot", bot_token=web.SLACK_TOKEN, channel="#ops"),
        f"/twilio/2010-04-01/Accounts/{web.ACCOUNT}/Messages.json": SmsChannel(
            account_sid=web.ACCOUNT, auth_token=web.AUTH_TOKEN, **sms
        ),
        "/hook/sms": SmsChannel(provider="http", url=f"{url}/hook/sms", auth_token="gateway-token", **sms),
        "/pagerduty/v2/enqueue": PagerDutyChannel(name="pager", routing_key=web.ROUTING_KEY),
        "/teams/": TeamsChannel(name="teams", webhook_url=f"{url}/teams/workflows/secretsecret"),
        "/discord/": DiscordChannel(name="discord", webhook_url=f"{url}/discord/api/webhooks/1/secretsecret"),
        f"/telegram/bot{web.TELEGRAM_TOKEN}/": TelegramChannel(
            name="telegram", bot_token=web.TELEGRAM_TOKEN, chat_id="-1001"
        ),
        "starttls": EmailChannel(port=mail_ports["starttls"], security="starttls", **mail),
        "tls": EmailChannel(port=mail_ports["tls"], security="tls", **mail),
        "none": EmailChannel(port=mail_ports["none"], security="none", **{**mail, "username": "", "password": None}),
    }


async def test_a_test_of_every_kind_is_a_real_message_that_its_provider_takes(sending: Sending) -> None:
    """F2.5.3, F2.5.4, R2.5.3: Slack, e-mail, SMS and five more, unsaved; success says who took it."""
    for where, spec in specs(sending.providers.url, sending.mail.ports).items():
        before = len(sending.providers.at(where))
        result = await sending.test(spec)
        assert (result.success, result.channel, result.error) == (True, spec.name, None), (where, result)
        assert " in " in (result.message or "")
        if where.startswith("/"):
            assert len(sending.providers.at(where)) > before
    assert [mail.was_secure for mail in sending.mail.mails] == [True, True, False]
    [trigger, resolve] = [each.json() for each in sending.providers.at("/pagerduty/")]
    assert (trigger["event_action"], resolve["event_action"]) == ("trigger", "resolve")  # nobody stays paged by a test
    assert trigger["dedup_key"] == resolve["dedup_key"]
    [hook] = sending.providers.at("/hook/plain")
    assert (hook.headers["X-Team"], hook.json()["type"]) == ("ops", "alert.test")
    [text] = sending.providers.at("/hook/sms")
    assert text.headers["Authorization"] == "Bearer gateway-token"
    assert text.json()["to"] == "+4915112345678"


async def test_what_a_provider_refuses_is_said_in_its_words_with_what_to_do(sending: Sending) -> None:
    """R2.5.3: success false, the cause in `error`, a code, and a hint; never a secret."""
    url = sending.providers.url
    good = specs(url, sending.mail.ports)
    mail: Any = good["starttls"]
    wrong: list[tuple[AnyChannelSpec, str, str, str]] = [
        (SlackChannel(name="a", bot_token="xoxb-wrong-one", channel="#ops"), "authentication", "invalid_auth", "token"),
        (SlackChannel(name="b", bot_token=web.SLACK_TOKEN, channel="#no"), "refused", "channel_not_found", "Invite"),
        (
            SmsChannel(name="c", account_sid=web.ACCOUNT, auth_token="wrong", from_number="1", to=["+4915112345678"]),
            "authentication",
            "20003",
            "auth token",
        ),
        (
            SmsChannel(
                name="d", account_sid=web.ACCOUNT, auth_token=web.AUTH_TOKEN, from_number=web.NUMBER,
                to=[web.REFUSED_NUMBER],
            ),
            "invalid_recipient",
            "21211",
            "Correct the number",
        ),
        (PagerDutyChannel(name="e", routing_key="wrong-wrong-key"), "refused", "routing_key is invalid", "integration"),
        (TelegramChannel(name="f", bot_token="1:wrong", chat_id="-1"), "authentication", "Unauthorized", "BotFather"),
        (TelegramChannel(name="g", bot_token=web.TELEGRAM_TOKEN, chat_id="7"), "refused", "chat not found", "Write to"),
        (WebhookChannel(name="h", url="http://127.0.0.1:9/x"), "connect", "refuses connections", "listen"),
        (WebhookChannel(name="i", url="https://no-such-name.invalid/x"), "dns", "could not be resolved", "typing"),
        (WebhookChannel(name="j", url=url.replace("http:", "https:")), "tls", "No secure connection", "TLS"),
        (_with(mail, password="wrong password here"), "authentication", "535", "password"),
        (_with(mail, security="none"), "authentication", "offers no sign-in", "STARTTLS"),
        (_with(mail, to=[UNKNOWN]), "invalid_recipient", "No such user", "addresses"),
        (_with(mail, to=[FULL]), "invalid_recipient", "mailbox is full", "addresses"),
        (_with(mail, port=sending.mail.ports["none"]), "tls", "STARTTLS", "security"),
    ]  # fmt: skip
    for spec, code, words, hint in wrong:
        result = await sending.test(spec)
        assert (result.success, result.code) == (False, code), (spec.name, result)
        assert words in (result.error or ""), (spec.name, result)
        assert hint in (result.hint or ""), (spec.name, result)
        assert "wrong" not in f"{result.error}{result.hint}", (spec.name, result)


async def test_answers_that_are_no_success_are_told_apart(sending: Sending) -> None:
    hook = WebhookChannel(name="hook", url=f"{sending.providers.url}/hook/odd")
    faults = sending.providers.faults.setdefault("/hook/odd", [])
    for fault, code, words in (
        (answers(302, Location="http://169.254.169.254/latest"), "refused", "redirects"),
        (answers(403, "no"), "authentication", "answered 403: no"),
        (answers(410), "refused", "410"),
        (answers(429, Retry_After="7"), "rate_limited", "429"),
        (answers(503, "x" * 100_000), "server_error", "503"),
        (slams, "connect", "closed the connection"),
        (answers(400, f"bad signature for {hook.url}\r\nX: y"), "refused", "bad signature for *** X: y"),
    ):
        faults.append(fault)
        result = await sending.test(hook)
        assert (result.success, result.code) == (False, code), result
        assert words in (result.error or "")
        assert len(result.error or "") <= 300
    assert len(sending.providers.at("/latest")) == 0
    discord = specs(sending.providers.url, sending.mail.ports)["/discord/"]
    sending.providers.faults["/discord/"] = [says(429, {"message": "You are being rate limited.", "retry_after": 0.4})]
    assert (await sending.test(discord)).code == "rate_limited"
    teams = specs(sending.providers.url, sending.mail.ports)["/teams/"]
    sending.providers.faults["/teams/"] = [answers(200, "Webhook message delivery failed with error")]
    assert (await sending.test(teams)).code == "server_error"


async def test_a_rule_is_tested_on_a_channel_and_says_that_it_is_a_test(sending: Sending) -> None:
    """F2.5.4: the sample of a rule, firing or resolved, to the chosen channel or its first one."""
    await sending.hook("samples")
    rule = await sending.alerts.rule("sample.metric", channels=["samples"], name="Queue is long", severity="critical")
    ask = sending.alerts.ask
    result: TestResult = await ask(alert.TEST_RULE, TestAlertRule(rule_id=rule.id))
    assert (result.success, result.channel) == (True, "samples")
    await ask(alert.TEST_RULE, TestAlertRule(rule_id=rule.id, channel="samples", reason="resolved"))
    saved: TestResult = await ask(alert.TEST_CHANNEL, TestChannel(channel_id="samples"))
    assert saved.success
    fired, resolved, _ = [each.json() for each in sending.providers.at("/hook/samples")]
    assert fired["type"] == "alert.fired"
    assert fired["data"]["headline"].startswith("Firing (critical): [Test] Queue is long")
    assert (resolved["type"], resolved["data"]["resolved_at"] is not None) == ("alert.resolved", True)
    bare = await sending.alerts.rule("sample.other")
    with pytest.raises(ProblemError, match="422"):
        await ask(alert.TEST_RULE, TestAlertRule(rule_id=bare.id))
    with pytest.raises(ProblemError, match="404"):
        await ask(alert.TEST_RULE, TestAlertRule(rule_id=bare.id, channel="nobody"))
    assert await sending.deliveries(channel_id="samples") == []


async def test_one_incident_is_one_thread_in_mail_and_one_edited_message_in_slack(sending: Sending) -> None:
    """Fired, acknowledged, resolved: the bot edits its first message and tells the story in its thread."""
    url, ports = sending.providers.url, sending.mail.ports
    good = specs(url, ports)
    for id, where in (("threaded", "/slack/api/chat.postMessage"), ("mails", "starttls"),
                      ("pager", "/pagerduty/v2/enqueue")):  # fmt: skip
        await sending.channel(_with(good[where], id=id))
    before, mails = len(sending.providers.received), len(sending.mail.mails)
    rule = await sending.alerts.rule("thread.metric", channels=["threaded", "mails", "pager"])
    sending.alerts.measure("thread.metric", 12.0)
    incident = await sending.alerts.until_incident(rule.id)
    await sending.until_states("threaded", "accepted")
    await sending.alerts.ask(alert.ACKNOWLEDGE_INCIDENT, NoteIncident(incident_id=incident.id, comment="On it"))
    await sending.until_states("threaded", "accepted", "accepted")
    sending.alerts.measure("thread.metric", 1.0)
    await sending.until_states("threaded", "accepted", "accepted", "accepted")
    await sending.until_states("pager", "accepted", "accepted", "accepted")
    await sending.until_states("mails", "accepted", "accepted")

    slack = [each for each in sending.providers.received[before:] if each.path.startswith("/slack/")]
    assert [each.path.rsplit(".", 1)[1] for each in slack] == [
        "postMessage", "update", "postMessage", "update", "postMessage",
    ]  # fmt: skip
    first, edited, reply, _, last = [each.json() for each in slack]
    ts = edited["ts"]
    assert (first["channel"], edited["channel"], reply["thread_ts"], last["thread_ts"]) == ("#ops", "C024BE91L", ts, ts)
    assert last["text"].startswith("Resolved: Rule on thread.metric")
    pages = [each.json() for each in sending.providers.received[before:] if each.path.startswith("/pagerduty/")]
    assert [page["event_action"] for page in pages] == ["trigger", "acknowledge", "resolve"]
    assert {page["dedup_key"] for page in pages} == {f"belfry-{incident.id}"}

    fired, resolved = sending.mail.mails[mails:]
    assert fired.recipients == ["ops@shop.example", "lead@shop.example"]
    assert resolved.content["References"] == resolved.content["In-Reply-To"] == fired.content["Message-ID"]
    assert fired.content["Subject"].startswith("Firing (warning): Rule on thread.metric")
    parts = [part.get_content_type() for part in fired.content.walk()]
    assert parts == ["multipart/alternative", "text/plain", "text/html"]
    assert f"https://belfry.example/admin/incidents/{incident.id}" in str(fired.content.get_body(("plain",)))


HOSTILE = "<!channel> @everyone [x](http://evil) *b* </b><script>1</script>\r\nBcc: a@evil.example\u202e\U0001f4a5\x07"


async def test_hostile_labels_and_huge_texts_do_no_harm_anywhere(sending: Sending) -> None:
    """Each form escapes what its reader would take for more than text, and stays within what its provider takes."""
    good = specs(sending.providers.url, sending.mail.ports)
    ids = []
    for number, spec in enumerate(good.values()):
        ids.append(f"hostile-{number}")
        await sending.channel(_with(spec, id=ids[-1]))
    before, mails = len(sending.providers.received), len(sending.mail.mails)
    rule = await sending.alerts.rule(
        "hostile.metric", channels=ids, name="*Down* <@U1> \r\nBcc: x@evil.example"[:100], description="d" * 1900,
        runbook_url="https://runbooks.example/" + "r" * 400,
    )  # fmt: skip
    labels = {"service": HOSTILE[:200], **{f"label_{number}": "v" * 250 for number in range(10)}}
    sending.alerts.measure("hostile.metric", 12.0, None, labels)
    await sending.alerts.until_incident(rule.id)
    for id, spec in zip(ids, good.values(), strict=True):
        is_asked = isinstance(spec, SmsChannel) and spec.provider == "twilio"  # whether it arrived
        await sending.until_states(id, "delivered" if is_asked else "accepted")
    for got in sending.providers.received[before:]:
        raw = got.body.decode()
        assert "\\u0007" not in raw
        assert "\u202e" not in raw
        if got.path.startswith("/slack"):
            [shown] = got.json()["attachments"]
            read = str([got.json()["text"], shown["fallback"], shown["blocks"][1:]])  # the first block is plain text
            assert "<!channel>" not in read
            assert "<@U1>" not in read
        if got.path.startswith("/discord"):
            assert got.json()["allowed_mentions"] == {"parse": []}
            assert "[x](" not in str(got.json()["embeds"])
        if got.path.startswith("/telegram"):
            assert "<script>" not in got.json()["text"]
    for mail in sending.mail.mails[mails:]:
        assert mail.content["Bcc"] is None
        assert b"\r\nBcc:" not in mail.raw.split(b"\r\n\r\n", 1)[0]
        assert "<script>" not in str(mail.content.get_body(("html",)))


def _with(spec: Any, **changed: Any) -> Any:

    return replace(spec, **changed)

"""The declarative file as a source of alerts, and what a new installation starts with."""

from pathlib import Path

import msgspec
import pytest

from shared.contracts.alerts import procedures as alert
from shared.contracts.alerts.events import AlertFired
from shared.contracts.alerts.requests import (
    AlertIncidentsQuery,
    ChannelRef,
    MuteTimingRef,
    PolicyRef,
    RuleRef,
    SwitchAlertRule,
    UpdateAlertRule,
)
from shared.contracts.alerts.rules import AlertRules, AlertRuleSpec
from shared.contracts.config import ConfigState
from shared.contracts.wire import Nothing
from shared.interest import Message
from shared.problems import ProblemError
from tests.backend.alert_svc.running import Alerts, running_alerts
from tests.fixtures.waiting import until

DEFAULTS = {"service-down", "service-degraded", "endpoint-slow", "endpoint-errors", "socket-pool"}
FILE = """\
services: [{id: shop, checks: [{kind: heartbeat}]}]
channels: [{id: pager, kind: webhook, name: Pager, url: $PAGER_URL}]
policies: [{id: on-call, name: On call, steps: [{channels: [ops]}]}]
mute_timings: [{id: night, name: Night, spans: [{from_time: "22:00"}]}]
rules:
  - {id: depth, name: Depth, metric: file.depth, operator: ">", threshold: 10, channels: [ops],
     escalation_policy: on-call}
"""


async def test_the_file_declares_rules_beside_services_and_alone_changes_them(
    service_env: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Applied at the start and on every change, beside the default rules; a bad one never replaces a good one."""
    file = tmp_path / "belfry.yaml"
    async with running_alerts(service_env) as alerts:
        await alerts.channel("ops")
    file.write_text(FILE)
    monkeypatch.setenv("PAGER_URL", "https://hooks.example/pager-of-the-team")
    async with running_alerts(service_env, config_path=str(file)) as alerts:
        rules = await until(lambda: sources(alerts), lambda found: "depth" in found)
        assert rules == dict.fromkeys(DEFAULTS, "default") | {"depth": "file"}
        alerts.measure("file.depth", 50.0)
        incident = await alerts.until_incident("depth")
        other = AlertRuleSpec(name="Depth", metric="file.depth", operator=">", threshold=1)
        for rpc, request in (
            (alert.SWITCH_RULE, SwitchAlertRule(rule_id="depth", enabled=False)),
            (alert.DELETE_RULE, RuleRef(rule_id="depth")),
            (alert.UPDATE_RULE, UpdateAlertRule(rule_id="depth", rule=other)),
            (alert.DELETE_CHANNEL, ChannelRef(channel_id="pager")),
            (alert.DELETE_POLICY, PolicyRef(policy_id="on-call")),
            (alert.DELETE_MUTE_TIMING, MuteTimingRef(mute_timing_id="night")),
        ):
            with pytest.raises(ProblemError, match="can only be changed there"):
                await alerts.ask(rpc, request)

        shown = await alerts.ask(alert.LIST_RULES, Nothing())
        assert (shown.config.path, shown.config.errors, shown.config.loaded_at is None) == ("belfry.yaml", [], False)
        file.write_text(FILE.replace("channels: [ops]", "channels: [nobody]"))
        bad = await until(lambda: config(alerts), lambda found: bool(found and found.errors))
        assert bad is not None
        assert bad.errors[-1].startswith("belfry.yaml:6: rules[0].channels")
        assert bad.loaded_at == shown.config.loaded_at
        file.unlink()
        await until(lambda: config(alerts), lambda found: bool(found) and "is gone" in str(found))
        file.write_text(FILE.replace("threshold: 10", "threshold: 20, severity: critical"))
        changed = await until(lambda: alerts.get_rule("depth"), lambda rule: rule.threshold == 20)
        assert (changed.severity, changed.version, changed.channels) == ("critical", 2, ["ops"])
        assert await until(lambda: config(alerts), lambda found: found is not None and not found.errors) is not None
        timings = await alerts.ask(alert.LIST_MUTE_TIMINGS, Nothing())
        assert [(each.id, each.source) for each in timings.mute_timings] == [("night", "file")]
        file.write_text("services: []\n")
        assert await until(lambda: sources(alerts), lambda found: "depth" not in found) == dict.fromkeys(
            DEFAULTS, "default"
        )
        assert (await alerts.detail(incident.id)).incident.resolve_reason == "deleted"


async def test_a_new_installation_tells_of_what_matters_without_any_channel(service_env: dict[str, str]) -> None:
    """A few rules are there at the first start: what they find is said on the bus and waits among the incidents, which
    the pages show in their header. Nobody is called before there is a channel, and what was removed stays away."""
    heard: list[AlertFired] = []

    async def hear(message: Message) -> None:
        heard.append(msgspec.json.decode(message.data, type=AlertFired))

    async with running_alerts(service_env) as alerts:
        await until(lambda: sources(alerts), lambda found: set(found) == DEFAULTS)
        await alerts.bus.subscribe("belfry.v1.alert.fired.*", hear)
        alerts.say_status("till", "down")
        incident = await alerts.until_incident("service-down")
        assert (incident.object, incident.severity, incident.hold) == ("till", "critical", None)
        assert (await until(lambda: _heard(heard), lambda found: bool(found)))[0].incident_id == incident.id
        listed = await alerts.ask(alert.LIST_INCIDENTS, AlertIncidentsQuery(state="open"))
        assert listed.counts["unacknowledged"] == 1
        assert await alerts.queued(incident.id) == []
        await alerts.ask(alert.DELETE_RULE, RuleRef(rule_id="socket-pool"))
    async with running_alerts(service_env) as alerts:
        assert set(await until(lambda: sources(alerts), lambda found: bool(found))) == DEFAULTS - {"socket-pool"}


async def sources(alerts: Alerts) -> dict[str, str]:
    found: AlertRules = await alerts.ask(alert.LIST_RULES, Nothing())
    return {rule.id: rule.source for rule in found.rules}


async def config(alerts: Alerts) -> ConfigState | None:
    found: AlertRules = await alerts.ask(alert.LIST_RULES, Nothing())
    return found.config


async def _heard(heard: list[AlertFired]) -> list[AlertFired]:
    return heard

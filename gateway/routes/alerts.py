"""Alerts: everything under /api/v1/admin/alerts."""

from typing import Any

from gateway.routes.route import Before, Route
from shared.contracts.alerts import procedures as alert

_AT = "/api/v1/admin/alerts"
_RULE = f"{_AT}/rules/{{rule_id}}"
_CHANNEL = f"{_AT}/channels/{{channel_id}}"
_INCIDENT = f"{_AT}/incidents/{{incident_id}}"
_SILENCE = f"{_AT}/silences/{{silence_id}}"
_POLICY = f"{_AT}/policies/{{policy_id}}"
_MUTE_TIMING = f"{_AT}/mute-timings/{{mute_timing_id}}"

EXAMPLE_RULE = {
    "name": "Checkout is slow",
    "metric": "latency.p99",
    "selector": [{"label": "service", "value": "checkout"}],
    "operator": ">",
    "threshold": 500,
    "recovery_threshold": 400,
    "duration": 300,
    "min_samples": 100,
    "channels": ["ops"],
    "severity": "critical",
}
EXAMPLE_CHANNEL = {
    "kind": "webhook",
    "name": "Operations",
    "id": "ops",
    "url": "https://hooks.example/alerts",
}
EXAMPLE_SILENCE = {
    "ends_at": "2026-12-01T22:00:00Z",
    "matchers": [{"label": "service", "value": "orders-db"}],
    "reason": "Restoring the snapshot",
}
EXAMPLE_POLICY = {
    "name": "On call",
    "steps": [{"channels": ["ops"]}, {"channels": ["lead"], "delay_seconds": 600, "name": "Lead"}],
    "repeats": 2,
}
EXAMPLE_MUTE_TIMING = {
    "name": "At night",
    "time_zone": "Europe/Berlin",
    "spans": [{"from_time": "22:00", "until": "07:00", "days": ["mon", "tue", "wed", "thu", "fri"]}],
}
EXAMPLE_IMPORT = {"yaml": "rules:\n  - {id: down, name: Down, metric: health.status, operator: '>=', threshold: 2}\n"}


def _whole(found: Any, _: dict[str, str]) -> Any:
    return found


def _one_of(list_name: str, parameter: str) -> Any:
    def find(found: Any, path: dict[str, str]) -> Any:
        return next((each for each in found[list_name] if each["id"] == path[parameter]), None)

    return find


# Of channels: secrets, though their names do not say so.
_CHANNEL_SECRETS = frozenset({"url", "webhook_url", "headers"})

_RULE_BEFORE = Before(alert.GET_RULE, _whole)
_CHANNEL_BEFORE = Before(alert.GET_CHANNEL, _whole)
_POLICY_BEFORE = Before(alert.GET_POLICY, _whole)
_SILENCE_BEFORE = Before(alert.LIST_SILENCES, _one_of("silences", "silence_id"))
_MUTE_TIMING_BEFORE = Before(alert.LIST_MUTE_TIMINGS, _one_of("mute_timings", "mute_timing_id"))

RULES: tuple[Route, ...] = (
    Route("GET", f"{_AT}/rules", "viewer", alert.LIST_RULES, "All alert rules with their state, firing first"),
    Route(
        "POST", f"{_AT}/rules", "operator", alert.CREATE_RULE, "Make an alert rule",
        status=201, body="rule", example=EXAMPLE_RULE,
    ),
    Route("GET", _RULE, "viewer", alert.GET_RULE, "One alert rule"),
    Route(
        "PUT", _RULE, "operator", alert.UPDATE_RULE, "Change an alert rule; If-Match: its version",
        body="rule", if_match="base_version", before=_RULE_BEFORE, example=EXAMPLE_RULE,
    ),
    Route(
        "PATCH", _RULE, "operator", alert.SWITCH_RULE, "Pause or resume an alert rule",
        before=_RULE_BEFORE, example={"enabled": False},
    ),
    Route("DELETE", _RULE, "operator", alert.DELETE_RULE, "Remove an alert rule", status=204, before=_RULE_BEFORE),
    Route("GET", f"{_RULE}/versions", "viewer", alert.LIST_VERSIONS, "What the rule was before, newest first"),
    Route("GET", f"{_RULE}/evaluations", "viewer", alert.LIST_EVALUATIONS, "Why did it (not) fire? Newest first"),
    Route(
        "POST", f"{_RULE}/test", "operator", alert.TEST_RULE, "Send a sample of the rule to a channel",
        example={"channel": "ops"},
    ),
    Route(
        "POST", f"{_AT}/preview", "viewer", alert.PREVIEW_RULE, "What a rule, saved or not, would have done",
        audited=False, example={"rule": EXAMPLE_RULE, "hours": 24},
    ),
    Route("GET", f"{_AT}/metrics", "viewer", alert.LIST_METRICS, "Every metric that a rule may watch"),
    Route("GET", f"{_AT}/series", "viewer", alert.LIST_SERIES, "The series of a metric with their last values"),
    Route(
        "POST", f"{_AT}/import", "admin", alert.IMPORT_ALERTS, "Plan or apply rules, channels and policies from YAML",
        hidden=frozenset({"yaml"}), example=EXAMPLE_IMPORT,
    ),
    Route("GET", f"{_AT}/export", "viewer", alert.EXPORT_ALERTS, "Rules, channels and policies as YAML"),
)  # fmt: skip

CHANNELS: tuple[Route, ...] = (
    Route("GET", f"{_AT}/channels", "viewer", alert.LIST_CHANNELS, "Notification channels, without their secrets"),
    Route(
        "POST", f"{_AT}/channels", "admin", alert.CREATE_CHANNEL, "Make a notification channel",
        status=201, body="channel", hidden=_CHANNEL_SECRETS, example=EXAMPLE_CHANNEL,
    ),
    Route(
        "POST", f"{_AT}/channels/test", "admin", alert.TEST_UNSAVED, "Send a test to a channel that is not saved",
        body="channel", hidden=_CHANNEL_SECRETS, example=EXAMPLE_CHANNEL,
    ),
    Route("GET", _CHANNEL, "viewer", alert.GET_CHANNEL, "One notification channel"),
    Route(
        "PUT", _CHANNEL, "admin", alert.UPDATE_CHANNEL, "Change a channel; secrets left out stay as they are",
        body="channel", if_match="base_version", before=_CHANNEL_BEFORE, hidden=_CHANNEL_SECRETS,
        example=EXAMPLE_CHANNEL,
    ),
    Route("DELETE", _CHANNEL, "admin", alert.DELETE_CHANNEL, "Remove a channel", status=204, before=_CHANNEL_BEFORE),
    Route("POST", f"{_CHANNEL}/test", "operator", alert.TEST_CHANNEL, "Send a test to a channel"),
    Route("GET", f"{_AT}/deliveries", "viewer", alert.LIST_DELIVERIES, "Messages and how far they have come"),
    Route(
        "POST", f"{_AT}/deliveries/{{delivery_id}}/retry", "operator", alert.RETRY_DELIVERY,
        "Try a message that failed for good once more", status=204,
    ),
)  # fmt: skip

INCIDENTS: tuple[Route, ...] = (
    Route("GET", f"{_AT}/incidents", "viewer", alert.LIST_INCIDENTS, "Incidents, open ones first"),
    Route("GET", _INCIDENT, "viewer", alert.GET_INCIDENT, "Everything about one incident"),
    Route("GET", f"{_INCIDENT}/timeline", "viewer", alert.GET_TIMELINE, "What happened, newest first"),
    Route(
        "POST", f"{_INCIDENT}/acknowledge", "operator", alert.ACKNOWLEDGE_INCIDENT, "Take it on: the escalation stops",
        example={"comment": "Looking into it"},
    ),
    Route(
        "POST", f"{_INCIDENT}/resolve", "operator", alert.RESOLVE_INCIDENT, "End it by hand",
        example={"comment": "Restarted"},
    ),
    Route(
        "POST", f"{_INCIDENT}/comments", "operator", alert.COMMENT_INCIDENT, "Say something to the others",
        example={"comment": "Restoring the snapshot, about 20 minutes"},
    ),
    Route("POST", f"{_INCIDENT}/escalate", "operator", alert.ESCALATE_INCIDENT, "Take the next step of escalation now"),
)  # fmt: skip

QUIET: tuple[Route, ...] = (
    Route("GET", f"{_AT}/silences", "viewer", alert.LIST_SILENCES, "Silences: active, planned, lately ended"),
    Route(
        "POST", f"{_AT}/silences", "operator", alert.CREATE_SILENCE, "Silence alerts until a time",
        status=201, body="silence", example=EXAMPLE_SILENCE,
    ),
    Route(
        "PUT", _SILENCE, "operator", alert.UPDATE_SILENCE, "Change a silence that has not ended",
        body="silence", before=_SILENCE_BEFORE, example=EXAMPLE_SILENCE,
    ),
    Route("DELETE", _SILENCE, "operator", alert.END_SILENCE, "End a silence now", before=_SILENCE_BEFORE),
    Route("GET", f"{_AT}/mute-timings", "viewer", alert.LIST_MUTE_TIMINGS, "Hours in which rules are quiet"),
    Route(
        "POST", f"{_AT}/mute-timings", "operator", alert.CREATE_MUTE_TIMING, "Make a mute timing",
        status=201, body="mute_timing", example=EXAMPLE_MUTE_TIMING,
    ),
    Route(
        "PUT", _MUTE_TIMING, "operator", alert.UPDATE_MUTE_TIMING, "Change a mute timing",
        body="mute_timing", before=_MUTE_TIMING_BEFORE, example=EXAMPLE_MUTE_TIMING,
    ),
    Route(
        "DELETE", _MUTE_TIMING, "operator", alert.DELETE_MUTE_TIMING, "Remove a mute timing",
        status=204, before=_MUTE_TIMING_BEFORE,
    ),
    Route("GET", f"{_AT}/policies", "viewer", alert.LIST_POLICIES, "Escalation policies"),
    Route(
        "POST", f"{_AT}/policies", "operator", alert.CREATE_POLICY, "Make an escalation policy",
        status=201, body="policy", example=EXAMPLE_POLICY,
    ),
    Route("GET", _POLICY, "viewer", alert.GET_POLICY, "One escalation policy"),
    Route(
        "PUT", _POLICY, "operator", alert.UPDATE_POLICY, "Change a policy; what runs keeps its copy",
        body="policy", if_match="base_version", before=_POLICY_BEFORE, example=EXAMPLE_POLICY,
    ),
    Route("DELETE", _POLICY, "operator", alert.DELETE_POLICY, "Remove a policy", status=204, before=_POLICY_BEFORE),
)  # fmt: skip

ALERTS: tuple[Route, ...] = (*RULES, *CHANNELS, *INCIDENTS, *QUIET)

"""Who is told of what goes wrong in the shop: golden answers by file, and one event of each kind."""

from msgspec import Struct

from tests.contracts.shop.alerts import channels, incidents, preview, quiet, rules
from tests.contracts.shop.alerts.events import EVENTS

__all__ = ["ANSWERS", "EVENTS"]

ANSWERS: dict[str, Struct] = {
    "alerts/rules.json": rules.RULES,
    "alerts/rule.json": rules.CHECKOUT,
    "alerts/versions.json": rules.VERSIONS,
    "alerts/evaluations.json": rules.EVALUATIONS,
    "alerts/metrics.json": rules.METRICS,
    "alerts/series.json": rules.SERIES,
    "alerts/preview.json": preview.PREVIEW,
    "alerts/channels.json": channels.CHANNELS,
    "alerts/channel.json": channels.OPS,
    "alerts/deliveries.json": channels.DELIVERIES,
    "alerts/test_accepted.json": channels.ACCEPTED,
    "alerts/test_refused.json": channels.REFUSED,
    "alerts/incidents.json": incidents.INCIDENTS,
    "alerts/incident.json": incidents.DETAIL,
    "alerts/timeline.json": incidents.TIMELINE,
    "alerts/silences.json": quiet.SILENCES,
    "alerts/silence.json": quiet.SILENCE,
    "alerts/policies.json": quiet.POLICIES,
    "alerts/policy.json": quiet.POLICY,
    "alerts/mute_timings.json": quiet.MUTE_TIMINGS,
    "alerts/mute_timing.json": quiet.AT_NIGHT,
    "alerts/import_plan.json": quiet.PLAN,
    "alerts/export.json": quiet.AS_CODE,
}

"""The endpoints of alert_svc on the bus: which function answers which remote procedure."""

from collections.abc import Awaitable, Callable
from typing import Any

from alert_svc.api import (
    as_code,
    callbacks,
    channels,
    deliveries,
    incidents,
    metrics,
    policies,
    preview,
    quiet,
    rules,
    testing,
)
from alert_svc.room import Room
from shared.contracts.alerts import procedures as contract
from shared.contracts.wire import Rpc
from shared.rpc import Caller

HANDLERS: list[tuple[Rpc, Callable[[Room, Any, Caller], Awaitable[Any]]]] = [
    (contract.LIST_RULES, rules.list_alert_rules),
    (contract.GET_RULE, rules.get_alert_rule),
    (contract.CREATE_RULE, rules.create_alert_rule),
    (contract.UPDATE_RULE, rules.update_alert_rule),
    (contract.SWITCH_RULE, rules.switch_alert_rule),
    (contract.DELETE_RULE, rules.delete_alert_rule),
    (contract.LIST_VERSIONS, rules.list_alert_rule_versions),
    (contract.LIST_EVALUATIONS, rules.list_evaluations),
    (contract.PREVIEW_RULE, preview.preview_alert_rule),
    (contract.LIST_METRICS, metrics.list_metrics),
    (contract.LIST_SERIES, metrics.list_series),
    (contract.TEST_RULE, testing.test_alert_rule),
    (contract.LIST_CHANNELS, channels.list_notification_channels),
    (contract.GET_CHANNEL, channels.get_notification_channel),
    (contract.CREATE_CHANNEL, channels.create_notification_channel),
    (contract.UPDATE_CHANNEL, channels.update_notification_channel),
    (contract.DELETE_CHANNEL, channels.delete_notification_channel),
    (contract.TEST_CHANNEL, testing.test_notification_channel),
    (contract.TEST_UNSAVED, testing.test_unsaved_channel),
    (contract.LIST_DELIVERIES, deliveries.list_deliveries),
    (contract.RETRY_DELIVERY, deliveries.retry_delivery),
    (contract.TAKE_TWILIO_CALLBACK, callbacks.take_twilio_callback),
    (contract.LIST_INCIDENTS, incidents.list_alert_incidents),
    (contract.GET_INCIDENT, incidents.get_alert_incident),
    (contract.GET_TIMELINE, incidents.get_incident_timeline),
    (contract.ACKNOWLEDGE_INCIDENT, incidents.acknowledge_incident),
    (contract.RESOLVE_INCIDENT, incidents.resolve_incident),
    (contract.COMMENT_INCIDENT, incidents.comment_incident),
    (contract.ESCALATE_INCIDENT, incidents.escalate_incident),
    (contract.LIST_SILENCES, quiet.list_silences),
    (contract.CREATE_SILENCE, quiet.create_silence),
    (contract.UPDATE_SILENCE, quiet.update_silence),
    (contract.END_SILENCE, quiet.end_silence),
    (contract.LIST_MUTE_TIMINGS, quiet.list_mute_timings),
    (contract.CREATE_MUTE_TIMING, quiet.create_mute_timing),
    (contract.UPDATE_MUTE_TIMING, quiet.update_mute_timing),
    (contract.DELETE_MUTE_TIMING, quiet.delete_mute_timing),
    (contract.LIST_POLICIES, policies.list_policies),
    (contract.GET_POLICY, policies.get_policy),
    (contract.CREATE_POLICY, policies.create_policy),
    (contract.UPDATE_POLICY, policies.update_policy),
    (contract.DELETE_POLICY, policies.delete_policy),
    (contract.IMPORT_ALERTS, as_code.import_alerts),
    (contract.EXPORT_ALERTS, as_code.export_alerts),
]

"""What alert_svc is asked."""

from shared.contracts.alerts.channels import AlertChannel, AlertChannels
from shared.contracts.alerts.deliveries import AlertDeliveries, TestResult
from shared.contracts.alerts.incidents import AlertIncidentDetail, AlertIncidents, IncidentTimeline
from shared.contracts.alerts.metrics import MetricCatalogue, MetricSeriesList
from shared.contracts.alerts.policies import EscalationPolicies, EscalationPolicy
from shared.contracts.alerts.preview import PreviewRequest, RulePreview
from shared.contracts.alerts.quiet import MuteTiming, MuteTimings, Silence, Silences
from shared.contracts.alerts.requests import (
    AlertIncidentsQuery,
    AlertsAsCode,
    ChannelRef,
    CommentIncident,
    CreateAlertRule,
    CreateChannel,
    CreateMuteTiming,
    CreatePolicy,
    CreateSilence,
    DeliveriesQuery,
    DeliveryRef,
    EvaluationsQuery,
    ImportAlerts,
    ImportPlan,
    IncidentRef,
    MuteTimingRef,
    NoteIncident,
    PolicyRef,
    RuleRef,
    SeriesQuery,
    SilenceRef,
    SwitchAlertRule,
    TestAlertRule,
    TestChannel,
    TestUnsavedChannel,
    TimelineQuery,
    TwilioCallback,
    UpdateAlertRule,
    UpdateChannel,
    UpdateMuteTiming,
    UpdatePolicy,
    UpdateSilence,
)
from shared.contracts.alerts.rules import AlertRule, AlertRules, Evaluations, RuleVersions
from shared.contracts.wire import Nothing, Rpc

TEST_SECONDS = 9.5  # a test answers within ten, whatever the provider does
CHECK_SECONDS = 9.5  # Apprise is read when it is first asked what an address means

LIST_RULES = Rpc("belfry.rpc.alert.list_alert_rules", Nothing, AlertRules)
GET_RULE = Rpc("belfry.rpc.alert.get_alert_rule", RuleRef, AlertRule)
CREATE_RULE = Rpc("belfry.rpc.alert.create_alert_rule", CreateAlertRule, AlertRule)
UPDATE_RULE = Rpc("belfry.rpc.alert.update_alert_rule", UpdateAlertRule, AlertRule)
SWITCH_RULE = Rpc("belfry.rpc.alert.switch_alert_rule", SwitchAlertRule, AlertRule)
DELETE_RULE = Rpc("belfry.rpc.alert.delete_alert_rule", RuleRef, Nothing)
TEST_RULE = Rpc("belfry.rpc.alert.test_alert_rule", TestAlertRule, TestResult, TEST_SECONDS)
LIST_VERSIONS = Rpc("belfry.rpc.alert.list_alert_rule_versions", RuleRef, RuleVersions)
LIST_EVALUATIONS = Rpc("belfry.rpc.alert.list_evaluations", EvaluationsQuery, Evaluations)
PREVIEW_RULE = Rpc("belfry.rpc.alert.preview_alert_rule", PreviewRequest, RulePreview, 5.0)
LIST_METRICS = Rpc("belfry.rpc.alert.list_metrics", Nothing, MetricCatalogue)
LIST_SERIES = Rpc("belfry.rpc.alert.list_series", SeriesQuery, MetricSeriesList)

LIST_CHANNELS = Rpc("belfry.rpc.alert.list_notification_channels", Nothing, AlertChannels)
GET_CHANNEL = Rpc("belfry.rpc.alert.get_notification_channel", ChannelRef, AlertChannel)
CREATE_CHANNEL = Rpc("belfry.rpc.alert.create_notification_channel", CreateChannel, AlertChannel, CHECK_SECONDS)
UPDATE_CHANNEL = Rpc("belfry.rpc.alert.update_notification_channel", UpdateChannel, AlertChannel, CHECK_SECONDS)
DELETE_CHANNEL = Rpc("belfry.rpc.alert.delete_notification_channel", ChannelRef, Nothing)
TEST_CHANNEL = Rpc("belfry.rpc.alert.test_notification_channel", TestChannel, TestResult, TEST_SECONDS)
TEST_UNSAVED = Rpc("belfry.rpc.alert.test_unsaved_channel", TestUnsavedChannel, TestResult, TEST_SECONDS)
LIST_DELIVERIES = Rpc("belfry.rpc.alert.list_deliveries", DeliveriesQuery, AlertDeliveries)
RETRY_DELIVERY = Rpc("belfry.rpc.alert.retry_delivery", DeliveryRef, Nothing)
TAKE_TWILIO_CALLBACK = Rpc("belfry.rpc.alert.take_twilio_callback", TwilioCallback, Nothing)

LIST_INCIDENTS = Rpc("belfry.rpc.alert.list_alert_incidents", AlertIncidentsQuery, AlertIncidents)
GET_INCIDENT = Rpc("belfry.rpc.alert.get_alert_incident", IncidentRef, AlertIncidentDetail)
GET_TIMELINE = Rpc("belfry.rpc.alert.get_incident_timeline", TimelineQuery, IncidentTimeline)
ACKNOWLEDGE_INCIDENT = Rpc("belfry.rpc.alert.acknowledge_incident", NoteIncident, AlertIncidentDetail)
RESOLVE_INCIDENT = Rpc("belfry.rpc.alert.resolve_incident", NoteIncident, AlertIncidentDetail)
COMMENT_INCIDENT = Rpc("belfry.rpc.alert.comment_incident", CommentIncident, AlertIncidentDetail)
ESCALATE_INCIDENT = Rpc("belfry.rpc.alert.escalate_incident", IncidentRef, AlertIncidentDetail)

LIST_SILENCES = Rpc("belfry.rpc.alert.list_silences", Nothing, Silences)
CREATE_SILENCE = Rpc("belfry.rpc.alert.create_silence", CreateSilence, Silence)
UPDATE_SILENCE = Rpc("belfry.rpc.alert.update_silence", UpdateSilence, Silence)
END_SILENCE = Rpc("belfry.rpc.alert.end_silence", SilenceRef, Silence)

LIST_POLICIES = Rpc("belfry.rpc.alert.list_policies", Nothing, EscalationPolicies)
GET_POLICY = Rpc("belfry.rpc.alert.get_policy", PolicyRef, EscalationPolicy)
CREATE_POLICY = Rpc("belfry.rpc.alert.create_policy", CreatePolicy, EscalationPolicy)
UPDATE_POLICY = Rpc("belfry.rpc.alert.update_policy", UpdatePolicy, EscalationPolicy)
DELETE_POLICY = Rpc("belfry.rpc.alert.delete_policy", PolicyRef, Nothing)

LIST_MUTE_TIMINGS = Rpc("belfry.rpc.alert.list_mute_timings", Nothing, MuteTimings)
CREATE_MUTE_TIMING = Rpc("belfry.rpc.alert.create_mute_timing", CreateMuteTiming, MuteTiming)
UPDATE_MUTE_TIMING = Rpc("belfry.rpc.alert.update_mute_timing", UpdateMuteTiming, MuteTiming)
DELETE_MUTE_TIMING = Rpc("belfry.rpc.alert.delete_mute_timing", MuteTimingRef, Nothing)

IMPORT_ALERTS = Rpc("belfry.rpc.alert.import_alerts", ImportAlerts, ImportPlan, CHECK_SECONDS)
EXPORT_ALERTS = Rpc("belfry.rpc.alert.export_alerts", Nothing, AlertsAsCode)

RPCS = (
    LIST_RULES, GET_RULE, CREATE_RULE, UPDATE_RULE, SWITCH_RULE, DELETE_RULE, TEST_RULE, LIST_VERSIONS,
    LIST_EVALUATIONS, PREVIEW_RULE, LIST_METRICS, LIST_SERIES,
    LIST_CHANNELS, GET_CHANNEL, CREATE_CHANNEL, UPDATE_CHANNEL, DELETE_CHANNEL, TEST_CHANNEL, TEST_UNSAVED,
    LIST_DELIVERIES, RETRY_DELIVERY, TAKE_TWILIO_CALLBACK,
    LIST_INCIDENTS, GET_INCIDENT, GET_TIMELINE, ACKNOWLEDGE_INCIDENT, RESOLVE_INCIDENT, COMMENT_INCIDENT,
    ESCALATE_INCIDENT,
    LIST_SILENCES, CREATE_SILENCE, UPDATE_SILENCE, END_SILENCE,
    LIST_POLICIES, GET_POLICY, CREATE_POLICY, UPDATE_POLICY, DELETE_POLICY,
    LIST_MUTE_TIMINGS, CREATE_MUTE_TIMING, UPDATE_MUTE_TIMING, DELETE_MUTE_TIMING,
    IMPORT_ALERTS, EXPORT_ALERTS,
)  # fmt: skip

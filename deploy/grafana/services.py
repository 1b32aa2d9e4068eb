"""One dashboard a service: its own work first, then what all processes measure."""

from deploy.grafana.panel import Ask, Dashboard, Panel, Row, busiest, duration, level, rate, slowest
from deploy.grafana.rows import WITH_STORE, WITHOUT_STORE

HEALTH = Row(
    "Checks",
    (
        rate("Runs by result", "belfry_health_runs_total", "result"),
        duration("Duration of checks", "belfry_health_probe_duration_seconds", "kind"),
        level("Runs under way", "belfry_health_runs_in_flight", "instance"),
        rate("Changes of status", "belfry_health_transitions_total", "to_status", quiet=True),
        rate("Due and left out", "belfry_health_slots_missed_total", "reason", quiet=True),
        rate("Results lost", "belfry_health_runs_dropped_total", "reason", quiet=True),
    ),
)

LATENCY = Row(
    "Durations",
    (
        rate("Counted", "belfry_latency_durations_total"),
        rate("Not counted", "belfry_latency_durations_dropped_total", "reason"),
        duration("Duration of storing", "belfry_latency_store_duration_seconds"),
        level("Endpoints known", "belfry_latency_endpoints", "instance"),
        level("Messages counted and not stored", "belfry_latency_messages_waiting", "instance"),
        rate("OpenTelemetry points", "belfry_otlp_points_total", "signal", "outcome", quiet=True),
    ),
)

WS = Row(
    "The fleet's WebSockets",
    (
        Panel(
            title="Connections",
            asks=(
                Ask("max(belfry_ws_fleet_connections{$at})", "open"),
                Ask("max(belfry_ws_fleet_connections_max{$at})", "possible"),
                Ask("max(belfry_ws_fleet_connections_lagging{$at})", "read slowly"),
            ),
        ),
        Panel(
            title="Messages a second",
            asks=(
                Ask("max(belfry_ws_fleet_messages_received_per_second{$at})", "received"),
                Ask("max(belfry_ws_fleet_messages_sent_per_second{$at})", "sent"),
                Ask("max(belfry_ws_fleet_errors_per_second{$at})", "errors"),
            ),
            unit="ops",
        ),
        level("Nodes", "belfry_ws_fleet_nodes", "answers", meaning="By whether they answer"),
        rate("Events of nodes", "belfry_ws_events_total", "kind", "outcome"),
        level("Waits for slow clients", "belfry_ws_fleet_pending_bytes", unit="bytes"),
        rate("Questions without an answer", "belfry_ws_node_requests_unanswered_total", "action", quiet=True),
    ),
)

PIPELINE = Row(
    "The gateways' chain",
    (
        level("Latest revision", "belfry_pipeline_latest_revision"),
        Panel(
            title="Gateways",
            asks=(
                Ask("max(belfry_pipeline_nodes{$at})", "known"),
                Ask("max(belfry_pipeline_nodes_behind{$at})", "behind"),
                Ask("max(belfry_pipeline_nodes_rejecting{$at})", "rejecting"),
            ),
        ),
        level("Waits to be confirmed", "belfry_pipeline_unconfirmed"),
        rate("Revisions saved", "belfry_pipeline_saved_total", "kind", quiet=True),
        rate("Revisions applied", "belfry_pipeline_applied_total"),
    ),
)

ALERT = Row(
    "Rules and messages",
    (
        level("Rules watched", "belfry_alert_rules"),
        level("Alerts", "belfry_alert_alerts", "state"),
        Panel(
            title="Series and values",
            asks=(
                Ask("max(belfry_alert_series{$at})", "series"),
                Ask("sum(rate(belfry_alert_samples_total{$at}[$range]))", "values a second"),
            ),
        ),
        duration("Duration of evaluation", "belfry_alert_round_duration_seconds"),
        rate("Deliveries", "belfry_alert_deliveries_total", "state", quiet=True),
        duration("Duration of sending", "belfry_alert_send_duration_seconds", "kind", quiet=True),
        level("Messages that wait", "belfry_alert_deliveries_waiting", "kind"),
        rate("Incidents", "belfry_alert_incidents_total", "what"),
        duration("Duration of storing", "belfry_alert_store_duration_seconds"),
    ),
)

HTTP = Row(
    "HTTP",
    (
        rate("Requests by status", "belfry_http_requests_total", "status", unit="reqps"),
        busiest("Busiest routes", "belfry_http_requests_total", "method", "route", unit="reqps"),
        rate(
            "Answers of our own fault",
            "belfry_http_requests_total",
            "status",
            "route",
            unit="reqps",
            only='status=~"5.."',
            quiet=True,
        ),
        duration("Duration", "belfry_http_request_duration_seconds"),
        slowest(
            "Slowest routes", "belfry_http_request_duration_seconds", "route", "One request in a hundred takes longer"
        ),
        rate("RPC asked, by outcome", "belfry_rpc_calls_total", "outcome", unit="reqps"),
    ),
)

LIVE = Row(
    "Live channel",
    (
        Panel(
            title="Connections",
            asks=(
                Ask("sum(belfry_ws_active{$at})", "open"),
                Ask("sum(belfry_ws_max{$at})", "possible"),
                Ask("sum(belfry_ws_lagging{$at})", "read slowly"),
            ),
        ),
        rate("Messages sent", "belfry_ws_sent_total"),
        duration("From event to browser", "belfry_ws_delivery_delay_seconds", quiet=True),
        rate("Closed by code", "belfry_ws_closed_by_code_total", "code", quiet=True),
        rate("Left out for slow clients", "belfry_ws_dropped_total"),
        rate("Subscriptions resumed", "belfry_ws_recovered_total"),
    ),
)

CHAIN = Row(
    "Chain and sign-in",
    (
        Panel(
            title="Time in each step",
            asks=(
                Ask(
                    "sum by (step) (rate(belfry_pipeline_seconds_total{$at}[$range]))"
                    " / sum by (step) (rate(belfry_pipeline_calls_total{$at}[$range]))",
                    "{{step}}",
                ),
            ),
            unit="s",
        ),
        rate("Answered by a step itself", "belfry_pipeline_answered_total", "step"),
        rate("Passwords tried", "belfry_auth_sign_ins_total", "outcome", quiet=True),
        level("Revision that runs", "belfry_pipeline_revision", "instance"),
        rate("Chains applied", "belfry_pipeline_swaps_total", "outcome", quiet=True),
        rate("Faults of steps", "belfry_pipeline_errors_total", "step"),
    ),
)


def at(job: str) -> str:
    return f'job="{job}",instance=~"$instance"'


def service(job: str, title: str, description: str, *rows: Row) -> Dashboard:
    return Dashboard(uid=f"belfry-{job.replace('_', '-')}", title=title, description=description, at=at(job), rows=rows)


SERVICES: tuple[Dashboard, ...] = (
    service("health_svc", "Belfry / Health", "What is checked, and what becomes of it", HEALTH, *WITH_STORE),
    service("latency_svc", "Belfry / Latency", "How durations are counted and stored", LATENCY, *WITH_STORE),
    service("ws_svc", "Belfry / WebSocket", "Who is connected, over all nodes", WS, *WITHOUT_STORE),
    service("pipeline_svc", "Belfry / Middleware", "What the gateways run", PIPELINE, *WITH_STORE),
    service("alert_svc", "Belfry / Alerts", "What rules hear and people are told", ALERT, *WITH_STORE),
    service("gateway", "Belfry / Gateway", "What is asked and answered", HTTP, LIVE, CHAIN, *WITH_STORE[1:]),
)

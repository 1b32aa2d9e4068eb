"""The dashboard one opens first."""

from deploy.grafana.panel import Ask, Dashboard, Panel, Row, duration, figure, level, rate
from deploy.prometheus.rule import OURS

FIRING = 'alertname=~"Belfry.*",alertname!="BelfryWatchdog",alertstate="firing"'

NOW = Row(
    "Now",
    (
        figure("Processes that answer", f"sum(up{{{OURS}}})", meaning="Of the six kinds, with all replicas"),
        figure("Alerts that fire", f"count(ALERTS{{{FIRING}}})", quiet=True),
        figure(
            "Failed answers",
            'job:belfry_http_errors:ratio_rate5m{job="gateway"}',
            "percentunit",
            "Of the last five minutes",
        ),
        figure("Facts wait for", "max(belfry_outbox_oldest_seconds)", "s", "The oldest that is stored and not told"),
        figure("Fullest queue", "max(instance_queue:belfry_queue_depth:ratio)", "percentunit"),
        figure("Dependencies that do not answer", "count(belfry_dependency_up == 0)", quiet=True),
    ),
)

GOLDEN = Row(
    "What people notice",
    (
        rate("Requests to the gateway", "belfry_http_requests_total", "status", unit="reqps", only='job="gateway"'),
        duration("Duration of requests", "belfry_http_request_duration_seconds", "job"),
        Panel(
            title="Budget of errors, burn rate",
            asks=(
                Ask('job:belfry_http_errors:ratio_rate1h{job="gateway"} / 0.001', "1 h"),
                Ask('job:belfry_http_errors:ratio_rate6h{job="gateway"} / 0.001', "6 h"),
            ),
            meaning="1 is used up within a month; alerts fire at 14.4 over one hour, and at 6 over six",
        ),
        Panel(
            title="Checks a second",
            asks=(Ask("sum by (result) (rate(belfry_health_runs_total[$range]))", "{{result}}"),),
            unit="ops",
        ),
        Panel(
            title="Durations counted a second",
            asks=(Ask("sum(rate(belfry_latency_durations_total[$range]))", "counted"),),
            unit="ops",
        ),
        Panel(title="WebSockets open", asks=(Ask("sum(belfry_ws_active)", "open"),)),
    ),
)

WITHIN = Row(
    "Within",
    (
        rate("Requests over NATS", "belfry_rpc_requests_total", "job", unit="reqps"),
        rate("Rounds that fail", "belfry_loop_rounds_total", "job", "loop", only='outcome="failed"', quiet=True),
        Panel(
            title="Queues, of what they hold",
            asks=(Ask("topk(8, instance_queue:belfry_queue_depth:ratio)", "{{job}} {{queue}}"),),
            unit="percentunit",
        ),
        level("Bus, time to answer", "belfry_bus_rtt_seconds", "job", unit="s"),
        duration("Statements", "belfry_db_query_duration_seconds", "job"),
        level("Waits behind consumers", "belfry_consumer_left", "consumer"),
        Panel(
            title="Processor",
            asks=(Ask("sum by (job) (rate(process_cpu_seconds_total{$at}[$range]))", "{{job}}"),),
            unit="percentunit",
            meaning="Of one core",
        ),
        level("Memory", "process_resident_memory_bytes", "job", unit="bytes"),
        level("Late for its work", "belfry_event_loop_lag_seconds", "job", unit="s"),
    ),
)

OVERVIEW = Dashboard(
    uid="belfry-overview",
    title="Belfry / Overview",
    description="All of Belfry on one page",
    at=OURS,
    rows=(NOW, GOLDEN, WITHIN),
)

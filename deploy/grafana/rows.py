"""The rows that every service's dashboard has: what all processes measure."""

from deploy.grafana.panel import Ask, Panel, Row, duration, each_second, level, rate, slowest

FAILED = 'outcome="failed"'

SERVED = Row(
    "Requests over NATS",
    (
        rate("RPC by endpoint", "belfry_rpc_requests_total", "endpoint", unit="reqps"),
        rate(
            "RPC that fails",
            "belfry_rpc_requests_total",
            "endpoint",
            "outcome",
            unit="reqps",
            only='outcome=~"5..|late"',
            quiet=True,
            meaning="Faults of ours, what we wait for, and requests that came too late",
        ),
        duration("RPC duration", "belfry_rpc_duration_seconds"),
    ),
)

LOOPS = Row(
    "Loops and consumers",
    (
        Panel(
            title="Rounds and batches that fail",
            asks=(
                each_second("belfry_loop_rounds_total", "loop", only=FAILED),
                each_second("belfry_consumer_messages_total", "consumer", only=FAILED),
            ),
            unit="ops",
            quiet=True,
        ),
        slowest("Slowest rounds", "belfry_loop_duration_seconds", "loop", "One round in a hundred takes longer"),
        Panel(
            title="Since the last round that went well",
            asks=(Ask("max by (loop) (time() - belfry_loop_last_success_timestamp_seconds{$at})", "{{loop}}"),),
            unit="s",
        ),
    ),
)

FLOW = Row(
    "Bus and queues",
    (
        Panel(
            title="Queues, of what they hold",
            asks=(Ask("max by (queue) (belfry_queue_depth{$at} / belfry_queue_limit{$at})", "{{queue}}"),),
            unit="percentunit",
        ),
        rate("Given up for want of room", "belfry_queue_dropped_total", "queue"),
        Panel(
            title="Events and handlers",
            asks=(
                Ask("sum(rate(belfry_bus_published_total{$at}[$range]))", "published"),
                Ask("sum by (outcome) (rate(belfry_bus_handled_total{$at}[$range]))", "handled {{outcome}}"),
            ),
            unit="ops",
        ),
    ),
)

STORE = Row(
    "Database and outbox",
    (
        rate("Statements", "belfry_db_queries_total", "outcome"),
        duration("Statement duration", "belfry_db_query_duration_seconds"),
        Panel(
            title="Outbox",
            asks=(
                Ask("max(belfry_outbox_oldest_seconds{$at})", "oldest, seconds"),
                Ask("max(belfry_outbox_waiting{$at})", "waiting, rows"),
            ),
            meaning="Facts that are stored and not yet told",
        ),
    ),
)

PROCESS = Row(
    "Process",
    (
        Panel(
            title="Processor",
            asks=(Ask("sum by (instance) (rate(process_cpu_seconds_total{$at}[$range]))", "{{instance}}"),),
            unit="percentunit",
            meaning="Of one core",
        ),
        level("Memory", "process_resident_memory_bytes", "instance", unit="bytes"),
        level("Late for its work", "belfry_event_loop_lag_seconds", "instance", unit="s"),
    ),
)

WITH_STORE = (SERVED, LOOPS, FLOW, STORE, PROCESS)
WITHOUT_STORE = (SERVED, LOOPS, FLOW, PROCESS)

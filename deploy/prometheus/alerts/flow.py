"""What flows within: bus, loops, queues, outbox, consumers, database."""

from deploy.prometheus.rule import Alert, rising

RUNS = 'job="health_svc",instance="a"'

ALERTS: tuple[Alert, ...] = (
    Alert(
        name="BelfryBusDown",
        severity="critical",
        summary="{{ $labels.job }} on {{ $labels.instance }} has no connection to NATS",
        expr="belfry_bus_up == 0",
        lasts="1m",
        fires={f"belfry_bus_up{{{RUNS}}}": "0x35"},
        quiet={f"belfry_bus_up{{{RUNS}}}": "1x35"},
    ),
    Alert(
        name="BelfryBusErrors",
        severity="warning",
        summary="NATS refuses what {{ $labels.job }} does, or drops its connections",
        expr=f"{rising('belfry_bus_errors_total', '10m')} > 10",
        lasts="5m",
        fires={f"belfry_bus_errors_total{{{RUNS}}}": "0+5x35"},
        quiet={f"belfry_bus_errors_total{{{RUNS}}}": "0x20 1x15"},
    ),
    Alert(
        name="BelfryLoopFails",
        severity="warning",
        summary="{{ $labels.loop }} of {{ $labels.job }} has failed again and again, and never went well meanwhile",
        expr=(
            'sum by (job, instance, loop) (increase(belfry_loop_rounds_total{outcome="failed"}[10m])) > 3'
            ' unless sum by (job, instance, loop) (increase(belfry_loop_rounds_total{outcome="ok"}[10m])) > 0'
        ),
        lasts="5m",
        fires={f'belfry_loop_rounds_total{{{RUNS},loop="l",outcome="failed"}}': "0+10x35"},
        quiet={
            f'belfry_loop_rounds_total{{{RUNS},loop="l",outcome="failed"}}': "0+10x35",
            f'belfry_loop_rounds_total{{{RUNS},loop="l",outcome="ok"}}': "0+1x35",
        },
    ),
    Alert(
        name="BelfryLoopStalled",
        severity="warning",
        summary="{{ $labels.loop }} of {{ $labels.job }} has not gone well for three of its periods",
        expr="time() - belfry_loop_last_success_timestamp_seconds > 3 * belfry_loop_period_seconds + 60",
        lasts="2m",
        fires={
            f'belfry_loop_last_success_timestamp_seconds{{{RUNS},loop="l"}}': "0x35",
            f'belfry_loop_period_seconds{{{RUNS},loop="l"}}': "60x35",
        },
        quiet={
            f'belfry_loop_last_success_timestamp_seconds{{{RUNS},loop="l"}}': "0+60x35",
            f'belfry_loop_period_seconds{{{RUNS},loop="l"}}': "60x35",
        },
    ),
    Alert(
        name="BelfryQueueFills",
        severity="warning",
        summary="{{ $labels.queue }} of {{ $labels.job }} is nearly full",
        expr="instance_queue:belfry_queue_depth:ratio > 0.8",
        lasts="5m",
        fires={f'belfry_queue_depth{{{RUNS},queue="q"}}': "90x35", f'belfry_queue_limit{{{RUNS},queue="q"}}': "100x35"},
        quiet={f'belfry_queue_depth{{{RUNS},queue="q"}}': "9x35", f'belfry_queue_limit{{{RUNS},queue="q"}}': "100x35"},
    ),
    Alert(
        name="BelfryQueueDrops",
        severity="warning",
        summary="{{ $labels.queue }} of {{ $labels.job }} was full, and something was given up",
        expr="sum by (job, instance, queue) (increase(belfry_queue_dropped_total[10m])) > 0",
        lasts="0m",
        fires={f'belfry_queue_dropped_total{{{RUNS},queue="q"}}': "0x25 5x10"},
        quiet={f'belfry_queue_dropped_total{{{RUNS},queue="q"}}': "5x35"},
    ),
    Alert(
        name="BelfryOutboxWaits",
        severity="critical",
        summary="Facts of {{ $labels.job }} are stored and not told",
        expr="max by (job) (belfry_outbox_oldest_seconds) > 60",
        lasts="1m",
        fires={f"belfry_outbox_oldest_seconds{{{RUNS}}}": "0+30x35"},
        quiet={f"belfry_outbox_oldest_seconds{{{RUNS}}}": "0.5x35"},
    ),
    Alert(
        name="BelfryOutboxRejected",
        severity="critical",
        summary="JetStream will never take a message of {{ $labels.job }}",
        expr='sum by (job) (increase(belfry_outbox_rows_total{outcome="rejected"}[1h])) > 0',
        lasts="0m",
        fires={f'belfry_outbox_rows_total{{{RUNS},outcome="rejected"}}': "0x20 1x15"},
        quiet={f'belfry_outbox_rows_total{{{RUNS},outcome="sent"}}': "0+9x35"},
    ),
    Alert(
        name="BelfryConsumerFails",
        severity="warning",
        summary="Messages of {{ $labels.consumer }} cannot be handled",
        expr='sum by (job, consumer) (increase(belfry_consumer_messages_total{outcome="failed"}[10m])) > 3',
        lasts="5m",
        fires={f'belfry_consumer_messages_total{{{RUNS},consumer="c",outcome="failed"}}': "0+5x35"},
        quiet={f'belfry_consumer_messages_total{{{RUNS},consumer="c",outcome="ok"}}': "0+50x35"},
    ),
    Alert(
        name="BelfryConsumerBehind",
        severity="warning",
        summary="{{ $labels.consumer }} does not keep up",
        expr="min by (job, consumer) (belfry_consumer_left) > 1000",
        lasts="10m",
        fires={f'belfry_consumer_left{{{RUNS},consumer="c"}}': "2000x35"},
        quiet={f'belfry_consumer_left{{{RUNS},consumer="c"}}': "0x35"},
    ),
    Alert(
        name="BelfryDatabaseFails",
        severity="warning",
        summary="More than one statement in a hundred of {{ $labels.job }} fails",
        expr=(
            'sum by (job) (rate(belfry_db_queries_total{outcome="failed"}[5m]))'
            " / sum by (job) (rate(belfry_db_queries_total[5m])) > 0.01"
        ),
        lasts="5m",
        fires={
            f'belfry_db_queries_total{{{RUNS},outcome="ok"}}': "0+90x35",
            f'belfry_db_queries_total{{{RUNS},outcome="failed"}}': "0+10x35",
        },
        quiet={
            f'belfry_db_queries_total{{{RUNS},outcome="ok"}}': "0+90x35",
            f'belfry_db_queries_total{{{RUNS},outcome="failed"}}': "0x35",
        },
    ),
    Alert(
        name="BelfryDatabaseSlow",
        severity="warning",
        summary="One statement in a hundred of {{ $labels.job }} takes more than a second",
        expr="job:belfry_db_query_duration_seconds:p99_5m > 1",
        lasts="10m",
        fires={
            f'belfry_db_query_duration_seconds_bucket{{{RUNS},le="1"}}': "0+50x35",
            f'belfry_db_query_duration_seconds_bucket{{{RUNS},le="2.5"}}': "0+100x35",
            f'belfry_db_query_duration_seconds_bucket{{{RUNS},le="+Inf"}}': "0+100x35",
        },
        quiet={
            f'belfry_db_query_duration_seconds_bucket{{{RUNS},le="1"}}': "0+100x35",
            f'belfry_db_query_duration_seconds_bucket{{{RUNS},le="+Inf"}}': "0+100x35",
        },
    ),
)

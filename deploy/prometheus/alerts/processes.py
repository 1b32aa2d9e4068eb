"""What runs at all."""

from deploy.prometheus.rule import OURS, PROCESSES, Alert

RUNS = 'job="health_svc",instance="a"'
GATEWAY = 'job="gateway",instance="a"'

ALERTS: tuple[Alert, ...] = (
    Alert(
        name="BelfryProcessDown",
        severity="critical",
        summary="{{ $labels.job }} on {{ $labels.instance }} does not answer /metrics",
        expr=f"up{{{OURS}}} == 0",
        lasts="2m",
        fires={f"up{{{RUNS}}}": "1x5 0x30"},
        quiet={f"up{{{RUNS}}}": "1x35", 'up{job="shop",instance="a"}': "0x35"},
    ),
    Alert(
        name="BelfryProcessMissing",
        severity="critical",
        summary="No {{ $labels.job }} is known to Prometheus",
        expr=" or ".join(f'absent(up{{job="{job}"}})' for job in PROCESSES),
        lasts="5m",
        fires={f"up{{{RUNS}}}": "1x35"},
        quiet={f'up{{job="{job}",instance="a"}}': "1x35" for job in PROCESSES},
    ),
    Alert(
        name="BelfryProcessRestarts",
        severity="warning",
        summary="{{ $labels.job }} on {{ $labels.instance }} starts again and again",
        expr=f"changes(process_start_time_seconds{{{OURS}}}[15m]) > 2",
        lasts="0m",
        fires={f"process_start_time_seconds{{{RUNS}}}": "100+100x35"},
        quiet={f"process_start_time_seconds{{{RUNS}}}": "100x20 200x15"},
    ),
    Alert(
        name="BelfryVersionsDiffer",
        severity="info",
        summary="Several versions of Belfry have been running for hours",
        expr="count(count by (version) (belfry_build_info)) > 1",
        lasts="2h",
        at="3h",
        fires={
            f'belfry_build_info{{{RUNS},version="1"}}': "1x190",
            f'belfry_build_info{{{GATEWAY},version="2"}}': "1x190",
        },
        quiet={
            f'belfry_build_info{{{RUNS},version="2"}}': "1x190",
            f'belfry_build_info{{{GATEWAY},version="2"}}': "1x190",
        },
    ),
    Alert(
        name="BelfryDependencyDown",
        severity="critical",
        summary="{{ $labels.job }} cannot reach its {{ $labels.dependency }}",
        expr="belfry_dependency_up == 0",
        lasts="2m",
        fires={f'belfry_dependency_up{{{RUNS},dependency="postgres"}}': "0x35"},
        quiet={f'belfry_dependency_up{{{RUNS},dependency="postgres"}}': "1x35"},
    ),
    Alert(
        name="BelfryEventLoopLate",
        severity="warning",
        summary="{{ $labels.job }} on {{ $labels.instance }} gets to its work late",
        expr="belfry_event_loop_lag_seconds > 0.5",
        lasts="5m",
        fires={f"belfry_event_loop_lag_seconds{{{RUNS}}}": "0.8x35"},
        quiet={f"belfry_event_loop_lag_seconds{{{RUNS}}}": "0.01x35"},
    ),
    Alert(
        name="BelfryFilesRunOut",
        severity="warning",
        summary="{{ $labels.job }} on {{ $labels.instance }} has nearly all files open that it may",
        expr=f"process_open_fds{{{OURS}}} / process_max_fds > 0.8",
        lasts="5m",
        fires={f"process_open_fds{{{GATEWAY}}}": "900x35", f"process_max_fds{{{GATEWAY}}}": "1000x35"},
        quiet={f"process_open_fds{{{GATEWAY}}}": "90x35", f"process_max_fds{{{GATEWAY}}}": "1000x35"},
    ),
)

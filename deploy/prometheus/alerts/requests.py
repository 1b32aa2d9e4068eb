"""What is answered, how fast, and to whom not."""

from deploy.prometheus.rule import Alert

RUNS = 'job="health_svc",instance="a"'
GATEWAY = 'job="gateway",instance="a"'
SLOW_ROUTES = 'route!~".*/(check|test|ws|preview)"'
"""Those that take seconds by design, and the WebSocket."""


def budget(long: str, short: str, factor: float) -> str:
    """Both windows burn the budget of errors (0.1 % of all requests) so many times faster than it lasts a month."""
    share = 'job:belfry_http_errors:ratio_rate{}{{job="gateway"}}'
    return f"{share.format(long)} > {factor:g} * 0.001 and {share.format(short)} > {factor:g} * 0.001"


ALERTS: tuple[Alert, ...] = (
    Alert(
        name="BelfryErrorBudgetBurnsFast",
        severity="critical",
        summary="The gateway fails so many requests that the errors of a month are used up within two days",
        expr=budget("1h", "5m", 14.4),
        lasts="2m",
        at="2h",
        fires={
            f'belfry_http_requests_total{{{GATEWAY},status="200"}}': "0+95x130",
            f'belfry_http_requests_total{{{GATEWAY},status="500"}}': "0+5x130",
        },
        quiet={
            f'belfry_http_requests_total{{{GATEWAY},status="200"}}': "0+999x130",
            f'belfry_http_requests_total{{{GATEWAY},status="404"}}': "0+100x130",
            f'belfry_http_requests_total{{{GATEWAY},status="500"}}': "0+1x130",
        },
    ),
    Alert(
        name="BelfryErrorBudgetBurnsSlowly",
        severity="warning",
        summary="The gateway fails so many requests that the errors of a month are used up within five days",
        expr=budget("6h", "30m", 6),
        lasts="15m",
        at="7h",
        fires={
            f'belfry_http_requests_total{{{GATEWAY},status="200"}}': "0+99x430",
            f'belfry_http_requests_total{{{GATEWAY},status="503"}}': "0+1x430",
        },
        quiet={
            f'belfry_http_requests_total{{{GATEWAY},status="200"}}': "0+9990x430",
            f'belfry_http_requests_total{{{GATEWAY},status="503"}}': "0+10x430",
        },
    ),
    Alert(
        name="BelfryHttpSlow",
        severity="warning",
        summary="One request in a hundred to {{ $labels.route }} takes more than a second",
        expr=f"job_route:belfry_http_request_duration_seconds:p99_5m{{{SLOW_ROUTES}}} > 1",
        lasts="10m",
        fires={
            f'belfry_http_request_duration_seconds_bucket{{{GATEWAY},route="/r",le="1"}}': "0+50x35",
            f'belfry_http_request_duration_seconds_bucket{{{GATEWAY},route="/r",le="2.5"}}': "0+100x35",
            f'belfry_http_request_duration_seconds_bucket{{{GATEWAY},route="/r",le="+Inf"}}': "0+100x35",
        },
        quiet={
            f'belfry_http_request_duration_seconds_bucket{{{GATEWAY},route="/r",le="1"}}': "0+100x35",
            f'belfry_http_request_duration_seconds_bucket{{{GATEWAY},route="/r",le="+Inf"}}': "0+100x35",
            f'belfry_http_request_duration_seconds_bucket{{{GATEWAY},route="/r/check",le="1"}}': "0+1x35",
            f'belfry_http_request_duration_seconds_bucket{{{GATEWAY},route="/r/check",le="5"}}': "0+100x35",
            f'belfry_http_request_duration_seconds_bucket{{{GATEWAY},route="/r/check",le="+Inf"}}': "0+100x35",
        },
    ),
    Alert(
        name="BelfryRpcFails",
        severity="warning",
        summary="More than one request in twenty on {{ $labels.endpoint }} fails",
        expr="job_endpoint:belfry_rpc_errors:ratio_rate5m > 0.05",
        lasts="10m",
        fires={
            f'belfry_rpc_requests_total{{{RUNS},endpoint="e",outcome="ok"}}': "0+9x35",
            f'belfry_rpc_requests_total{{{RUNS},endpoint="e",outcome="500"}}': "0+1x35",
        },
        quiet={
            f'belfry_rpc_requests_total{{{RUNS},endpoint="e",outcome="ok"}}': "0+9x35",
            f'belfry_rpc_requests_total{{{RUNS},endpoint="e",outcome="404"}}': "0+9x35",
        },
    ),
    Alert(
        name="BelfryRpcUnanswered",
        severity="critical",
        summary="{{ $labels.endpoint }} does not answer {{ $labels.job }}",
        expr='sum by (job, endpoint) (increase(belfry_rpc_calls_total{outcome="unanswered"}[5m])) > 2',
        lasts="5m",
        fires={f'belfry_rpc_calls_total{{{GATEWAY},endpoint="e",outcome="unanswered"}}': "0+2x35"},
        quiet={f'belfry_rpc_calls_total{{{GATEWAY},endpoint="e",outcome="ok"}}': "0+100x35"},
    ),
    Alert(
        name="BelfryPasswordsTried",
        severity="warning",
        summary="Wrong passwords are tried all the time",
        expr='sum(increase(belfry_auth_sign_ins_total{outcome="refused"}[10m])) > 50',
        lasts="5m",
        fires={f'belfry_auth_sign_ins_total{{{GATEWAY},outcome="refused"}}': "0+10x35"},
        quiet={f'belfry_auth_sign_ins_total{{{GATEWAY},outcome="refused"}}': "0+1x35"},
    ),
)

"""What dashboards and alerts ask again and again, computed once."""

from deploy.prometheus.rule import Recording

WINDOWS = ("5m", "30m", "1h", "6h")
FAILED = 'status=~"5.."'
FAILED_RPC = 'outcome=~"5..|late"'


def share(window: str) -> Recording:
    """Answers of the server's own fault among all, by process; 0 while there is traffic and nothing fails."""
    failed = f"sum by (job) (rate(belfry_http_requests_total{{{FAILED}}}[{window}]))"
    every = f"sum by (job) (rate(belfry_http_requests_total[{window}]))"
    return Recording(name=f"job:belfry_http_errors:ratio_rate{window}", expr=f"({failed} or {every} * 0) / {every}")


def quantile(metric: str, *by: str) -> Recording:
    """What one in a hundred takes longer than."""
    buckets = f"sum by ({', '.join(by)}, le) (rate({metric}_bucket[5m]))"
    return Recording(name=f"{'_'.join(by)}:{metric}:p99_5m", expr=f"histogram_quantile(0.99, {buckets})")


RECORDINGS: tuple[Recording, ...] = (
    Recording(name="job:belfry_http_requests:rate5m", expr="sum by (job) (rate(belfry_http_requests_total[5m]))"),
    *map(share, WINDOWS),
    quantile("belfry_http_request_duration_seconds", "job", "route"),
    quantile("belfry_rpc_duration_seconds", "job", "endpoint"),
    quantile("belfry_db_query_duration_seconds", "job"),
    quantile("belfry_loop_duration_seconds", "job", "loop"),
    Recording(
        name="job_endpoint:belfry_rpc_errors:ratio_rate5m",
        expr=(
            f"sum by (job, endpoint) (rate(belfry_rpc_requests_total{{{FAILED_RPC}}}[5m]))"
            " / sum by (job, endpoint) (rate(belfry_rpc_requests_total[5m]))"
        ),
    ),
    Recording(
        name="instance_queue:belfry_queue_depth:ratio",
        expr="max by (job, instance, queue) (belfry_queue_depth / belfry_queue_limit)",
    ),
)

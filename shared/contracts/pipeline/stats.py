"""What the steps cost."""

from datetime import datetime

from msgspec import Struct

WINDOW_SECONDS = 300


class StepStats(Struct, frozen=True, kw_only=True):
    """Self time of a step, without what it waits for further in; null without calls. `answered`: requests that went no
    further, because the step gave the answer or refused them. `errors`: exceptions of its own. `share_pct`: of the
    time of all requests. The id of the handler, behind the last step, is `handler`."""

    id: str
    calls: int
    calls_per_second: float
    answered: int
    answered_per_second: float
    errors: int
    avg_ms: float | None
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    share_pct: float | None


class NodeStats(Struct, frozen=True, kw_only=True):
    """What one gateway measured. `avg_ms`: of whole requests; `steps_avg_ms`: the part of it outside of the handler."""

    node: str
    revision: int
    requests: int
    requests_per_second: float
    avg_ms: float | None
    steps_avg_ms: float | None
    steps: list[StepStats]
    handler: StepStats


class MiddlewareStats(Struct, frozen=True, kw_only=True):
    """The last `window_seconds`, over all gateways and for each. Upgrades to WebSocket are not in it. No quantile is
    further from the exact value than `error_bound_pct`."""

    window_seconds: int
    from_at: datetime
    to_at: datetime
    requests: int
    requests_per_second: float
    avg_ms: float | None
    steps_avg_ms: float | None
    steps: list[StepStats]
    handler: StepStats
    nodes: list[NodeStats]
    error_bound_pct: float


class MeasuredStep(Struct, frozen=True, kw_only=True):
    """Self time of one step in a span, as a histogram: bucket `offset + i` holds `counts[i]` calls. Bucket `b` reaches
    from `2**(b // 8) * (1 + b % 8 / 8)` nanoseconds up to where the next begins."""

    id: str
    calls: int
    answered: int
    errors: int
    sum_ms: float
    offset: int
    counts: list[int]

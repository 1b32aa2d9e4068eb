"""Latency: durations of requests in, percentiles of every endpoint out."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from shared.contracts.wire import MEASURES_STREAM, Event, Rpc

SortKey = Literal["p99", "p95", "p50", "count"]
Comparison = Literal["none", "yesterday", "last_week"]
State = Literal["ok", "insufficient_data"]
"""Were there enough samples to say a p99?"""

Service = Annotated[str, Meta(min_length=1, max_length=100)]
Method = Annotated[str, Meta(pattern=r"^[A-Z_]{1,16}$", description="an HTTP method in capitals, or RPC")]
Route = Annotated[str, Meta(min_length=1, max_length=500)]
WindowSeconds = Annotated[int, Meta(ge=60, le=31 * 86_400)]
Moment = Annotated[datetime, Meta(tz=True)]
EndpointLines = Annotated[
    str, Meta(pattern=r"^[ -~\n]{0,2000}$", description="at most 2,000 characters of plain ASCII, an endpoint a line")
]

UNMATCHED_ROUTE = "__unmatched__"
OVERFLOW_ROUTE = "__overflow__"
SAMPLES_SUBJECT = "belfry.samples.latency.{service}"
"""`service` as one subject token: what is not a-z, A-Z, 0-9, _ or - becomes -."""

# --- samples in: msgpack ------------------------------------------------------------------------------------------


class SampleSeries(Struct, frozen=True, array_like=True):
    """One endpoint of a batch; `status_class` is 1 to 5, or 0 when there is none. 5 counts as an error."""

    method: str
    route: str
    status_class: int


class SampleBatch(Struct, frozen=True, kw_only=True, tag_field="kind", tag="samples"):
    """Durations of one service as columns. `series_ids`: little-endian u16 indexes into `series`; `seconds`:
    little-endian f32, one for each id. All count in the minute of `at_seconds` (Unix time)."""

    service: str
    at_seconds: float
    series: list[SampleSeries]
    series_ids: bytes
    seconds: bytes


class BucketBatch(Struct, frozen=True, kw_only=True, tag_field="kind", tag="buckets"):
    """What the base-2 exponential histograms of one service gained, from clients that aggregate by themselves: columns
    of little-endian numbers, one for each gain.

    `series_ids`: u16 indexes into `series`. `at_seconds`: f64, Unix time; counts in its minute. `scales` (i8) and
    `offsets` (i32, the index of the first bucket) are OpenTelemetry's. `lengths`: u16, how many of `counts` belong to
    it, which hold the buckets of all gains, one after the other, unsigned and `count_bytes` (1, 2 or 4) wide.
    `zero_counts`: u32. `sums`, `lows`, `highs`: f64 seconds; the least and the greatest may be NaN, unknown.
    `error_pcts`: f64, how far a duration may be from the middle of the bucket it is counted in, when that is more than
    the scale says, as with explicit buckets."""

    service: str
    series: list[SampleSeries]
    series_ids: bytes
    at_seconds: bytes
    scales: bytes
    offsets: bytes
    lengths: bytes
    count_bytes: Literal[1, 2, 4]
    counts: bytes
    zero_counts: bytes
    sums: bytes
    lows: bytes
    highs: bytes
    error_pcts: bytes


# --- answers ------------------------------------------------------------------------------------------------------


class EndpointLatency(Struct, frozen=True, kw_only=True):
    """An endpoint over a window. Quantiles are milliseconds, null where the count does not allow them (p50 from 2,
    p95 from 20, p99 from 100 requests); none is further from the exact value than `error_bound_pct`.
    `change_pct`: of the sorted quantile against the compared window. `..._by_hour`: 24 hours, oldest first, none of
    them further from the exact value than `hours_error_bound_pct`; `compared_..._by_hour`: the same hours of the day
    before or of a week before, when a comparison was asked for."""

    service: str
    method: str
    path: str
    p50: float | None
    p95: float | None
    p99: float | None
    count: int
    error_rate_pct: float
    min_ms: float | None
    max_ms: float | None
    mean_ms: float | None
    error_bound_pct: float
    state: State
    change_pct: float | None
    p50_by_hour: list[float | None]
    p95_by_hour: list[float | None]
    p99_by_hour: list[float | None]
    count_by_hour: list[int]
    hours_error_bound_pct: float
    compared_p50_by_hour: list[float | None] | None = None
    compared_p95_by_hour: list[float | None] | None = None
    compared_p99_by_hour: list[float | None] | None = None


class LatencyTogether(Struct, frozen=True, kw_only=True):
    """All requests of some endpoints as one distribution, merged and not averaged; units as in EndpointLatency."""

    p50: float | None
    p95: float | None
    p99: float | None
    count: int
    error_rate_pct: float
    error_bound_pct: float


class Drop(Struct, frozen=True, kw_only=True):
    """Samples of one service that were not counted, and why: `late`, `future`, `not_finite`, `negative`, `too_long`,
    `not_a_histogram`, `rubbish` or `wrong_subject`."""

    service: str
    reason: str
    count: int
    last_at: datetime


class LatencySummary(Struct, frozen=True, kw_only=True):
    """The busiest endpoints of a window, or those asked for, in the order asked for, and what was not counted.
    `together`: the listed endpoints as one, `compared_together` the same of the compared window. `hours_from_at`: when
    the first of the 24 hours began; they are the last ones, or those up to the end of a window that lies further back.
    `drops`: the greatest ten. `otlp_port`: where OpenTelemetry sends to."""

    endpoints: list[EndpointLatency]
    together: LatencyTogether
    compared_together: LatencyTogether | None
    from_at: datetime
    to_at: datetime
    hours_from_at: datetime
    sort: SortKey
    compare: Comparison
    total_endpoints: int
    total_count: int
    overflowed_endpoints: int
    dropped_samples: int
    drops: list[Drop]
    thresholds_ms: tuple[float, float]
    otlp_port: int


class EndpointList(Struct, frozen=True, kw_only=True):
    endpoints: list[EndpointLatency]
    next_cursor: str | None


class Bucket(Struct, frozen=True, kw_only=True):
    """`range`: for people, such as `64-91 ms`; bounds in milliseconds, lower exclusive, upper inclusive."""

    range: str
    lower_ms: float
    upper_ms: float
    count: int


class EndpointHistogram(Struct, frozen=True, kw_only=True):
    """Distribution of one endpoint over a window; `compared` is that of the compared window, in the same buckets."""

    service: str
    method: str
    path: str
    from_at: datetime
    to_at: datetime
    latency: EndpointLatency
    buckets: list[Bucket]
    compared: list[int] | None


class TrendPoint(Struct, frozen=True, kw_only=True):
    """One step of time; quantiles come from the merged histogram of the step, never from other quantiles."""

    at: datetime
    p50: float | None
    p95: float | None
    p99: float | None
    count: int
    error_rate_pct: float


class EndpointTrend(Struct, frozen=True, kw_only=True):
    """`points`: oldest first, the last may still grow. `compared`: the same steps of the compared window."""

    service: str
    method: str
    path: str
    step_seconds: int
    points: list[TrendPoint]
    compared: list[TrendPoint] | None
    error_bound_pct: float


# --- remote procedures --------------------------------------------------------------------------------------------


class SummaryQuery(Struct, frozen=True, kw_only=True):
    """`to_at`: when the window ends, now without it. `endpoints`: these and not the busiest, also those without a
    request: one a line, as `GET shop /orders/{id}`, percent-encoded but for what is plain ASCII; a space in a service's
    name is encoded too."""

    window_seconds: WindowSeconds = 3600
    to_at: Moment | None = None
    sort: SortKey = "p99"
    compare: Comparison = "none"
    service: Service | None = None
    endpoints: EndpointLines | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 20


class EndpointsQuery(Struct, frozen=True, kw_only=True):
    """`to_at`: when the window ends, now without it. `search`: words that path, method or service must all hold."""

    window_seconds: WindowSeconds = 3600
    to_at: Moment | None = None
    compare: Comparison = "none"
    sort: SortKey = "count"
    search: Annotated[str, Meta(max_length=200)] = ""
    service: Service | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50
    cursor: Annotated[str, Meta(max_length=128)] | None = None


class HistogramQuery(Struct, frozen=True, kw_only=True):
    """`path`: the route template. Without service or method, the busiest endpoint of that path. `to_at`: when the
    window ends, now without it. `resolution`: buckets for each doubling of the duration."""

    path: Route
    service: Service | None = None
    method: Method | None = None
    window_seconds: WindowSeconds = 3600
    to_at: Moment | None = None
    compare: Comparison = "none"
    resolution: Literal["1", "2", "4", "8"] = "4"


class TrendQuery(Struct, frozen=True, kw_only=True):
    """Hourly steps; five minutes for windows up to six hours of the last two days. `to_at`: when the last one ends, now
    without it."""

    path: Route
    service: Service | None = None
    method: Method | None = None
    window_seconds: WindowSeconds = 86_400
    to_at: Moment | None = None
    compare: Comparison = "none"


class EndpointSummary(Struct, frozen=True, kw_only=True):
    method: str
    path: str
    p50: float | None
    p95: float | None
    p99: float | None
    count: int
    error_rate_pct: float
    max_ms: float | None = None


class LatencySummarised(Event, frozen=True, kw_only=True):
    """The endpoints of a service over the last minute, every ten seconds; `together`: all of its requests as one."""

    SUBJECT: ClassVar[str] = "belfry.v1.latency.summarised.{service}"
    STREAM: ClassVar[str] = MEASURES_STREAM

    service: str
    from_at: datetime
    to_at: datetime
    count: int
    error_bound_pct: float
    endpoints: list[EndpointSummary]
    together: EndpointSummary | None = None


EVENTS = (LatencySummarised,)

GET_SUMMARY = Rpc("belfry.rpc.latency.get_summary", SummaryQuery, LatencySummary)
LIST_ENDPOINTS = Rpc("belfry.rpc.latency.list_endpoints", EndpointsQuery, EndpointList)
GET_HISTOGRAM = Rpc("belfry.rpc.latency.get_histogram", HistogramQuery, EndpointHistogram)
GET_TREND = Rpc("belfry.rpc.latency.get_trend", TrendQuery, EndpointTrend)

RPCS = (GET_SUMMARY, LIST_ENDPOINTS, GET_HISTOGRAM, GET_TREND)

"""How slow the shop is: its endpoints over the last hour, and payments, which waits for its ledger, in full."""

import math
from datetime import timedelta
from itertools import pairwise

from msgspec import Struct

from shared.contracts.examples import EndpointExamples, Example
from shared.contracts.latency import (
    OVERFLOW_ROUTE,
    UNMATCHED_ROUTE,
    Bucket,
    Drop,
    EndpointHistogram,
    EndpointLatency,
    EndpointList,
    EndpointTrend,
    LatencySummary,
    LatencyTogether,
    TrendPoint,
)
from tests.contracts.shop.clock import NOW

ERROR_BOUND_PCT = 0.5416
HOURS = 24
HOUR = NOW.replace(minute=0, second=0)
QUIET_HOURS = range(1, 6)  # UTC; nobody asks for refunds at night
PER_DOUBLING = 4


class Seen(Struct, frozen=True):
    """An endpoint in the last hour; durations in milliseconds, `change_pct` of P99 against yesterday."""

    method: str
    path: str
    service: str
    p50: float
    p95: float
    p99: float
    max: float
    count: int
    error_rate_pct: float
    change_pct: float | None


SEEN = (
    Seen("POST", "/api/payments", "payments-api", 268.0, 1210.0, 3120.0, 8040.0, 12_377, 6.2, 286.1),
    Seen("GET", "/api/search", "search", 214.0, 812.0, 1640.0, 3105.0, 188_204, 0.41, 142.3),
    Seen("POST", "/api/checkout", "checkout", 142.0, 388.0, 655.0, 2210.0, 21_904, 1.32, 18.4),
    Seen("POST", "/api/notifications", "notifications", 58.0, 172.0, 410.0, 1260.0, 2118, 0.0, -12.2),
    Seen("GET", "/api/orders", "checkout", 44.0, 118.0, 236.0, 590.0, 11_842, 0.02, 6.3),
    Seen("POST", "/api/login", "identity", 96.0, 141.0, 188.0, 402.0, 6204, 0.11, 2.1),
    Seen("POST", "/api/cart/items", "checkout", 31.0, 74.0, 128.0, 371.0, 96_418, 0.01, 4.4),
    Seen("GET", "/api/payments/{id}", "payments-api", 27.0, 64.0, 119.0, 286.0, 5730, 0.96, 9.2),
    Seen("GET", "/", "storefront", 22.0, 61.0, 112.0, 480.0, 143_902, 0.0, 1.2),
    Seen("GET", "/api/catalog/products", "catalog-api", 18.0, 46.0, 88.0, 240.0, 412_630, 0.0, -3.1),
    Seen("GET", "/products/{slug}", "storefront", 16.0, 38.0, 71.0, 305.0, 88_412, 0.0, -0.8),
    Seen("PUT", "/api/cart/items/{item_id}", "checkout", 14.0, 33.0, 62.0, 198.0, 30_288, 0.02, 0.4),
    Seen("RPC", "shop.Inventory/Reserve", "inventory", 11.0, 29.0, 54.0, 160.0, 21_611, 0.08, 2.9),
    Seen("GET", "/api/catalog/products/{id}", "catalog-api", 9.4, 22.0, 41.0, 133.0, 171_350, 0.0, 1.1),
    Seen("GET", "/api/inventory/{sku}", "inventory", 6.8, 19.0, 37.0, 121.0, 81_556, 0.0, 0.0),
    Seen("GET", "/api/catalog/categories/{path}", "catalog-api", 5.1, 13.0, 26.0, 88.0, 64_207, 0.0, -1.9),
    Seen("GET", UNMATCHED_ROUTE, "edge-gateway", 4.2, 9.6, 18.0, 64.0, 3870, 0.0, None),
    Seen("GET", "/api/session", "identity", 3.2, 8.1, 14.0, 52.0, 94_027, 0.0, -1.0),
    Seen("_OTHER", OVERFLOW_ROUTE, "edge-gateway", 2.7, 6.4, 11.5, 39.0, 1204, 0.17, None),
    Seen("POST", "/api/refunds", "payments-api", 184.0, 402.0, 0.0, 460.0, 41, 2.44, None),
)
PAYMENTS = SEEN[0]
PAYMENTS_YESTERDAY = Seen("POST", "/api/payments", "payments-api", 121.0, 388.0, 808.0, 2950.0, 11_960, 0.09, None)


def busy(hour: int) -> float:
    """How busy an hour of the day is, against the one the shop is seen in."""
    return round(0.55 + 0.45 * math.cos(math.pi * (hour - 14) / 12), 3)


def count_in(seen: Seen, back: int) -> int:
    """Requests of the hour that began `back` hours before the current one, which is eight minutes old."""
    hour = (HOUR - timedelta(hours=back)).hour
    if seen.count < 100:
        return 0 if hour in QUIET_HOURS else round(seen.count * 4 * busy(hour)) if hour == 10 else seen.count
    return round(seen.count * busy(hour) * (8 / 60 if back == 0 else 1))


def p99_in(seen: Seen, back: int) -> float | None:
    """P99 of that hour: as yesterday until the fault of today, with the tides of the day."""
    count = count_in(seen, back)
    if count < 100:
        return None
    usual = (seen.p99 or seen.max) / (1 + (seen.change_pct or 0) / 100)
    if back == 0:
        return seen.p99
    tide = 1 + 0.12 * math.sin(back * 1.7 + len(seen.path)) + 0.1 * busy((HOUR - timedelta(hours=back)).hour)
    return round(usual * tide, 3)


def by_hour(seen: Seen, quantile: str, p99s: list[float | None], counts: list[int]) -> list[float | None]:
    """Another quantile of the same hours, as far from P99 as in the last hour; P95 takes 20 requests, P50 two."""
    usual = seen.p99 or seen.max
    share, least = getattr(seen, quantile) / usual, {"p50": 2, "p95": 20}[quantile]
    return [
        round(share * (p99 or usual), 3) if count >= least else None for p99, count in zip(p99s, counts, strict=True)
    ]


def p99_yesterday(seen: Seen, back: int) -> float | None:
    """A day before: the whole hour, also of the one that runs."""
    if seen.change_pct is None or count_in(seen, max(back, 1)) < 100:
        return None
    usual = seen.p99 / (1 + seen.change_pct / 100)
    return round(usual * (1 + 0.14 * math.sin(back * 1.3 + len(seen.path)) + 0.1 * busy((HOUR.hour - back) % HOURS)), 3)


def endpoint(seen: Seen) -> EndpointLatency:
    enough = seen.count >= 100
    counts = [count_in(seen, back) for back in reversed(range(HOURS))]
    p99s = [p99_in(seen, back) for back in reversed(range(HOURS))]
    before = [p99_yesterday(seen, back) for back in reversed(range(HOURS))]
    told = [100 if p99 is not None else 0 for p99 in before]
    return EndpointLatency(
        service=seen.service,
        method=seen.method,
        path=seen.path,
        p50=seen.p50,
        p95=seen.p95,
        p99=seen.p99 if enough else None,
        count=seen.count,
        error_rate_pct=seen.error_rate_pct,
        min_ms=round(seen.p50 / 8, 3),
        max_ms=seen.max,
        mean_ms=round(seen.p50 * 1.31, 3),
        error_bound_pct=ERROR_BOUND_PCT,
        state="ok" if enough else "insufficient_data",
        change_pct=seen.change_pct,
        p50_by_hour=by_hour(seen, "p50", p99s, counts),
        p95_by_hour=by_hour(seen, "p95", p99s, counts),
        p99_by_hour=p99s,
        count_by_hour=counts,
        hours_error_bound_pct=ERROR_BOUND_PCT,
        compared_p50_by_hour=by_hour(seen, "p50", before, told),
        compared_p95_by_hour=by_hour(seen, "p95", before, told),
        compared_p99_by_hour=before,
    )


SUMMARY = LatencySummary(
    endpoints=[endpoint(seen) for seen in SEEN],
    together=LatencyTogether(
        p50=22.0,
        p95=164.0,
        p99=706.0,
        count=sum(seen.count for seen in SEEN),
        error_rate_pct=0.31,
        error_bound_pct=ERROR_BOUND_PCT,
    ),
    compared_together=LatencyTogether(
        p50=21.6,
        p95=135.5,
        p99=511.6,
        count=round(sum(seen.count for seen in SEEN) / 1.04),
        error_rate_pct=0.07,
        error_bound_pct=ERROR_BOUND_PCT,
    ),
    from_at=NOW.replace(hour=13, second=0),
    to_at=NOW,
    hours_from_at=HOUR - timedelta(hours=HOURS - 1),
    sort="p99",
    compare="yesterday",
    total_endpoints=58,
    total_count=1_530_942,
    overflowed_endpoints=214,
    dropped_samples=5000,
    drops=[
        Drop(service="search", reason="late", count=4990, last_at=NOW.replace(hour=13, minute=52, second=0)),
        Drop(service="edge-gateway", reason="future", count=10, last_at=NOW.replace(hour=13, minute=20, second=0)),
    ],
    thresholds_ms=(100.0, 500.0),
    otlp_port=4318,
)
ENDPOINTS = EndpointList(
    endpoints=[endpoint(seen) for seen in sorted(SEEN, key=lambda seen: -seen.count)[:10]],
    next_cursor="MjAyNi0xMS0yM1QxNDowODoyMCswMDowMCAxMA",
)


def share_below(seen: Seen, ms: float) -> float:
    """The share of requests up to a duration: straight between the known quantiles on a logarithmic axis."""
    known = ((seen.p50 / 8, 0.0), (seen.p50, 0.5), (seen.p95, 0.95), (seen.p99, 0.99), (seen.max, 1.0))
    for (low, below), (high, up_to) in pairwise(known):
        if ms <= high:
            return below + (up_to - below) * max(0.0, math.log(ms / low)) / math.log(high / low)
    return 1.0


def counts_of(seen: Seen, bounds: list[float]) -> list[int]:
    up_to = [round(seen.count * share_below(seen, bound)) for bound in bounds]
    return [after - before for before, after in pairwise(up_to)]


BOUNDS_MS = [1000 * 2.0 ** (step / PER_DOUBLING) for step in range(-25, 13)]
RANGES = (
    "13.1-15.6 ms", "15.6-18.6 ms", "18.6-22.1 ms", "22.1-26.3 ms", "26.3-31.2 ms", "31.2-37.2 ms", "37.2-44.2 ms",
    "44.2-52.6 ms", "52.6-62.5 ms", "62.5-74.3 ms", "74.3-88.4 ms", "88.4-105 ms", "105-125 ms", "125-149 ms",
    "149-177 ms", "177-210 ms", "210-250 ms", "250-297 ms", "297-354 ms", "354-420 ms", "420-500 ms", "500-595 ms",
    "595-707 ms", "707-841 ms", "0.841-1 s", "1-1.19 s", "1.19-1.41 s", "1.41-1.68 s", "1.68-2 s", "2-2.38 s",
    "2.38-2.83 s", "2.83-3.36 s", "3.36-4 s", "4-4.76 s", "4.76-5.66 s", "5.66-6.73 s", "6.73-8 s",
)  # fmt: skip

HISTOGRAM = EndpointHistogram(
    service=PAYMENTS.service,
    method=PAYMENTS.method,
    path=PAYMENTS.path,
    from_at=SUMMARY.from_at,
    to_at=NOW,
    latency=endpoint(PAYMENTS),
    buckets=[
        Bucket(range=range_, lower_ms=round(lower, 6), upper_ms=round(upper, 6), count=count)
        for range_, (lower, upper), count in zip(
            RANGES, pairwise(BOUNDS_MS), counts_of(PAYMENTS, BOUNDS_MS), strict=True
        )
    ],
    compared=counts_of(PAYMENTS_YESTERDAY, BOUNDS_MS),
)


def point(back: int, of: Seen, day: int = 0) -> TrendPoint:
    """An hour of payments: the current one as it is, those before as they were yesterday, with the tides of the day."""
    at = HOUR - timedelta(hours=back, days=day)
    now = back == 0 and day == 0
    seen = of if now else PAYMENTS_YESTERDAY
    tide = 1.0 if now else 1 + 0.12 * math.sin(back * 1.7 + 13 + day) + 0.1 * busy(at.hour)
    return TrendPoint(
        at=at,
        p50=round(seen.p50 * tide, 3),
        p95=round(seen.p95 * tide, 3),
        p99=round(seen.p99 * tide, 3),
        count=count_in(of, back),
        error_rate_pct=seen.error_rate_pct,
    )


TREND = EndpointTrend(
    service=PAYMENTS.service,
    method=PAYMENTS.method,
    path=PAYMENTS.path,
    step_seconds=3600,
    points=[point(back, PAYMENTS) for back in reversed(range(HOURS))],
    compared=[point(back, PAYMENTS, day=1) for back in reversed(range(HOURS))],
    error_bound_pct=ERROR_BOUND_PCT,
)


def example(trace_id: str, duration_ms: float, seconds_ago: int, status: int) -> Example:
    at = NOW - timedelta(seconds=seconds_ago)
    url = f"https://tracing.shop.example/trace/{trace_id}"
    return Example(
        trace_id=trace_id, duration_ms=duration_ms, at=at, status=status, failed=status >= 500, trace_url=url
    )


EXAMPLES = EndpointExamples(
    service=PAYMENTS.service,
    method=PAYMENTS.method,
    path=PAYMENTS.path,
    from_at=SUMMARY.from_at,
    to_at=NOW,
    examples=[
        example("4bf92f3577b34da6a3ce929d0e0e4736", 8040.0, 95, 504),
        example("0af7651916cd43dd8448eb211c80319c", 7312.4, 41, 504),
        example("d21f7bc17caa5aba6a3ce929d0e0e473", 6905.1, 260, 502),
        example("7d5d747fd2d4dc2bd9a1e3f0b6c84521", 5118.9, 187, 201),
        example("a3ce929d0e0e47364bf92f3577b34da6", 4870.3, 2210, 201),
    ],
)

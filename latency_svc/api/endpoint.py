"""One endpoint: how its durations are distributed, and how they went over time."""

from datetime import datetime

from latency_svc.answers import buckets, endpoint_latency, example_of, trend_points, widest_bound_pct
from latency_svc.api.reading import asked_window, read_facts, read_series
from latency_svc.room import Room
from latency_svc.roster import EndpointKey
from latency_svc.slowest import slowest_of
from latency_svc.store.endpoints import Names, find_endpoints
from latency_svc.store.examples import read_examples
from latency_svc.store.totals import list_totals
from latency_svc.windows import SHIFTS, Window, spans_of, steps_of
from shared.contracts import latency as contract
from shared.contracts.examples import EndpointExamples, ExamplesQuery
from shared.db import Connection
from shared.problems import not_found
from shared.rpc import Caller

Query = contract.HistogramQuery | contract.TrendQuery | ExamplesQuery


async def get_histogram(room: Room, request: contract.HistogramQuery, caller: Caller) -> contract.EndpointHistogram:
    now = room.now()
    window = asked_window(now, request.window_seconds, request.to_at)
    async with room.pool.acquire(timeout=2) as conn:
        endpoint_id, key = await _endpoint_or_404(conn, room.names, request, window, now)
        [facts] = await read_facts(conn, {endpoint_id: key}, window, request.compare, now)
    shown, compared = buckets(facts.window, facts.compared, int(request.resolution))
    return contract.EndpointHistogram(
        service=key.service,
        method=key.method,
        path=key.route,
        from_at=window.from_at,
        to_at=window.to_at,
        latency=endpoint_latency(facts, "p99"),
        buckets=shown,
        compared=compared,
    )


async def get_trend(room: Room, request: contract.TrendQuery, caller: Caller) -> contract.EndpointTrend:
    """Steps that are not kept any more, those of minutes a week ago, are there without any request."""
    now = room.now()
    asked_window(now, request.window_seconds, request.to_at)
    step, starts = steps_of(now, request.window_seconds, request.to_at)
    window, shift = Window(starts[0], min(starts[-1] + step, now)), SHIFTS.get(request.compare)
    async with room.pool.acquire(timeout=2) as conn:
        endpoint_id, key = await _endpoint_or_404(conn, room.names, request, window, now)
        found = await read_series(conn, [endpoint_id], window, step, now)
        before = Window(starts[0] - shift, starts[-1] - shift + step) if shift else None
        compared = await read_series(conn, [endpoint_id], before, step, now) if before else {}
    steps = [found.get((endpoint_id, at)) for at in starts]
    earlier = [at - shift for at in starts] if shift else []
    return contract.EndpointTrend(
        service=key.service,
        method=key.method,
        path=key.route,
        step_seconds=int(step.total_seconds()),
        points=trend_points(starts, steps),
        compared=trend_points(earlier, [compared.get((endpoint_id, at)) for at in earlier]) if shift else None,
        error_bound_pct=widest_bound_pct(steps),
    )


async def list_examples(room: Room, request: ExamplesQuery, caller: Caller) -> EndpointExamples:
    now = room.now()
    window = asked_window(now, request.window_seconds, request.to_at)
    async with room.pool.acquire(timeout=2) as conn:
        endpoint_id, key = await _endpoint_or_404(conn, room.names, request, window, now)
        kept = await read_examples(conn, endpoint_id, window)
    return EndpointExamples(
        service=key.service,
        method=key.method,
        path=key.route,
        from_at=window.from_at,
        to_at=window.to_at,
        examples=[example_of(each, room.trace_url) for each in slowest_of(kept, request.limit)],
    )


async def _endpoint_or_404(
    conn: Connection, names: Names, request: Query, window: Window, now: datetime
) -> tuple[int, EndpointKey]:
    """The endpoint of a path; the busiest of the window where several have it. A leading slash may be missing, for
    addresses are often cleaned of double ones."""
    found = dict(await find_endpoints(conn, [request.path, f"/{request.path}"], request.service, request.method))
    exact = {id_: key for id_, key in found.items() if key.route == request.path} or found
    if not exact:
        raise not_found(f"No requests of {request.path} were ever measured")
    if len(exact) == 1:
        return next(iter(exact.items()))
    totals = await list_totals(conn, names, spans_of(window, now), request.service)
    busiest = next((total.endpoint_id for total in totals if total.endpoint_id in exact), min(exact))
    return busiest, exact[busiest]

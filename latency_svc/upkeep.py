"""What is done again and again: partitions, roll-ups, what is kept no longer, and what is told every ten seconds."""

import asyncio
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec
import structlog

from latency_svc.answers import bound_pct, endpoint_summary
from latency_svc.folding import Packed, fold
from latency_svc.histogram import Histogram, merge_all
from latency_svc.ingest import token_of
from latency_svc.otlp.baselines import forget_baselines
from latency_svc.roster import EndpointKey, Roster
from latency_svc.rows import Resolution, Row
from latency_svc.slowest import Slowest
from latency_svc.store import dropped, examples, histograms, messages, partitions, rolling, totals
from latency_svc.store.endpoints import Names
from latency_svc.windows import DAY, HOUR, MINUTE, MINUTES_KEPT, TEN_MINUTES, Span, Window, floor
from shared.bus import Bus
from shared.contracts.latency import LatencySummarised
from shared.db import Connection, Pool
from shared.envelope import seal

log = structlog.get_logger()

TELL_SECONDS = 10
LATELY, KNOWN = timedelta(minutes=5), timedelta(days=7)
"""How long ago an endpoint may have had its last request to be read again and again; and when the service starts."""
AT_ONCE = 200  # endpoints rolled up by one statement
AT_ONCE_EXAMPLES = 2_000  # endpoints; the others come the next time
SETTLED: dict[Resolution, timedelta] = {
    "10m": TEN_MINUTES + timedelta(minutes=6),
    "1h": HOUR + timedelta(minutes=6),
    "1d": DAY + timedelta(minutes=70),
}
"""How long after it began a step is rolled up: before it is read from its roll-up, after what comes late."""
LENGTHS: dict[Resolution, timedelta] = {"10m": TEN_MINUTES, "1h": HOUR, "1d": DAY}
FINER: dict[Resolution, Resolution] = {"10m": "1m", "1h": "10m", "1d": "1h"}
COARSER = {finer: step for step, finer in FINER.items()}


async def keep_partitions(pool: Pool) -> None:
    async with pool.acquire(timeout=5) as conn:
        await partitions.keep_partitions(conn, datetime.now(UTC))


async def read_endpoints(pool: Pool, roster: Roster, names: Names, back: timedelta) -> None:
    """Those that had requests of late, whichever replica met them, so that the caps hold for all of them together."""
    now = datetime.now(UTC)
    spans = [Span("1h", now - back, now), Span("1m", now - min(back, 2 * HOUR), now)]
    async with pool.acquire(timeout=5) as conn:
        found = await totals.list_totals(conn, names, spans)
    roster.learn((total.key, total.endpoint_id) for total in found)


async def forget(pool: Pool) -> None:
    now = datetime.now(UTC)
    async with pool.acquire(timeout=5) as conn:
        await messages.forget_messages(conn, now)
        await dropped.forget_dropped(conn, now - MINUTES_KEPT)
        await totals.forget_totals(conn, now)
        await forget_baselines(conn)


async def save_examples(pool: Pool, roster: Roster, slowest: Slowest, writer: str) -> None:
    """Those of endpoints that have an id by now."""
    changed = [(place, roster.id_of(place.key), kept) for place, kept in slowest.changed()]
    rows = [(place, id_, kept) for place, id_, kept in changed if id_ is not None][:AT_ONCE_EXAMPLES]
    if rows:
        async with pool.acquire(timeout=5) as conn:
            await examples.save_examples(conn, writer, rows)
    slowest.stored((place, kept) for place, _, kept in rows)
    slowest.forget(datetime.now(UTC).timestamp())


# --- roll-ups -----------------------------------------------------------------------------------------------------


async def roll_up(pool: Pool) -> None:
    """Every step that has changed and is settled, one transaction each. Any replica may do it."""
    for step in FINER:
        more = True
        while more:
            more = await _roll_up_one(pool, step)


async def _roll_up_one(pool: Pool, step: Resolution) -> bool:
    """False when nothing is left to do."""
    async with pool.acquire(timeout=5) as conn, conn.transaction():
        at = await rolling.take_mark(conn, step, datetime.now(UTC) - SETTLED[step])
        if at is None:
            return False
        span = Span(FINER[step], at, at + LENGTHS[step])
        ids = (await totals.sum_counts(conn, [span]))[0].tolist()
        for first in range(0, len(ids), AT_ONCE):
            await _roll_up_some(conn, step, span, ids[first : first + AT_ONCE])
        if coarser := COARSER.get(step):
            await rolling.mark(conn, coarser, [floor(at, LENGTHS[coarser])])
    log.info("latencies.rolled_up", step=step, at=at.isoformat(), endpoints=len(ids))
    return True


async def _roll_up_some(conn: Connection, step: Resolution, span: Span, ids: Sequence[int]) -> None:
    packed = await histograms.read_packed(conn, [span], ids)
    found = await asyncio.to_thread(fold, packed, _endpoint_of)
    rows = [Row(span.from_at, id_, histograms.ROLLUP, histogram) for id_, histogram in found.items()]
    await histograms.save_rows(conn, step, rows)


def _endpoint_of(row: Packed) -> int:
    return row.endpoint_id


# --- events -------------------------------------------------------------------------------------------------------


async def tell(pool: Pool, bus: Bus, names: Names) -> None:
    """`latency.summarised` of every service that had requests within the last minute; by one replica for all."""
    now = datetime.now(UTC)
    window = Window(floor(now - MINUTE, MINUTE), now)
    async with pool.acquire(timeout=5) as conn:
        if not await rolling.take_turn(conn, "tell", int(now.timestamp()) // TELL_SECONDS):
            return
        span = Span("1m", window.from_at, window.to_at)
        told = await totals.list_totals(conn, names, [span])
        packed = await histograms.read_packed(conn, [span])
    found = await asyncio.to_thread(fold, packed, _endpoint_of)
    by_service: dict[str, list[tuple[EndpointKey, Histogram]]] = {}
    for total in told:
        if total.endpoint_id in found:
            by_service.setdefault(total.key.service, []).append((total.key, found[total.endpoint_id]))
    for service, members in by_service.items():
        summary = await asyncio.to_thread(summary_of, service, members, window)
        envelope = seal(summary, secrets.token_hex(12))
        subject = LatencySummarised.SUBJECT.format(service=token_of(service))
        bus.publish_raw(msgspec.structs.replace(envelope, subject=subject))


def summary_of(service: str, members: Sequence[tuple[EndpointKey, Histogram]], window: Window) -> LatencySummarised:
    together = merge_all([histogram for _, histogram in members])
    return LatencySummarised(
        service=service,
        from_at=window.from_at,
        to_at=window.to_at,
        count=together.count,
        error_bound_pct=bound_pct(together),
        endpoints=[endpoint_summary(key, histogram) for key, histogram in members],
        together=endpoint_summary(EndpointKey(service, "_ALL", "*"), together),
    )

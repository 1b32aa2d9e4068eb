"""Known durations in the store: what a shop's endpoints took, now, yesterday and a week ago."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from latency_svc import grid
from latency_svc.histogram import Histogram, merge_all
from latency_svc.roster import EndpointKey
from latency_svc.rows import Resolution, Row
from latency_svc.slowest import Example, place_of
from latency_svc.store.dropped import ENDPOINTS, add_dropped
from latency_svc.store.endpoints import save_endpoints
from latency_svc.store.examples import save_examples
from latency_svc.store.histograms import ROLLUP, save_rows
from latency_svc.store.partitions import keep_partitions
from latency_svc.upkeep import LENGTHS
from latency_svc.windows import floor
from shared.db import Pool

Data = NDArray[np.float64]

ORDERS = EndpointKey("orders", "GET", "/api/orders/{id}")
PAY = EndpointKey("payments", "POST", "/api/payments")
REFUND = EndpointKey("payments", "POST", "/api/refunds")
SEARCH = EndpointKey("search", "GET", "/api/search")
RESERVE = EndpointKey("stock", "RPC", "shop.Stock/Reserve")
OLD = EndpointKey("archive", "GET", "/api/archive")
SAME = (EndpointKey("blue", "GET", "/api/same"), EndpointKey("green", "GET", "/api/same"))
COARSE = EndpointKey("coarse", "GET", "/api/coarse")
CROWD = [EndpointKey("crowd", "GET", f"/api/crowd/{n:02d}") for n in range(30)]

SLOW = [
    ("one", timedelta(minutes=4), 1.5),
    ("two", timedelta(minutes=6), 2.5),
    ("three", timedelta(minutes=6), 1.5),
    ("one", timedelta(hours=20), 9.0),
    ("one", timedelta(days=6), 4.0),
]
"""Examples of payments that have a trace, by writer and how long ago they ended; 1.5 s is one trace, told twice."""

MINUTES_AGO = range(5, 55, 5)
DAY, WEEK = timedelta(days=1), timedelta(days=7)


class Told(Struct, frozen=True):
    """Durations in seconds of an endpoint in one minute, the first `errors` of which failed."""

    key: EndpointKey
    at: datetime
    seconds: Data
    errors: int = 0
    scale: int = grid.SCALE


def exact_ms(told: Iterable[Told], q: float) -> float:
    """Nearest rank over all the durations, in milliseconds."""
    everything = np.sort(np.concatenate([each.seconds for each in told]))
    return 1000 * float(everything[math.ceil(round(q * everything.size, 6)) - 1])


def story(now: datetime) -> list[Told]:
    """The busiest is search, the slowest payments; refunds are few; the crowd has too little traffic for the top."""
    rng = np.random.default_rng(22)
    told: list[Told] = []

    def say(key: EndpointKey, times: Iterable[datetime], draw: Callable[[], Data], errors: int = 0) -> None:
        told.extend(Told(key, at.replace(second=0, microsecond=0), draw(), errors) for at in times)

    def recently(back: timedelta = timedelta(0)) -> list[datetime]:
        return [now - back - timedelta(minutes=minutes) for minutes in MINUTES_AGO]

    say(SEARCH, recently(), lambda: rng.lognormal(-2, 0.5, 400))
    say(PAY, recently(), lambda: rng.lognormal(-1, 0.9, 150), errors=15)
    say(ORDERS, recently(), lambda: rng.lognormal(-4, 0.6, 200))
    say(ORDERS, recently(DAY), lambda: rng.lognormal(-5, 0.6, 180))
    say(ORDERS, [now - WEEK - timedelta(minutes=30)], lambda: rng.lognormal(-3, 0.6, 160))
    say(ORDERS, [now - timedelta(hours=hours) for hours in range(2, 23)], lambda: rng.lognormal(-4.2, 0.6, 120))
    say(RESERVE, recently(), lambda: rng.uniform(0.004, 0.02, 30))
    say(REFUND, [now - timedelta(minutes=20)], lambda: rng.uniform(0.1, 0.4, 41), errors=1)
    say(OLD, [now - timedelta(days=3)], lambda: rng.uniform(0.1, 0.4, 500))
    say(SAME[0], recently(), lambda: rng.uniform(0.01, 0.02, 12))
    say(SAME[1], recently(), lambda: rng.uniform(0.01, 0.02, 13))
    told += [Told(COARSE, at.replace(second=0, microsecond=0), rng.lognormal(-3, 1, 20), 0, 1) for at in recently()]
    for n, key in enumerate(CROWD):
        say(key, [now - timedelta(minutes=10)], lambda n=n: rng.uniform(0.001, 0.002, n + 1))  # type: ignore[misc]
    return told


async def write(pool: Pool, told: list[Told], now: datetime) -> None:
    """As writers and roll-ups do: minutes by two writers, hours and days that are over from all their minutes."""
    async with pool.acquire() as conn, conn.transaction():
        await keep_partitions(conn, now, now - timedelta(days=9))
        ids = dict(await save_endpoints(conn, sorted({each.key for each in told})))
        recent = [each for each in told if each.at > now - timedelta(hours=47)]
        halves = [half for each in recent for half in _halves(each)]
        await save_rows(conn, "1m", [Row(t.at, ids[t.key], writer, _histogram(t)) for writer, t in halves])
        await save_rows(conn, "10m", _rolled_up(recent, "10m", now, ids))
        await save_rows(conn, "1h", _rolled_up(told, "1h", now, ids))
        await save_rows(conn, "1d", _rolled_up(told, "1d", now, ids))
        minute = now.replace(second=0, microsecond=0) - timedelta(minutes=3)
        await add_dropped(conn, minute, {("search", "late"): 7, ("search", "negative"): 2, ("orders", ENDPOINTS): 12})
        await add_dropped(conn, minute, {("search", "late"): 1})
        await add_dropped(conn, minute, {})
        for writer, back, seconds in SLOW:
            ended = (now - back).timestamp()
            found = Example(seconds, f"{int(seconds * 1000):032x}", ended, 503 if seconds > 2 else 0, seconds > 2)
            await save_examples(conn, writer, [(place_of(PAY, ended), ids[PAY], [found])])


def _halves(told: Told) -> list[tuple[str, Told]]:
    middle = told.seconds.size // 2
    parts = (("one.1", told.seconds[:middle], 0), ("two.1", told.seconds[middle:], told.errors))
    return [(writer, Told(told.key, told.at, part, errors, told.scale)) for writer, part, errors in parts if part.size]


def _rolled_up(told: list[Told], step: Resolution, now: datetime, ids: dict[EndpointKey, int]) -> list[Row]:
    groups: defaultdict[tuple[datetime, EndpointKey], list[Histogram]] = defaultdict(list)
    for each in told:
        start = floor(each.at, LENGTHS[step])
        if start < floor(now, LENGTHS[step]):
            groups[start, each.key].append(_histogram(each))
    return [Row(at, ids[key], ROLLUP, merge_all(found)) for (at, key), found in groups.items()]


def _histogram(told: Told) -> Histogram:
    counts = np.bincount(grid.indices(told.seconds), minlength=grid.COLUMNS)
    return Histogram(
        count=told.seconds.size,
        error_count=told.errors,
        sum_seconds=float(told.seconds.sum()),
        min_seconds=float(told.seconds.min()),
        max_seconds=float(told.seconds.max()),
        scale=told.scale,
        counts=grid.subset(counts, grid.SCALE - told.scale),
    )

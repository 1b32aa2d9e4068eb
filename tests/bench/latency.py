"""Latencies end to end: samples and OTLP points per second, a summary of a day, memory, and what a request costs."""

import asyncio
import os
import statistics
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp
import asyncpg
import numpy as np
import psutil

from belfry_reporter import Reporter
from latency_svc import grid
from latency_svc.histogram import Histogram
from latency_svc.roster import EndpointKey
from latency_svc.rows import Row
from latency_svc.store.endpoints import save_endpoints
from latency_svc.store.histograms import save_rows
from latency_svc.store.partitions import keep_partitions
from shared import db
from shared.bus import Bus, BusOptions
from shared.contracts.latency import GET_SUMMARY, SummaryQuery
from shared.rpc import Caller, call
from shared.settings import Settings
from tests.bench.figures import Figure, against, p95, within
from tests.bench.latency_load import BATCH, batches, durations, otlp_requests, send_all
from tests.bench.latency_peers import PEERS
from tests.bench.stage import Servers, cpu_seconds, servers, service
from tests.fixtures.processes import ServiceProcess

MESSAGES = 4_000
ENDPOINTS = 1_000
REQUESTS = 1_000
AT_A_TIME = 8
MOST_SECONDS = 90
REPORTED = 200_000
SUMMARIES = 40
COUNTED = "SELECT coalesce(sum(count), 0) FROM latency.histogram_1m WHERE writer <> 'bench'"


def measure_latency() -> dict[str, Figure]:
    """About two minutes."""
    with TemporaryDirectory() as folder, servers(Path(folder)) as stores:
        env = {"NATS_URL": stores.nats.url, "DATABASE_URL": stores.postgres.url, "BELFRY_OTLP_PORT": "0"}
        core = max(os.sched_getaffinity(0)) if len(os.sched_getaffinity(0)) > 1 else None
        with service("latency_svc", Path(folder), env, core) as running:
            return asyncio.run(measured(stores, running))


async def measured(stores: Servers, running: ServiceProcess) -> dict[str, Figure]:
    settings = Settings(service="bench", nats_url=stores.nats.url, database_url=stores.postgres.url)
    bus = await Bus.connect(settings, BusOptions(pending_bytes=64 * 1024 * 1024))
    figures = await measure_samples(stores, running, bus)
    tell("OTLP points")
    figures |= await measure_points(stores, running)
    tell("a summary of a day")
    figures |= await measure_summary(stores, bus)
    await bus.close()
    tell("the peers")
    return figures | measure_reporter() | measure_peers(figures["samples_per_core"].value or 0)


async def measure_samples(stores: Servers, running: ServiceProcess, bus: Bus) -> dict[str, Figure]:
    """From the first message sent to the last one stored in PostgreSQL."""
    tell(f"{MESSAGES * BATCH / 1e6:g} million samples over {ENDPOINTS} endpoints")
    messages = list(batches(["shop"], ENDPOINTS, MESSAGES))
    started, spent = time.monotonic(), cpu_seconds(running.pid)
    acknowledged = await send_all(bus, messages) * BATCH
    sent = time.monotonic()
    await stored(stores, acknowledged)
    ended, spent = time.monotonic(), cpu_seconds(running.pid) - spent
    memory = psutil.Process(running.pid).memory_info().rss / 1e6
    tell("four services more, with as many endpoints")
    more = list(batches([f"shop-{n}" for n in range(4)], ENDPOINTS, 80))
    await stored(stores, acknowledged + await send_all(bus, more) * BATCH)
    tell(f"{acknowledged / (ended - started):,.0f} samples/s, {acknowledged / spent:,.0f} samples a CPU second")
    lost = MESSAGES * BATCH - acknowledged
    note = f"{spent:.1f} s of CPU in {ended - started:.1f} s; sending took {sent - started:.1f} s; {lost} refused"
    return {
        "samples": noted(within(acknowledged / (ended - started), "samples/s", at_least=1_000_000), note),
        "samples_per_core": within(acknowledged / spent, "samples/CPU s"),
        "memory_1000": within(memory, "MB"),
        "memory_5000": within(psutil.Process(running.pid).memory_info().rss / 1e6, "MB", at_most=300),
    }


async def measure_points(stores: Servers, running: ServiceProcess) -> dict[str, Figure]:
    """Through the door, the stream and the store."""
    port = next(line["port"] for line in running.logs() if line["event"] == "otlp.listening")
    first, *bodies = otlp_requests("points", ENDPOINTS, REQUESTS + 1)
    before = await counted(stores)
    assert await post_all(port, [first]) == 1
    each = await stored(stores, before + 1) - before
    started, spent = time.monotonic(), cpu_seconds(running.pid)
    good = await post_all(port, bodies)
    await stored(stores, before + each * (good + 1))
    seconds, spent = time.monotonic() - started, cpu_seconds(running.pid) - spent
    points, note = good * ENDPOINTS, f"{len(bodies) - good} requests refused; {spent:.1f} s of CPU in {seconds:.1f} s"
    return {
        "otlp_points": noted(within(points / seconds, "points/s", at_least=100_000), note),
        "otlp_points_per_core": within(points / spent, "points/CPU s"),
    }


async def post_all(port: int, bodies: Sequence[bytes]) -> int:
    """How many were taken; a few at a time."""
    places, url = asyncio.Semaphore(AT_A_TIME), f"http://127.0.0.1:{port}/v1/metrics"
    headers = {"Content-Type": "application/x-protobuf"}
    async with aiohttp.ClientSession() as client:

        async def post(body: bytes) -> bool:
            async with places, client.post(url, data=body, headers=headers) as answer:
                return answer.status == 200

        return sum(await asyncio.gather(*map(post, bodies)))


async def measure_summary(stores: Servers, bus: Bus) -> dict[str, Figure]:
    """The 20 busiest of 1,000 endpoints over 24 hours, asked over the bus."""
    settings = Settings(service="latency_svc", database_url=stores.postgres.url)
    pool = await db.connect(settings)
    async with pool.acquire() as conn:
        await fill_a_day(conn)
    await pool.close()
    query = SummaryQuery(window_seconds=86_400, service="day")
    times = []
    for _ in range(SUMMARIES):
        started = time.perf_counter()
        await call(bus, GET_SUMMARY, query, Caller(actor="bench"), 10)
        times.append((time.perf_counter() - started) * 1000)
    return {"summary_p50": within(statistics.median(times), "ms", at_most=50), "summary_p95": within(p95(times), "ms")}


async def fill_a_day(conn: db.Connection) -> None:
    """Hours of a day, and the minutes of the last two, singly and by ten, for 1,000 endpoints."""
    keys = [EndpointKey("day", "GET", f"/day/{n}") for n in range(ENDPOINTS)]
    ids = [id_ for _, id_ in await save_endpoints(conn, keys)]
    now = datetime.now(UTC)
    hour = now.replace(minute=0, second=0, microsecond=0)
    await keep_partitions(conn, now, hour - timedelta(days=1))
    seconds = durations(600)
    counts = np.bincount(grid.indices(seconds), minlength=grid.COLUMNS)
    h = Histogram(count=600, error_count=3, sum_seconds=float(seconds.sum()), min_seconds=float(seconds.min()),
                  max_seconds=float(seconds.max()), scale=grid.SCALE, counts=counts)  # fmt: skip
    for back in range(1, 25):
        async with conn.transaction():
            await save_rows(conn, "1h", [Row(hour - timedelta(hours=back), id_, "rollup", h) for id_ in ids])
    for ten in range(-60, now.minute - 9, 10):
        async with conn.transaction():
            await save_rows(conn, "10m", [Row(hour + timedelta(minutes=ten), id_, "rollup", h) for id_ in ids])
    for minute in range(-60, now.minute):
        async with conn.transaction():
            await save_rows(conn, "1m", [Row(hour + timedelta(minutes=minute), id_, "bench", h) for id_ in ids])
    await conn.execute("ANALYZE")


def measure_reporter() -> dict[str, Figure]:
    """What one request pays for being reported, sealing of batches included."""

    async def take(id: str, subject: str, body: bytes) -> bool:
        return True

    reporter = Reporter("shop", take)
    routes = [f"/things/{n}" for n in range(100)]
    started = time.process_time()
    for n in range(REPORTED):
        reporter.record("GET", routes[n % 100], 200, 0.05)
    return {"reporter": within((time.process_time() - started) / REPORTED * 1e6, "us/request", at_most=1)}


def measure_peers(ours: float) -> dict[str, Figure]:
    note = "only records, in one process; ours reads, counts and stores"
    return {
        f"against_{name.split()[0].lower()}": against(ours, "samples/CPU s", name, peer(), at_least=1, note=note)
        for name, peer in PEERS.items()
    }


async def stored(stores: Servers, expected: int) -> int:
    """Returns when so many durations are in the store: how many there are."""
    deadline = time.monotonic() + MOST_SECONDS
    while (found := await counted(stores)) < expected:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{found} of {expected} are stored after {MOST_SECONDS} s")
        await asyncio.sleep(0.2)
    return found


async def counted(stores: Servers) -> int:
    connection = await asyncpg.connect(stores.postgres.url)
    try:
        return int(
            await connection.fetchval(
                "SELECT coalesce(sum(count), 0) FROM latency.histogram_1m WHERE writer <> 'bench'"
            )
        )
    finally:
        await connection.close()


def noted(figure: Figure, note: str) -> Figure:
    return Figure(value=figure.value, unit=figure.unit, goal=figure.goal, ok=figure.ok, note=note)


def tell(what: str) -> None:
    sys.stderr.write(f"  latency: {what}\n")

"""A thousand services every ten seconds: slots kept, what they cost health_svc, the board, and checks by hand."""

import asyncio
import sys
import time

import aiohttp
import msgspec
import psutil

from tests.bench.board_load import measure_board
from tests.bench.by_hand import measure_by_hand, measure_while_all_hang
from tests.bench.figures import Figure, p95, within
from tests.bench.fleet import INTERVAL_SECONDS, SERVICES
from tests.bench.health_target import Seen
from tests.bench.slots import late_ms, longest_gap, slots
from tests.bench.stage import TOKEN, Stage, cpu_seconds, staged

SECONDS = 30
WARM_UP_SECONDS = 60


def measure_health() -> dict[str, Figure]:
    """About two minutes."""
    tell("starting NATS, PostgreSQL, health_svc, the gateway and the target")
    with staged() as stage:
        return asyncio.run(measured(stage))


async def measured(stage: Stage) -> dict[str, Figure]:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with aiohttp.ClientSession(headers=headers, auto_decompress=False) as session:
        tell(f"warming up with {SERVICES} services")
        await warm_up(session, stage)
        tell(f"measuring for {SECONDS} s")
        load = await under_load(session, stage)
        tell("reading the board")
        board = await measure_board(session, stage.gateway.url)
        tell("checking by hand")
        by_hand = await measure_by_hand(session, stage)
        tell("checking by hand while all else hangs")
        stuck = await measure_while_all_hang(session, stage)
    return {**load, **board, **by_hand, **stuck}


async def warm_up(session: aiohttp.ClientSession, stage: Stage, checks: int = 3) -> None:
    """Returns when each service was checked so often."""
    deadline = time.monotonic() + WARM_UP_SECONDS
    while True:
        seen = await asked(session, stage)
        if sum(len(times) >= checks for path, times in seen.items() if path.startswith("/s/")) == SERVICES:
            return
        if time.monotonic() > deadline:
            raise TimeoutError(f"After {WARM_UP_SECONDS} s only {len(seen)} services were checked")
        await asyncio.sleep(1)


async def under_load(session: aiohttp.ClientSession, stage: Stage) -> dict[str, Figure]:
    pids = {"health_svc": stage.health.pid, "nats": stage.servers.nats.process.pid,
            "postgres": stage.servers.postgres.process.pid}  # fmt: skip
    since, before = time.time(), {name: cpu_seconds(pid) for name, pid in pids.items()}
    await asyncio.sleep(SECONDS)
    until, after = time.time(), {name: cpu_seconds(pid) for name, pid in pids.items()}
    cpu_pct = {name: (after[name] - before[name]) / (until - since) * 100 for name in pids}
    await asyncio.sleep(1)  # checks of the last second may be on their way
    seen = await asked(session, stage)
    times = {n: seen[f"/s/{n}"] for n in range(SERVICES)}
    kept = [slot for n in times for slot in slots(n, times[n], since, until)]
    return {
        "slots_kept": within(100 * sum(kept) / len(kept), "%", at_least=100),
        "longest_gap": within(max(longest_gap(t, since, until) for t in times.values()), "s",
                              at_most=2 * INTERVAL_SECONDS),
        "late_p95": within(p95([late_ms(n, at) for n in times for at in times[n] if since < at < until]), "ms"),
        "cpu": within(cpu_pct["health_svc"], "% of a core", at_most=40),
        "cpu_nats": within(cpu_pct["nats"], "% of a core"),
        "cpu_postgres": within(cpu_pct["postgres"], "% of a core"),
        "memory": within(psutil.Process(stage.health.pid).memory_info().rss / 1e6, "MB", at_most=250),
    }  # fmt: skip


async def asked(session: aiohttp.ClientSession, stage: Stage) -> Seen:
    async with session.get(f"{stage.target}/seen") as answer:
        return msgspec.json.decode(await answer.read(), type=Seen)


def tell(what: str) -> None:
    sys.stderr.write(f"  {time.strftime('%H:%M:%S')} health: {what} ...\n")

"""A thousand services every ten seconds: slots kept, what they cost health_svc, the board, and checks by hand."""

import asyncio
import math
import os
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp
import msgspec
import psutil

from shared.timers import Timer
from tests.bench import board_load
from tests.bench.figures import Figure, within
from tests.bench.health_target import Seen
from tests.bench.stage import Servers, cpu_seconds, servers, service, worker
from tests.fixtures.processes import ServiceProcess

SERVICES = 1_000
INTERVAL_SECONDS = 10
SECONDS = 30
WARM_UP_SECONDS = 90
HANGING_PORTS, HANGING_EACH = 6, 80
PLACES = 256
BY_HAND = 30
TOKEN = "belfry-bench-admin-token"


class Stage(msgspec.Struct, frozen=True):
    """What runs: the health_svc that is measured, the gateway before it, and the target it checks."""

    servers: Servers
    health: ServiceProcess
    gateway: ServiceProcess
    config: Path
    target: str
    hanging: list[str]


def measure_health() -> dict[str, Figure]:
    """About two minutes."""
    with staged() as stage:
        return asyncio.run(measured(stage))


@contextmanager
def staged() -> Iterator[Stage]:
    """health_svc has a core to itself where there are two; everything else runs where it can."""
    with TemporaryDirectory() as folder, ExitStack() as held:
        directory, enter = Path(folder), held.enter_context
        tell("starting NATS, PostgreSQL and the target")
        stores = enter(servers(directory))
        target, *hanging = enter(worker("tests.bench.health_target", "targets", str(HANGING_PORTS)))
        urls = [f"http://127.0.0.1:{port}" for port in (target, *hanging)]
        config = directory / "belfry.yaml"
        declare(config, [*fleet(urls[0]), one("slow", f"{urls[0]}/slow", INTERVAL_SECONDS)])
        env = {"NATS_URL": stores.nats.url, "DATABASE_URL": stores.postgres.url, "BELFRY_CONFIG": str(config)}
        core = max(os.sched_getaffinity(0)) if len(os.sched_getaffinity(0)) > 1 else None
        health = enter(service("health_svc", directory, env, core))
        gateway = enter(service("gateway", directory, {**env, "BELFRY_ADMIN_TOKEN": TOKEN}))
        yield Stage(stores, health, gateway, config, urls[0], urls[1:])


async def measured(stage: Stage) -> dict[str, Figure]:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with aiohttp.ClientSession(headers=headers, auto_decompress=False) as session:
        await warm_up(session, stage)
        load = await under_load(session, stage)
        tell("reading the board")
        board = await board_load.measure_board(session, stage.gateway.url)
        tell("checking by hand")
        by_hand = within(p95(await check_now(session, stage, "slow", BY_HAND)), "ms", at_most=1_000)
        tell(f"hanging {HANGING_PORTS * HANGING_EACH} services")
        stuck = await while_all_hang(session, stage)
    return {**load, **board, "check_now_p95": by_hand, **stuck}


# --- slots, CPU and memory


async def warm_up(session: aiohttp.ClientSession, stage: Stage) -> None:
    tell(f"warming up with {SERVICES} services")
    deadline = time.monotonic() + WARM_UP_SECONDS
    while True:
        seen = await asked(session, stage)
        if sum(len(times) >= 3 for path, times in seen.items() if path.startswith("/s/")) == SERVICES:
            return
        if time.monotonic() > deadline:
            raise TimeoutError(f"After {WARM_UP_SECONDS} s only {len(seen)} services were checked")
        await asyncio.sleep(1)


async def under_load(session: aiohttp.ClientSession, stage: Stage) -> dict[str, Figure]:
    tell(f"measuring for {SECONDS} s")
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


def slots(number: int, times: list[float], since: float, until: float) -> list[bool]:
    """Of each whole interval between the two moments, from one due second to the next: was there a check in it?"""
    phase = phase_seconds(number)
    first, last = math.ceil((since - phase) / INTERVAL_SECONDS), int((until - phase) // INTERVAL_SECONDS)
    taken = {int((at - phase) // INTERVAL_SECONDS) for at in times}
    return [slot in taken for slot in range(first, last)]


def longest_gap(times: list[float], since: float, until: float) -> float:
    moments = [since, *(at for at in times if since < at < until), until]
    return max(after - before for before, after in pairwise(moments))


def late_ms(number: int, at: float) -> float:
    return (at - phase_seconds(number)) % INTERVAL_SECONDS * 1000


def phase_seconds(number: int) -> int:
    """The second of its interval at which the service is due."""
    return int(Timer("health", f"s-{number}", INTERVAL_SECONDS).headers["Nats-Schedule"].partition("-")[0])


# --- checks by hand


async def check_now(session: aiohttp.ClientSession, stage: Stage, service_id: str, times: int) -> list[float]:
    """Milliseconds of each."""
    took: list[float] = []
    for _ in range(times):
        started = time.perf_counter()
        async with session.post(f"{stage.gateway.url}/api/v1/admin/health/services/{service_id}/check") as answer:
            await answer.read()
            answer.raise_for_status()
        took.append((time.perf_counter() - started) * 1000)
    return took


async def while_all_hang(session: aiohttp.ClientSession, stage: Stage) -> dict[str, Figure]:
    """Every place for scheduled runs is taken by a target that never answers."""
    hanging = [
        one(f"h-{n}", stage.hanging[n % HANGING_PORTS], INTERVAL_SECONDS) for n in range(HANGING_PORTS * HANGING_EACH)
    ]
    declare(stage.config, [*fleet(stage.target), one("slow", f"{stage.target}/slow", INTERVAL_SECONDS), *hanging])
    await until_stuck(session, stage)
    answered = await check_now(session, stage, "slow", 10)
    hung = await check_now(session, stage, "h-0", 2)
    return {
        "stuck_check_now_p95": within(p95(answered), "ms", at_most=1_000),
        "stuck_hard_answer": within(max(hung), "ms", at_most=5_000),
    }


async def until_stuck(session: aiohttp.ClientSession, stage: Stage) -> None:
    for _ in range(WARM_UP_SECONDS):
        async with session.get(f"{stage.health.url}/metrics") as answer:
            lines = (await answer.text()).splitlines()
        running = next(float(line.split()[1]) for line in lines if line.startswith("belfry_health_runs_in_flight "))
        if running >= PLACES:
            return
        await asyncio.sleep(0.5)
    raise TimeoutError(f"Only {running:g} of {PLACES} places are taken")


# --- the fleet


def fleet(target: str) -> list[dict[str, object]]:
    """Services in groups of fifty; each depends on the first of its group."""
    return [
        {
            **one(f"s-{n}", f"{target}/s/{n}", INTERVAL_SECONDS),
            "name": f"Service {n}",
            "group": f"Group {n // 50}",
            "tags": ["bench", f"team-{n % 7}"],
            "dependencies": [{"id": f"s-{n // 50 * 50}"}] if n % 50 else [],
        }
        for n in range(SERVICES)
    ]


def one(service_id: str, url: str, interval_seconds: float) -> dict[str, object]:
    check = {"kind": "http", "url": url, "assertions": [{"path": "$.status", "operator": "==", "value": "ok"}]}
    return {"id": service_id, "interval_seconds": interval_seconds, "timeout_seconds": 8, "checks": [check]}


def declare(config: Path, declared: list[dict[str, object]]) -> None:
    """JSON is YAML; put in place whole, because health_svc follows the file."""
    new = config.with_suffix(".new")
    new.write_bytes(msgspec.json.encode({"services": declared}))
    new.replace(config)


async def asked(session: aiohttp.ClientSession, stage: Stage) -> Seen:
    async with session.get(f"{stage.target}/seen") as answer:
        return msgspec.json.decode(await answer.read(), type=Seen)


def p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def tell(what: str) -> None:
    sys.stderr.write(f"  {time.strftime('%H:%M:%S')} health: {what} ...\n")

"""The live channel's fan-out: one server on one core, thousands of clients on the other, every delivery counted."""

import asyncio
import os
import time
from collections import defaultdict
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, ExitStack
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from msgspec import Struct
from msgspec.structs import replace

from tests.bench.fanout_servers import Crowd, Subject, belfry, crowd, event, has_nchan, nchan, python_peer
from tests.bench.figures import Figure, against, within
from tests.bench.health_load import tell
from tests.bench.stage import Servers, servers

ROUNDS = 7  # two that are this close are told apart by no fewer
SECONDS = 6.0
PATIENCE_SECONDS = 60.0
SETTLE_SECONDS = 1.0
TOGETHER_SECONDS = 0.05
SAMPLED = 50  # connections whose messages are looked at one by one: all of them would cost more than the server
STUCK = 50
CHURN_SECONDS = 20.0
SOAK_SECONDS = float(os.environ.get("SOAK_SECONDS", "180"))


class Size(Struct, frozen=True):
    """How many clients, and events a second: so few that each is a write of its own for every server; as many as a
    busy board has; and so many that many share a tick."""

    clients: int
    lone_rate: int
    rate: int
    busy_rate: int


SIZES = (Size(1_000, 20, 50, 500), Size(5_000, 4, 10, 200))


class Told(Struct, frozen=True):
    """`per_cpu_second` are deliveries; delays in milliseconds from saying an event to reading it."""

    per_cpu_second: float
    p50: float
    p99: float


class Measured(Struct, frozen=True):
    idle_kb: float
    lone: Told
    usual: Told
    busy: Told | None = None


def measure_fanout() -> dict[str, Figure]:
    """About fifteen minutes; SOAK_SECONDS makes the idle part longer."""
    cores = sorted(os.sched_getaffinity(0))
    server_core, client_core = (cores[-1], cores[0]) if len(cores) > 1 else (None, None)
    if client_core is not None:
        os.sched_setaffinity(0, {client_core})  # NATS, PostgreSQL and the clients come after us
    try:
        with TemporaryDirectory() as folder, ExitStack() as held:
            stores = held.enter_context(servers(Path(folder)))
            clients = held.enter_context(crowd(client_core))
            return asyncio.run(measured(Path(folder), stores, clients, server_core))
    finally:
        os.sched_setaffinity(0, set(cores))


async def measured(folder: Path, stores: Servers, clients: Crowd, core: int | None) -> dict[str, Figure]:
    found: dict[str, Figure] = {}
    for size in SIZES:
        async with AsyncExitStack() as running:
            starting = subjects(folder / str(size.clients), stores, core)
            started = {name: await running.enter_async_context(each) for name, each in starting.items()}
            found |= compared(size, await all_subjects(started, clients, size))
    async with belfry(stores, made(folder / "hardships"), core) as subject:
        return found | await hardships(subject, clients)


def subjects(folder: Path, stores: Servers, core: int | None) -> Mapping[str, AbstractAsyncContextManager[Subject]]:
    found = {
        "belfry": belfry(stores, made(folder), core),
        "websockets": python_peer("websockets", core),
        "aiohttp": python_peer("aiohttp", core),
    }
    return found | ({"nchan": nchan(folder, core)} if has_nchan() else {})


def made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


async def all_subjects(started: Mapping[str, Subject], clients: Crowd, size: Size) -> dict[str, Measured]:
    """In turn, ROUNDS times: a machine has moods, and the median of one server stands beside that of another."""
    results, rates = {}, defaultdict[str, list[float]](list)
    for number in range(ROUNDS):
        for name, subject in started.items():
            tell(f"{name}, {size.clients} clients, round {number + 1}")
            if number == 0:
                results[name] = await one_subject(subject, clients, size, busy=name == "belfry")
                rates[name].append(results[name].lone.per_cpu_second)
            else:
                await connected(subject, clients, size)
                rates[name].append((await told(subject, clients, size.clients, size.lone_rate, 1)).per_cpu_second)
            await clients("leave")
    return {
        name: replace(each, lone=replace(each.lone, per_cpu_second=median(rates[name])))
        for name, each in results.items()
    }


async def connected(subject: Subject, clients: Crowd, size: Size) -> None:
    await clients("connect", url=subject.url, count=size.clients, headers=subject.headers, subscribe=subject.subscribe)
    await asyncio.sleep(SETTLE_SECONDS)


async def one_subject(subject: Subject, clients: Crowd, size: Size, busy: bool) -> Measured:
    before_kb = subject.memory_kb()
    await connected(subject, clients, size)
    idle_kb = (subject.memory_kb() - before_kb) / size.clients
    lone = await told(subject, clients, size.clients, size.lone_rate, together=1)
    usual = await told(subject, clients, size.clients, size.rate, together=1)
    many = (
        await told(subject, clients, size.clients, size.busy_rate, round(size.busy_rate * TOGETHER_SECONDS))
        if busy
        else None
    )
    return Measured(idle_kb, lone, usual, many)


async def told(subject: Subject, clients: Crowd, count: int, rate: int, together: int) -> Told:
    """Events for SECONDS, so many together at even times; ends when every client has every one, in order."""
    await clients("reset", timed=SAMPLED)
    events = int(rate * SECONDS) // together * together
    spent, started = subject.cpu_seconds(), time.monotonic()
    for first in range(0, events, together):
        await asyncio.sleep(started + first / rate - time.monotonic())
        await subject.say([event(number) for number in range(first, first + together)])
    report = await all_told(clients, count * events)
    spent = subject.cpu_seconds() - spent
    assert report["least"] == report["most"] == events, report
    assert report["disorder"] == report["closed"] == 0, report
    return Told(count * events / spent, report["p50"], report["p99"])


async def all_told(clients: Crowd, messages: int) -> dict[str, float]:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (report := await clients("report"))["messages"] < messages:
        assert time.monotonic() < deadline, report
        await asyncio.sleep(0.05)
    return report


def compared(size: Size, results: dict[str, Measured]) -> dict[str, Figure]:
    """Belfry's figures beside the best peer's."""
    ours, at = results["belfry"], f"{size.clients}_clients"
    peers = {name: each for name, each in results.items() if name != "belfry"}
    fastest = max(peers, key=lambda name: peers[name].lone.per_cpu_second)
    calmest = min(peers, key=lambda name: peers[name].usual.p99)
    smallest = min(peers, key=lambda name: peers[name].idle_kb)
    assert ours.busy is not None
    figures = {
        f"one_at_a_time_{at}": against(
            ours.lone.per_cpu_second, "/CPU-s", fastest, peers[fastest].lone.per_cpu_second,
            at_least=1, note=all_of(peers),
        ),
        f"together_{at}": within(ours.busy.per_cpu_second, "/CPU-s", at_least=500_000),
        f"together_p99_{at}": within(ours.busy.p99, "ms"),
        f"p50_{at}": within(ours.usual.p50, "ms"),
        f"p99_{at}": within(ours.usual.p99, "ms", at_most=100),
        f"p99_beside_peer_{at}": Figure(
            value=ours.usual.p99, unit="ms", peer=calmest, peer_value=peers[calmest].usual.p99,
            ratio=ours.usual.p99 / peers[calmest].usual.p99, note="ours goes through JetStream",
        ),
        f"idle_kb_{at}": within(ours.idle_kb, "KB", at_most=20),
        f"idle_kb_beside_peer_{at}": against(ours.idle_kb, "KB", smallest, peers[smallest].idle_kb, at_most=1),
    }  # fmt: skip
    return figures


def all_of(peers: dict[str, Measured]) -> str:
    return ", ".join(f"{name} {each.lone.per_cpu_second:,.0f}" for name, each in peers.items())


async def hardships(subject: Subject, clients: Crowd) -> dict[str, Figure]:
    """Clients that stop reading, that come and go, and that only stay."""
    size = SIZES[0]
    connect = {"url": subject.url, "headers": subject.headers}
    tell(f"{STUCK} of {size.clients} clients stop reading")
    await clients("connect", count=size.clients, subscribe=True, **connect)
    calm = await told(subject, clients, size.clients, size.rate, together=1)
    before_kb = subject.memory_kb()
    await clients("deafen", count=STUCK)
    beside = await told(subject, clients, size.clients - STUCK, size.rate, together=1)
    grown_kb = (subject.memory_kb() - before_kb) / STUCK
    await clients("leave")

    tell(f"{size.clients} clients come and go for {CHURN_SECONDS:g} s")
    await clients("churn", count=size.clients, seconds=CHURN_SECONDS, **connect)
    warm_kb = subject.memory_kb()
    churned = await clients("churn", count=size.clients, seconds=CHURN_SECONDS, **connect)
    await asyncio.sleep(SETTLE_SECONDS)
    churn_kb = subject.memory_kb() - warm_kb

    tell(f"{SIZES[1].clients} clients stay for {SOAK_SECONDS:g} s")
    await clients("connect", count=SIZES[1].clients, subscribe=True, **connect)
    await asyncio.sleep(SETTLE_SECONDS)
    idle_kb, spent = subject.memory_kb(), subject.cpu_seconds()
    await asyncio.sleep(SOAK_SECONDS)
    soaked_kb, spent = subject.memory_kb() - idle_kb, subject.cpu_seconds() - spent
    stayed = await clients("report")
    await clients("leave")
    return {
        "p99_beside_stuck": against(beside.p99, "ms", "without them", calm.p99, at_most=1.5),
        "memory_of_a_stuck_client": within(grown_kb, "KB", at_most=1_100),
        "memory_after_churn": within(churn_kb / 1024, "MB", at_most=5),
        "connections_made_in_churn": within(churned["made"], ""),
        "memory_after_soak": within(soaked_kb / 1024, "MB", at_most=2),
        "cpu_while_idle": within(100 * spent / SOAK_SECONDS, "% of a core", at_most=10),
        "connections_lost_in_soak": within(stayed["closed"], "", at_most=0),
    }

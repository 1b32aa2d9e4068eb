"""NATS by itself: what an acknowledged event costs on one server and on three, and how long three take nothing when the
one that leads is killed."""

import asyncio
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from deploy.local.program import Running
from shared.bus import Bus
from shared.contracts.wire import EVENTS_STREAM, MEASURES_STREAM
from shared.jetstream import WINDOW, OutboxMessage
from shared.problems import ProblemError
from shared.timers import TIMERS_STREAM
from tests.bench.figures import Figure
from tests.bench.scale_stage import tell
from tests.bench.stage import cpu_seconds
from tests.fixtures.live import changed, message_of
from tests.fixtures.nats_cluster import NODES, Cluster, is_whole, lead, running_cluster
from tests.fixtures.waiting import until

WINDOWS = 24
KILLS = 3
ASK_SECONDS = 0.2
STREAMS = (EVENTS_STREAM, MEASURES_STREAM, TIMERS_STREAM)


def measure_cluster() -> dict[str, Figure]:
    """About a minute."""
    with TemporaryDirectory() as folder, running_cluster(Path(folder)) as cluster:
        return asyncio.run(measured(cluster))


async def measured(cluster: Cluster) -> dict[str, Figure]:
    bus = await Bus.connect(cluster.settings())
    figures = await acknowledged(bus, "three_servers", list(cluster.nodes.values()))
    took = [await stall(bus, cluster, NODES[number % len(NODES)]) for number in range(KILLS)]
    await bus.close()
    worst = Figure(value=max(took), unit="s", note=f"of {KILLS}; raft waits 4 to 9 s before it elects")
    return {**figures, "stall": Figure(value=median(took), unit="s"), "stall_worst": worst}


async def acknowledged(bus: Bus, name: str, servers: Sequence[Running]) -> dict[str, Figure]:
    """Events stored in windows, as the outbox does it."""
    windows = [[message_of(changed(f"s-{n}")) for n in range(WINDOW)] for _ in range(WINDOWS)]
    await bus.publish_acked(windows.pop())
    spent, started = cpu_of(servers), time.monotonic()
    stored = sum([len(await bus.publish_acked(window)) for window in windows])
    seconds, spent = time.monotonic() - started, cpu_of(servers) - spent
    note = f"{spent / stored * 1e6:.3g} us of NATS's CPU each"
    tell(f"{name}: {stored / seconds:,.0f} acknowledged events/s; {note}")
    return {f"acknowledged_by_{name}": Figure(value=stored / seconds, unit="/s", note=note)}


def cpu_of(servers: Sequence[Running]) -> float:
    return sum(cpu_seconds(server.process.pid) for server in servers)


async def stall(bus: Bus, cluster: Cluster, node: str) -> float:
    """From the death of the server that leads to the next event that is acknowledged."""
    await lead(bus, node, STREAMS)
    await asyncio.to_thread(cluster.nodes[node].kill)
    killed = time.monotonic()
    await until(lambda: takes(bus, message_of(changed("stalled"))), bool)
    seconds = time.monotonic() - killed
    tell(f"{seconds:.1f} s without {node}")
    await asyncio.to_thread(cluster.nodes[node].restart, 60)
    for stream in STREAMS:
        await until(partial(is_whole, bus, stream), bool)
    return seconds


async def takes(bus: Bus, message: OutboxMessage) -> bool:
    try:
        answer = await bus.ask(message.subject, message.body, message.headers, ASK_SECONDS)
    except ProblemError:
        return False
    return b'"error"' not in answer.data

"""NATS by itself: what an acknowledged event costs on one server and on three, and how long three take nothing when the
one that leads is killed, or leaves."""

import asyncio
import signal
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
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
KILLS = 2
WATCHED_SECONDS = 10.0
ASK_SECONDS, AGAIN_SECONDS = 0.2, 0.02
LEAVE = signal.SIGUSR2  # into lame duck mode, as before a planned stop
STREAMS = (EVENTS_STREAM, MEASURES_STREAM, TIMERS_STREAM)


def measure_cluster() -> dict[str, Figure]:
    """About a minute."""
    with TemporaryDirectory() as folder, running_cluster(Path(folder)) as cluster:
        return asyncio.run(measured(cluster))


async def measured(cluster: Cluster) -> dict[str, Figure]:
    bus = await Bus.connect(cluster.settings())
    figures = await acknowledged(bus, "three_servers", list(cluster.nodes.values()))
    killed = [await stall(bus, cluster, node, signal.SIGKILL) for node in NODES[:KILLS]]
    left = await stall(bus, cluster, NODES[-1], LEAVE)
    await bus.close()
    note = ", ".join(f"{seconds:.1f} s" for seconds in killed)
    return {
        **figures,
        "stall_when_killed": Figure(value=max(killed), unit="s", note=note),
        "stall_when_it_leaves": Figure(value=left, unit="s"),
    }


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


async def stall(bus: Bus, cluster: Cluster, node: str, how: int) -> float:
    """The longest time between two events that are acknowledged, around the end of the server that leads."""
    await lead(bus, node, STREAMS)
    watching = asyncio.create_task(longest_gap(bus))
    cluster.nodes[node].signal(how)
    seconds = await watching
    tell(f"{seconds:.1f} s without {node}")
    await asyncio.to_thread(cluster.nodes[node].restart, 60)
    for stream in STREAMS:
        await until(partial(is_whole, bus, stream), bool)
    return seconds


async def longest_gap(bus: Bus) -> float:
    """Ends with an event, after WATCHED_SECONDS."""
    started = last = time.monotonic()
    longest = 0.0
    while last - started < WATCHED_SECONDS:
        if await takes(bus, message_of(changed("told"))):
            longest, last = max(longest, time.monotonic() - last), time.monotonic()
        else:
            await asyncio.sleep(AGAIN_SECONDS)
    return longest


async def takes(bus: Bus, message: OutboxMessage) -> bool:
    try:
        answer = await bus.ask(message.subject, message.body, message.headers, ASK_SECONDS)
    except ProblemError:
        return False
    return b'"error"' not in answer.data

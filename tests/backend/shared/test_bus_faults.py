"""What nats-py does wrong when NATS stops, dies or refuses us, and that the bus does not. Numbers are the faults'."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from deploy.local.nats import start_nats
from deploy.local.program import Running
from deploy.nats import create_seeds
from shared.bus import Bus, BusOptions, Message
from shared.envelope import Envelope
from shared.link import backoff_seconds
from shared.problems import ProblemError
from shared.settings import Settings
from tests.backend.shared.conftest import STEADY, Connect, until

KB = 1024


def suspend(broker: Running) -> None:
    broker.signal(signal.SIGSTOP)
    while psutil.Process(broker.process.pid).status() != psutil.STATUS_STOPPED:
        time.sleep(0.001)


def resume(broker: Running) -> None:
    broker.signal(signal.SIGCONT)


async def fill(bus: Bus) -> None:
    """Publish until NATS takes no more."""
    with contextlib.suppress(ProblemError):
        for _ in range(10_000):
            await bus.send("filling", b"x" * 64 * KB)
            await asyncio.sleep(0)
        raise AssertionError("NATS takes everything")


async def test_publish_never_waits_for_a_broker_that_stopped_reading(broker: Running, connect: Connect) -> None:
    """Fault 1: nats-py's publish() blocks for ever and swallows cancellation. Ours returns, bounded in memory."""
    bus = await connect(options=BusOptions(ping_seconds=60, queue_limit=500, close_seconds=0.5))
    suspend(broker)
    async with asyncio.timeout(50):
        await fill(bus)
        for _ in range(2_000):
            bus.publish_raw(Envelope("event", {}, b"x" * KB))
            await asyncio.sleep(0)
    assert bus.state().queued == 500
    assert bus.state().dropped_total == 1_500
    resume(broker)
    await until(lambda: bus.state().queued == 0)
    assert bus.state().published_total == 500


async def test_request_ends_at_its_deadline_while_the_broker_hangs(broker: Running, connect: Connect) -> None:
    """Fault 2: nats-py's request(timeout=1) did not return in 8 s."""
    bus = await connect(options=BusOptions(ping_seconds=60, close_seconds=0.5))
    suspend(broker)
    async with asyncio.timeout(50):
        with pytest.raises(ProblemError, match="No answer within"):
            await bus.request("belfry.rpc.health.list_services", b"{}", {}, 0.3)
        await fill(bus)
        with pytest.raises(ProblemError, match="does not take"):
            await bus.request("belfry.rpc.health.list_services", b"{}", {}, 60)


async def test_request_during_an_outage_is_not_executed_later(broker: Running, connect: Connect) -> None:
    """Fault 3: nats-py keeps what is sent during an outage, and sends it after."""
    server, client = await connect(), await connect("gateway")
    done: list[bytes] = []

    async def execute(message: Message) -> None:
        done.append(message.data)
        await server.send(message.reply, b"done")

    await server.subscribe("danger", execute)
    broker.kill()
    await until(lambda: not client.state().up and not server.state().up)
    with pytest.raises(ProblemError) as raised:
        await client.request("danger", b"during", {}, 30)
    assert raised.value.problem.status == 503
    await asyncio.to_thread(broker.restart)
    await until(lambda: server.state().up and client.state().up)
    await server.rtt(30)
    assert (await client.request("danger", b"after", {}, 30)).data == b"done"
    assert done == [b"after"]


async def test_failed_requests_leave_nothing_behind(broker: Running, connect: Connect) -> None:
    """Fault 4: in nats-py 100 failed requests are 100 entries that nobody frees."""
    bus = await connect()
    silent = await bus.subscribe("silent", _ignore)
    for subject in ("nobody", "silent"):
        answers = await asyncio.gather(
            *(bus.request(subject, b"", {}, 0.1) for _ in range(100)), return_exceptions=True
        )
        assert all(isinstance(answer, ProblemError) for answer in answers)
        assert bus.state().waiting_requests == 0
    waiting = asyncio.gather(*(bus.request("silent", b"", {}, 30) for _ in range(100)), return_exceptions=True)
    await until(lambda: bus.state().waiting_requests == 100)
    broker.kill()
    assert all(isinstance(answer, ProblemError) for answer in await waiting)
    assert bus.state().waiting_requests == 0
    assert silent.subject == "silent"


async def test_a_changed_credential_is_taken_up(tmp_path: Path) -> None:
    """Fault 5: a refused credential closes nats-py's client for ever. Ours reads the new one and comes back."""
    old_key, new_key = (create_seeds(tmp_path / when)["health_svc"] for when in ("old", "new"))
    seed_file = tmp_path / "old" / "health_svc.seed"
    with start_nats(tmp_path / "nats", _config(old_key)) as broker:
        settings = Settings(service="health_svc", nats_url=broker.url, nats_seed_file=str(seed_file))
        bus = await Bus.connect(settings, STEADY)
        heard: list[bytes] = []
        await bus.subscribe("news", _into(heard))
        (tmp_path / "nats" / "nats-server.conf").write_text(_config(new_key))
        broker.signal(signal.SIGHUP)
        await until(lambda: bus.state().state == "down" and "Authorization" in bus.state().last_error)
        os.replace(tmp_path / "new" / "health_svc.seed", seed_file)
        await until(lambda: bus.state().up)
        await bus.send("news", b"back")
        await until(lambda: heard == [b"back"])
        assert bus.state().reconnects_total == 1
        await bus.close()


async def test_half_open_connection_is_found_and_replaced(broker: Running, connect: Connect) -> None:
    """Fault 6: nats-py says connected for four minutes. Ours fails fast at once, and is down after two pings."""
    bus = await connect(options=BusOptions(ping_seconds=2, stall_seconds=0.5, connect_seconds=10, close_seconds=1))
    suspend(broker)
    await until(lambda: bus.state().state == "stalled")
    with pytest.raises(ProblemError, match="stalled"):
        await bus.request("anything", b"", {}, 30)
    await until(lambda: bus.state().state == "down")
    resume(broker)
    await until(lambda: bus.state().up)
    assert bus.state().reconnects_total == 1
    assert await bus.rtt(30) > 0


async def test_reconnects_for_ever(broker: Running, connect: Connect) -> None:
    """Fault 7: nats-py gives up after 60 attempts."""
    bus = await connect(options=BusOptions(longest_backoff_seconds=0.005, ping_seconds=1, close_seconds=0.5))
    broker.kill()
    await until(lambda: bus.state().errors_total > 130)
    await asyncio.to_thread(broker.restart)
    await until(lambda: bus.state().up)
    assert bus.state().reconnects_total == 1


def test_backoff_grows_to_its_limit_and_is_spread() -> None:
    """Fault 7: nats-py waits 2 s each time, a whole fleet at once."""
    for attempt in range(100):
        waits = [backoff_seconds(attempt, 5) for _ in range(50)]
        longest = min(5, 0.1 * 2**attempt)
        assert all(longest / 2 <= wait <= longest for wait in waits)
        assert len(set(waits)) > 10


@pytest.mark.parametrize("outage", [Running.kill, suspend, lambda _: None])
async def test_close_is_safe_and_quick_in_every_state(broker: Running, outage: Callable[[Running], Any]) -> None:
    """Fault 15: nats-py's drain() raises while reconnecting."""
    options = BusOptions(ping_seconds=60, close_seconds=1)
    bus = await Bus.connect(Settings(service="health_svc", nats_url=broker.url), options)
    await bus.subscribe("something", _ignore)
    outage(broker)
    bus.publish_raw(Envelope("last", {}, b"words"))
    started = time.monotonic()
    await bus.close()
    assert time.monotonic() - started < 30
    assert bus.state().state == "closed"
    resume(broker)


async def test_close_sends_what_is_queued_and_lets_handlers_end(connect: Connect, broker: Running) -> None:
    listener = await connect("gateway")
    bus = await Bus.connect(Settings(service="ws_svc", nats_url=broker.url), STEADY)
    heard: list[bytes] = []
    begun, ended = asyncio.Event(), asyncio.Event()

    async def work(message: Message) -> None:
        begun.set()
        await asyncio.sleep(0.2)
        ended.set()

    await listener.subscribe("last", _into(heard))
    await bus.subscribe("work", work)
    await asyncio.gather(bus.rtt(30), listener.rtt(30))
    await listener.send("work", b"")
    await asyncio.wait_for(begun.wait(), 60)
    for number in range(1_000):
        bus.publish_raw(Envelope("last", {}, str(number).encode()))
    await bus.close()
    assert ended.is_set()
    await until(lambda: len(heard) == 1_000)


async def test_a_read_loop_that_died_quietly_is_noticed(connect: Connect) -> None:
    """Fault 16: an unexpected exception ends nats-py's read loop, and nobody is told."""
    bus = await connect(options=BusOptions(ping_seconds=2, stall_seconds=2, connect_seconds=10, close_seconds=1))
    heard: list[bytes] = []
    await bus.subscribe("news", _into(heard))
    reading = bus._link.client()._reading_task
    assert reading is not None
    reading.cancel()
    await until(lambda: bus.state().reconnects_total == 1)
    await until(lambda: bus.state().up)
    await bus.send("news", b"again")
    await until(lambda: heard == [b"again"])


async def test_a_late_pong_does_not_kill_the_read_loop(broker: Running, connect: Connect) -> None:
    """Fault 16: in nats-py a PONG after the timeout of its ping does."""
    bus = await connect(options=BusOptions(ping_seconds=30, close_seconds=0.5))
    suspend(broker)
    with pytest.raises(ProblemError, match="did not answer a ping"):
        await bus.rtt(deadline_seconds=0.2)
    resume(broker)
    assert await bus.rtt(deadline_seconds=30) > 0
    assert bus.state().reconnects_total == 0


async def test_starts_without_nats_and_finds_it_later(tmp_path: Path, broker: Running, connect: Connect) -> None:
    broker.kill()
    bus = await connect(options=BusOptions(start_seconds=0.2, longest_backoff_seconds=0.1, close_seconds=0.5))
    heard: list[bytes] = []
    await bus.subscribe("news", _into(heard))
    bus.publish_raw(Envelope("news", {}, b"kept"))
    assert bus.state().state == "connecting"
    await asyncio.to_thread(broker.restart)
    await until(lambda: heard == [b"kept"])


async def test_no_task_is_left_by_outages(broker: Running, connect: Connect) -> None:
    bus = await connect()
    await bus.subscribe("news", _ignore)
    await bus.rtt(30)
    before = len(asyncio.all_tasks())
    for number in range(1, 4):
        broker.kill()
        await until(lambda: not bus.state().up)
        await asyncio.to_thread(broker.restart)
        await until(lambda n=number: bus.state().up and bus.state().reconnects_total == n)  # type: ignore[misc]
    await until(lambda: len(asyncio.all_tasks()) <= before)
    assert bus.state().reconnects_total == 3


async def _ignore(message: Message) -> None:
    return None


def _into(heard: list[bytes]) -> Callable[[Message], Any]:
    async def hear(message: Message) -> None:
        heard.append(message.data)

    return hear


def _config(public_key: str) -> str:
    return f"authorization: {{ users: [ {{ nkey: {public_key} }} ] }}\n"

"""What nats-py does wrong with buckets, and that the bus does not. Numbers are the faults."""

import asyncio

import pytest

from deploy.local.program import Running
from deploy.nats.streams import Bucket
from shared.bus import Bus
from shared.jetstream import api
from shared.keyvalue import ConflictError
from tests.backend.shared.conftest import Connect, until
from tests.fixtures.waiting import until as until_answer


async def small_bucket(bus: Bus, ttl_seconds: float) -> None:
    stream = Bucket(name="small", ttl_seconds=ttl_seconds).stream()
    await api(bus, f"STREAM.CREATE.{stream.name}", stream.config(replicas=1))


async def test_watch_sees_what_changed_during_an_outage(streams: Running, connect: Connect) -> None:
    """Fault 8: nats-py's KV watch is back 17 s after a restart. Ours reads again on the new connection."""
    watcher, writer = await connect(), await connect("gateway")
    seen: dict[str, bytes] = {}
    bucket = watcher.kv("presence")

    async def changed(key: str) -> None:
        entry = await bucket.get(key)
        seen[key] = entry.value if entry else b""

    async def resync() -> None:
        for key in await bucket.keys():
            await changed(key)

    await bucket.watch(changed, resync)
    await writer.kv("presence").put("health.a", b"1")
    await until(lambda: seen == {"health.a": b"1"})
    streams.kill()
    await until(lambda: not watcher.state().up)
    await asyncio.to_thread(streams.restart)
    await writer.wait_up()
    await writer.kv("presence").put("health.a", b"2")
    await until(lambda: seen == {"health.a": b"2"})
    assert watcher.state().reconnects_total == 1


@pytest.mark.parametrize("count", [0, 1, 300])
async def test_keys_are_all_there(streams: Running, connect: Connect, count: int) -> None:
    """Fault 9: nats-py's keys() may return a part."""
    bus = await connect()
    await small_bucket(bus, 60)
    bucket = bus.kv("small")
    await asyncio.gather(*(bucket.put(f"key.{number}", b"x") for number in range(count)))
    assert await bucket.keys() == sorted(f"key.{number}" for number in range(count))


async def test_a_lease_lives_by_its_renewals_and_is_free_when_it_expired(streams: Running, connect: Connect) -> None:
    """Fault 10: in nats-py a renewal may drop the time to live, and an expired key still seems to be there."""
    bus = await connect()
    await small_bucket(bus, ttl_seconds=4)
    bucket = bus.kv("small")
    revision = await bucket.create("lease", b"me")
    for _ in range(10):
        await asyncio.sleep(0.5)
        revision = await bucket.update("lease", b"me", revision)
    entry = await bucket.get("lease")
    assert entry is not None
    assert entry.revision == revision

    with pytest.raises(ConflictError):
        await bucket.create("lease", b"another")
    await until_answer(lambda: bucket.get("lease"), lambda entry: entry is None)
    await bucket.create("lease", b"another")


async def test_a_deleted_key_is_gone_and_can_be_made_again(streams: Running, connect: Connect) -> None:
    """Fault 10: what marks a removal is no entry."""
    bucket = (await connect()).kv("leases")
    revision = await bucket.create("health.x", b"1")
    with pytest.raises(ConflictError):
        await bucket.delete("health.x", revision + 7)
    await bucket.delete("health.x", revision)
    assert await bucket.get("health.x") is None
    assert await bucket.create("health.x", b"2") > revision


async def test_two_writers_of_a_key_conflict(streams: Running, connect: Connect) -> None:
    """Fault 17: which error code tells a conflict depends on the server's version."""
    bucket = (await connect()).kv("leases")
    revision = await bucket.create("health.x", b"1")
    with pytest.raises(ConflictError):
        await bucket.create("health.x", b"2")
    await bucket.update("health.x", b"2", revision)
    with pytest.raises(ConflictError):
        await bucket.update("health.x", b"3", revision)

"""Each process on our own nats-server, as its own user: what it needs works, everything else is refused."""

import asyncio
import subprocess
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from deploy.local.nats import BINARY
from deploy.nats import create_seeds, render_config
from deploy.nats.permissions import OBSERVER
from deploy.nats.streams import SAMPLES_STREAM
from shared.bus import Bus, Message
from shared.contracts.health.events import ServiceDeclared
from shared.contracts.wire import EVENTS_STREAM, MEASURES_STREAM, Nothing, Rpc
from shared.envelope import Envelope, seal
from shared.jetstream import Delivery, OutboxMessage
from shared.rpc import Caller, call, serve
from shared.settings import Settings
from shared.timers import TIMERS_STREAM, Timer
from tests.backend.deploy.guarded import SERVICES, As, domain_of, hearing, refused
from tests.backend.shared.conftest import until


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_publishes_its_own_events_and_no_others(connect_as: As, service: str) -> None:
    observer, bus = await connect_as(OBSERVER), await connect_as(service)
    heard = await hearing(observer, "belfry.v1.>")
    own, foreign = f"belfry.v1.{domain_of(service)}.tried.x", f"belfry.v1.{_other_domain(service)}.tried.x"
    await refused(bus, foreign)
    bus.publish_raw(Envelope(own, {}, b"{}"))
    await until(lambda: own in heard)
    assert foreign not in heard


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_serves_its_procedures_to_the_gateway(connect_as: As, service: str) -> None:
    """And is found by its name on the bus."""
    bus, gateway = await connect_as(service), await connect_as("gateway")
    rpc = Rpc(f"belfry.rpc.{domain_of(service)}.get_readiness", Nothing, Nothing)

    async def answer(request: Any, caller: Caller) -> Nothing:
        return Nothing()

    micro = await serve(bus, Settings(service=service), [(rpc, answer)], {})
    await bus.rtt(30)
    assert (await call(gateway, rpc, Nothing(), Caller(actor="me"), 30)).data == b"{}"
    for verb in ("PING", "INFO", "STATS"):
        for subject in (f"$SRV.{verb}", f"$SRV.{verb}.{service}", f"$SRV.{verb}.{service}.{micro.id}"):
            assert micro.id.encode() in (await gateway.request(subject, b"", {}, 30)).data
    await micro.stop()
    assert bus.state().errors_total == gateway.state().errors_total == 0


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_writes_its_own_keys_and_reads_all(connect_as: As, service: str) -> None:
    bus = await connect_as(service)
    bucket = bus.kv("leases")
    key = f"{domain_of(service)}.{uuid4().hex}"
    revision = await bucket.create(key, b"me")
    await bucket.update(key, b"me", revision)
    entry = await bucket.get(key)
    assert entry is not None
    assert entry.value == b"me"
    await refused(bus, f"$KV.leases.{_other_domain(service)}.x")


async def test_health_svc_stores_events_keeps_timers_and_takes_what_is_due(connect_as: As) -> None:
    bus = await connect_as("health_svc")
    due: list[str] = []

    async def take(messages: list[Delivery]) -> None:
        for message in messages:
            due.append(message.subject)
            await message.ack()

    event = seal(ServiceDeclared(service_id="shop", change="added", version=1, actor="me"), str(uuid4()))
    timer = Timer("health", "shop", 1)
    messages = [
        OutboxMessage(id=event.headers["ce-id"], subject=event.subject, headers=event.headers, body=event.body),
        OutboxMessage(id=str(uuid4()), subject=timer.subject, headers=timer.headers),
    ]
    consumption = bus.consume(TIMERS_STREAM, "health_due", take)
    assert await bus.publish_acked(messages) == [message.id for message in messages]
    await until(lambda: due[-1:] == [timer.target])
    assert timer.subject in await bus.js_subjects(TIMERS_STREAM, "belfry.schedule.health.>")
    assert await bus.js_purge(TIMERS_STREAM, timer.subject) == 1
    await consumption.stop()
    await refused(bus, "belfry.schedule.latency.x")
    await refused(bus, "belfry.due.health.x")


async def test_health_svc_hears_heartbeats_and_asks_others_how_they_are(connect_as: As) -> None:
    bus, observer, other = await connect_as("health_svc"), await connect_as(OBSERVER), await connect_as("ws_svc")
    heard = await hearing(bus, "belfry.heartbeat.*")
    observer.publish_raw(Envelope("belfry.heartbeat.shop", {}, b"{}"))
    await until(lambda: heard == ["belfry.heartbeat.shop"])
    rpc = Rpc("belfry.rpc.ws.get_readiness", Nothing, Nothing)

    async def answer(request: Any, caller: Caller) -> Nothing:
        return Nothing()

    await serve(other, Settings(service="ws_svc"), [(rpc, answer)], {})
    await other.rtt(30)
    assert (await bus.request(rpc.subject, b"", {}, 30)).data == b"{}"
    await refused(bus, "belfry.rpc.ws.list_connections")


async def test_each_service_sends_its_own_latencies_and_latency_svc_takes_all(connect_as: As) -> None:
    bus, health = await connect_as("latency_svc"), await connect_as("health_svc")
    taken: list[str] = []

    async def take(messages: list[Delivery]) -> None:
        for message in messages:
            taken.append(message.subject)
            await message.ack()

    subjects = ["belfry.samples.latency.health_svc", "belfry.samples.latency.shop"]
    consumption = bus.consume(SAMPLES_STREAM, "latency_samples", take)
    for sender, subject in zip((health, bus), subjects, strict=True):
        message = OutboxMessage(id=str(uuid4()), subject=subject, body=b"x")
        assert await sender.publish_acked([message]) == [message.id]
    await until(lambda: set(subjects) <= set(taken))
    await consumption.stop()
    await refused(health, "belfry.samples.latency.shop")


async def test_ws_svc_reads_what_nodes_say_and_tells_them_to_close(connect_as: As) -> None:
    bus, gateway, observer = await connect_as("ws_svc"), await connect_as("gateway"), await connect_as(OBSERVER)
    said = {"belfry.v1.ws.opened.gw-0": gateway, "belfry.v1.ws.closed.outside.shop-1": observer}
    for subject, node in said.items():
        node.publish_raw(Envelope(subject, {}, b"{}"))
    async with asyncio.timeout(60):
        filters, found = ["belfry.v1.ws.opened.*", "belfry.v1.ws.closed.outside.*"], set[str]()
        async for message in bus.follow(MEASURES_STREAM, filters, 0):
            found.add(message.subject)
            if found == said.keys():
                break
    told = {
        "belfry.node.gw-0.close_connections": gateway,
        "belfry.node.outside.shop-1.list_connections": observer,
    }
    for subject, node in told.items():
        heard: list[str] = []

        async def answer(message: Message, node: Bus = node, heard: list[str] = heard) -> None:
            heard.append(message.subject)
            await node.send(message.reply, b"{}")

        await node.subscribe(subject.rsplit(".", 1)[0] + ".*", answer)
        await node.rtt(30)
        assert (await bus.request(subject, b"{}", {}, 30)).data == b"{}"
        assert heard == [subject]
    assert bus.state().errors_total == gateway.state().errors_total == observer.state().errors_total == 0
    await refused(bus, "belfry.schedule.ws.x")


async def test_the_gateway_follows_events_and_lists_streams(connect_as: As) -> None:
    gateway, health = await connect_as("gateway"), await connect_as("health_svc")
    event = seal(ServiceDeclared(service_id="bakery", change="added", version=1, actor="me"), str(uuid4()))
    message = OutboxMessage(id=event.headers["ce-id"], subject=event.subject, headers=event.headers, body=event.body)
    assert await health.publish_acked([message]) == [message.id]
    async with asyncio.timeout(60):
        async for found in gateway.follow(EVENTS_STREAM, ["belfry.v1.health.declared.bakery"], 0):
            assert found.headers["ce-id"] == message.id
            break
    reply = await gateway.request("$JS.API.STREAM.LIST", b"{}", {}, 30)
    assert EVENTS_STREAM.encode() in reply.data
    assert gateway.state().errors_total == 0


def test_seeds_are_private_and_stay(tmp_path: Path) -> None:
    keys = create_seeds(tmp_path / "seeds")
    assert create_seeds(tmp_path / "seeds") == keys
    assert all(key.startswith("U") for key in keys.values())
    files = list((tmp_path / "seeds").iterdir())
    assert {file.stem for file in files} == set(keys)
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert not any(file.read_text() in render_config(keys) for file in files)


def test_a_whole_configuration_is_accepted_by_the_server(tmp_path: Path) -> None:
    config = render_config(create_seeds(tmp_path), listen="127.0.0.1:-1", store_dir=str(tmp_path / "store"))
    path = tmp_path / "nats-server.conf"
    path.write_text(config)
    tried = subprocess.run([BINARY, "-t", "-c", path], capture_output=True, text=True, check=False)
    assert tried.returncode == 0, tried.stderr


def _other_domain(service: str) -> str:
    """A domain whose events the service has no business with."""
    return "alert" if service != "alert_svc" else "health"

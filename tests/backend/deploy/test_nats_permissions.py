"""Each process on our own nats-server, as its own user: what it needs works, everything else is refused."""

import asyncio
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from msgspec import Struct
from nats.aio.client import Client
from nats.errors import Error as NatsError

from deploy.local.nats import BINARY, start_nats
from deploy.nats import apply, create_seeds, render_config
from deploy.nats.permissions import ADMIN, GRANTS, OBSERVER
from deploy.nats.streams import SAMPLES_STREAM
from shared.bus import Bus, BusOptions, Message
from shared.contracts.health.events import HealthChanged, ServiceDeclared
from shared.contracts.wire import EVENTS_STREAM, MEASURES_STREAM, Nothing, Rpc
from shared.envelope import Envelope, seal
from shared.jetstream import Delivery, OutboxMessage
from shared.rpc import Caller, call, serve
from shared.settings import Settings
from shared.timers import TIMERS_STREAM, Timer
from tests.backend.shared.conftest import until

SERVICES = sorted(GRANTS)
OPTIONS = BusOptions(start_seconds=5, close_seconds=0.5)

As = Callable[[str], Awaitable[Bus]]


class Server(Struct, frozen=True):
    url: str
    seeds: Path


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    directory = tmp_path_factory.mktemp("guarded")
    config = render_config(create_seeds(directory / "seeds"))
    with start_nats(directory / "nats", config) as running:
        asyncio.run(apply(running.url, str(directory / "seeds" / f"{ADMIN}.seed")))
        yield Server(running.url, directory / "seeds")


@pytest.fixture
async def connect_as(server: Server) -> AsyncIterator[As]:
    buses: list[Bus] = []

    async def connect(user: str) -> Bus:
        seed_file = str(server.seeds / f"{user}.seed")
        bus = await Bus.connect(Settings(service=user, nats_url=server.url, nats_seed_file=seed_file), OPTIONS)
        assert bus.state().up
        buses.append(bus)
        return bus

    yield connect
    await asyncio.gather(*(bus.close() for bus in buses))


def domain_of(service: str) -> str:
    return service.removesuffix("_svc")


async def hearing(bus: Bus, subject: str) -> list[str]:
    heard: list[str] = []

    async def hear(message: Message) -> None:
        heard.append(message.subject)

    await bus.subscribe(subject, hear)
    return heard


async def refused(bus: Bus, subject: str) -> None:
    """The publish is refused and counted, and the connection stays."""
    before = bus.state()
    bus.publish_raw(Envelope(subject, {}, b"{}"))
    await until(lambda: bus.state().errors_total == before.errors_total + 1)
    assert "permissions violation" in bus.state().last_error.lower()
    assert subject.lower() in bus.state().last_error.lower()
    assert bus.state().reconnects_total == 0
    assert await bus.rtt() > 0


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
    assert (await call(gateway, rpc, Nothing(), Caller(actor="me"), 5)).data == b"{}"
    for verb in ("PING", "INFO", "STATS"):
        for subject in (f"$SRV.{verb}", f"$SRV.{verb}.{service}", f"$SRV.{verb}.{service}.{micro.id}"):
            assert micro.id.encode() in (await gateway.request(subject, b"", {}, 5)).data
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


@pytest.mark.parametrize("service", SERVICES)
async def test_nobody_reads_the_answers_to_another(connect_as: As, service: str) -> None:
    bus = await connect_as(service)
    for inbox in ("_INBOX.>", f"_INBOX_{_other(service)}.>"):
        before = bus.state().errors_total
        await bus.subscribe(inbox, _ignore)
        await until(lambda n=before: bus.state().errors_total == n + 1)  # type: ignore[misc]  # mypy sees no default


@pytest.mark.parametrize("service", SERVICES)
async def test_nobody_but_the_administrator_changes_streams(connect_as: As, service: str) -> None:
    bus = await connect_as(service)
    for subject in (f"$JS.API.STREAM.DELETE.{EVENTS_STREAM}", "$JS.API.STREAM.CREATE.MINE"):
        await refused(bus, subject)


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
    assert (await bus.request(rpc.subject, b"", {}, 2)).data == b"{}"
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
    async with asyncio.timeout(10):
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
        assert (await bus.request(subject, b"{}", {}, 5)).data == b"{}"
        assert heard == [subject]
    assert bus.state().errors_total == gateway.state().errors_total == observer.state().errors_total == 0
    await refused(bus, "belfry.schedule.ws.x")


async def test_an_outsider_passes_for_no_gateway_and_closes_nothing(connect_as: As) -> None:
    """It can neither say something in the name of another kind of node, nor hear or answer what those are told."""
    observer = await connect_as(OBSERVER)
    for subject in (
        "belfry.v1.ws.opened.gw-0",
        "belfry.v1.ws.measured.gw-0",
        "belfry.v1.ws.status.fleet",
        "belfry.node.gw-0.close_connections",
        "belfry.node.outside.shop-1.close_connections",
        "belfry.rpc.ws.disconnect",
    ):
        await refused(observer, subject)
    for subject in ("belfry.node.gw-0.*", "belfry.node.*.*", "belfry.node.>"):
        before = observer.state().errors_total
        await observer.subscribe(subject, _ignore)
        await until(lambda n=before: observer.state().errors_total == n + 1)  # type: ignore[misc]  # mypy sees no default


async def test_the_gateway_follows_events_and_lists_streams(connect_as: As) -> None:
    gateway, health = await connect_as("gateway"), await connect_as("health_svc")
    event = seal(ServiceDeclared(service_id="bakery", change="added", version=1, actor="me"), str(uuid4()))
    message = OutboxMessage(id=event.headers["ce-id"], subject=event.subject, headers=event.headers, body=event.body)
    assert await health.publish_acked([message]) == [message.id]
    async with asyncio.timeout(5):
        async for found in gateway.follow(EVENTS_STREAM, ["belfry.v1.health.declared.bakery"], 0):
            assert found.headers["ce-id"] == message.id
            break
    reply = await gateway.request("$JS.API.STREAM.LIST", b"{}", {}, 2)
    assert EVENTS_STREAM.encode() in reply.data
    assert gateway.state().errors_total == 0


async def test_an_outside_subscriber_hears_events_and_says_no_more_than_heartbeats_and_latencies(
    connect_as: As, server: Server
) -> None:
    """With a plain nats-py client."""
    errors: list[Exception] = []
    heard: list[str] = []

    async def note(error: Exception) -> None:
        errors.append(error)

    async def hear(message: Any) -> None:
        heard.append(message.subject)

    client = Client()
    await client.connect(server.url, nkeys_seed=str(server.seeds / f"{OBSERVER}.seed"), error_cb=note)
    await client.subscribe(HealthChanged.SUBJECT.format(service_id="*"), cb=hear)
    await client.flush()
    health = await connect_as("health_svc")
    health.publish_raw(Envelope("belfry.v1.health.changed.shop", {}, b"{}"))
    await until(lambda: heard == ["belfry.v1.health.changed.shop"])
    await client.publish("belfry.heartbeat.shop", b"")
    assert (await client.jetstream().publish("belfry.samples.latency.shop", b"")).stream == SAMPLES_STREAM
    assert errors == []
    await client.publish("belfry.v1.health.changed.shop", b"lies")
    await until(lambda: len(errors) == 1)
    assert client.is_connected
    await client.close()


MISUSE = (
    f"$JS.API.STREAM.PURGE.{EVENTS_STREAM}",
    f"$JS.API.STREAM.UPDATE.{EVENTS_STREAM}",
    f"$JS.API.STREAM.MSG.DELETE.{EVENTS_STREAM}",
    f"$JS.API.STREAM.RESTORE.{EVENTS_STREAM}",
    f"$JS.API.STREAM.SNAPSHOT.{EVENTS_STREAM}",
    "$JS.API.STREAM.MSG.GET.BELFRY_NOTIFY",
    "$JS.API.CONSUMER.DELETE.BELFRY_NOTIFY.alert_senders",
    "$JS.API.CONSUMER.PAUSE.BELFRY_NOTIFY.alert_senders",
    "$JS.API.ACCOUNT.PURGE.BELFRY",
    "$SYS.REQ.SERVER.PING",
    "_INBOX_gateway.guessed",
    "_INBOX.guessed",
)


@pytest.mark.parametrize("user", [*SERVICES, OBSERVER])
async def test_what_is_stored_and_whom_it_belongs_to_is_nobodys_to_change(connect_as: As, user: str) -> None:
    """JetStream's and the server's own subjects, other services' procedures, and answers that were never asked for."""
    bus = await connect_as(user)
    for subject in MISUSE:
        await refused(bus, subject)
    if user != "gateway":
        await refused(bus, "belfry.rpc.pipeline.update_pipeline")
        await refused(bus, "belfry.v1.auth.revoked.user")
    if user != "alert_svc":
        await refused(bus, "belfry.notify.deliver")
        await refused(bus, "$JS.API.CONSUMER.MSG.NEXT.BELFRY_NOTIFY.alert_senders")


@pytest.mark.parametrize("user", [*SERVICES, OBSERVER])
async def test_nobody_listens_to_everything(connect_as: As, user: str) -> None:
    """Questions to the services, deliveries with what they say, and the whole bus are closed to everyone else."""
    bus = await connect_as(user)
    for subject in (">", "belfry.>", "belfry.rpc.>", "belfry.notify.>", "$JS.>", "$SYS.>", "*.*"):
        before = bus.state().errors_total
        await bus.subscribe(subject, _ignore)
        await until(lambda n=before: bus.state().errors_total == n + 1)  # type: ignore[misc]  # mypy sees no default


async def test_nobody_connects_without_a_key(server: Server) -> None:
    async def ignore(error: Exception) -> None:
        return None

    client = Client()
    with pytest.raises((NatsError, OSError), match="Authorization"):
        await client.connect(server.url, allow_reconnect=False, error_cb=ignore)
    await client.close()


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


def _other(service: str) -> str:
    return next(other for other in SERVICES if other != service)


def _other_domain(service: str) -> str:
    """A domain whose events the service has no business with."""
    return "alert" if service != "alert_svc" else "health"


async def _ignore(message: Message) -> None:
    return None

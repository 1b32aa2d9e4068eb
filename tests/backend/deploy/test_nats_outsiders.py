"""What nobody may do on our own nats-server: outsiders, and services beyond their business."""

from typing import Any

import pytest
from nats.aio.client import Client
from nats.errors import Error as NatsError

from deploy.nats.permissions import OBSERVER
from deploy.nats.streams import SAMPLES_STREAM
from shared.bus import Bus
from shared.contracts.health.events import HealthChanged
from shared.contracts.wire import EVENTS_STREAM
from shared.envelope import Envelope
from tests.backend.deploy.guarded import SERVICES, As, Server, ignore, refused
from tests.backend.shared.conftest import until


@pytest.mark.parametrize("service", SERVICES)
async def test_nobody_reads_the_answers_to_another(connect_as: As, service: str) -> None:
    bus = await connect_as(service)
    for inbox in ("_INBOX.>", f"_INBOX_{_other(service)}.>"):
        await cannot_listen(bus, inbox)
    assert bus.state().errors_total == 2


@pytest.mark.parametrize("service", SERVICES)
async def test_nobody_but_the_administrator_changes_streams(connect_as: As, service: str) -> None:
    bus = await connect_as(service)
    for subject in (f"$JS.API.STREAM.DELETE.{EVENTS_STREAM}", "$JS.API.STREAM.CREATE.MINE"):
        await refused(bus, subject)
    assert bus.state().errors_total == 2


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
        await cannot_listen(observer, subject)
    assert observer.state().errors_total == 9


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
    assert bus.state().errors_total == len(MISUSE) + 2 * (user != "gateway") + 2 * (user != "alert_svc")


@pytest.mark.parametrize("user", [*SERVICES, OBSERVER])
async def test_nobody_listens_to_everything(connect_as: As, user: str) -> None:
    """Questions to the services, deliveries with what they say, and the whole bus are closed to everyone else."""
    bus = await connect_as(user)
    for subject in (">", "belfry.>", "belfry.rpc.>", "belfry.notify.>", "$JS.>", "$SYS.>", "*.*"):
        await cannot_listen(bus, subject)
    assert bus.state().errors_total == 7


async def test_nobody_connects_without_a_key(server: Server) -> None:
    async def ignore(error: Exception) -> None:
        return None

    client = Client()
    with pytest.raises((NatsError, OSError), match="Authorization"):
        await client.connect(server.url, allow_reconnect=False, error_cb=ignore)
    await client.close()


def _other(service: str) -> str:
    return next(other for other in SERVICES if other != service)


async def cannot_listen(bus: Bus, subject: str) -> None:
    """The server refuses the subscription, and says so."""
    before = bus.state().errors_total
    await bus.subscribe(subject, ignore)
    await until(lambda: bus.state().errors_total == before + 1)

"""A nats-server on which everyone has the rights of production, and what its users hear and are refused."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from msgspec import Struct

from deploy.nats.permissions import GRANTS
from shared.bus import Bus, Message
from shared.envelope import Envelope
from tests.backend.shared.conftest import until

SERVICES = sorted(GRANTS)


As = Callable[[str], Awaitable[Bus]]


class Server(Struct, frozen=True):
    url: str
    seeds: Path


def domain_of(service: str) -> str:
    return service.removesuffix("_svc")


async def hearing(bus: Bus, subject: str) -> list[str]:
    heard: list[str] = []

    async def hear(message: Message) -> None:
        heard.append(message.subject)

    await bus.subscribe(subject, hear)
    await bus.rtt(30)  # by then NATS knows of it, whoever speaks
    return heard


async def refused(bus: Bus, subject: str) -> None:
    """The publish is refused and counted, and the connection stays."""
    before = bus.state()
    bus.publish_raw(Envelope(subject, {}, b"{}"))
    await until(lambda: bus.state().errors_total == before.errors_total + 1)
    assert "permissions violation" in bus.state().last_error.lower()
    assert subject.lower() in bus.state().last_error.lower()
    assert bus.state().reconnects_total == 0
    assert await bus.rtt(30) > 0


async def ignore(message: Message) -> None:
    return None

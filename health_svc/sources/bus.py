"""NATS micro services found on the bus: each becomes a monitored service, Belfry's own processes among them."""

import re

import structlog
from msgspec import DecodeError, Struct, json

from health_svc.room import Room
from health_svc.store import services
from shared.contracts.checks import NatsCheck
from shared.contracts.health.services import Dependency, ServiceSpec, Source
from shared.problems import ProblemError
from shared.validate import decode

log = structlog.get_logger()

INFO_SUBJECT = "$SRV.INFO"
ANSWER_SECONDS = 0.5
READINESS = "get_readiness"
GROUP = "NATS services"
LOCK_KEY = 7_304


class Endpoint(Struct, frozen=True):
    name: str
    subject: str


class Info(Struct, frozen=True):
    """What a micro service says of itself; metadata may name its `group` and what it `depends_on`, by commas."""

    name: str
    description: str | None = None
    endpoints: list[Endpoint] | None = None
    metadata: dict[str, str] | None = None


_decoder = json.Decoder(Info)


async def discover(room: Room) -> None:
    """Ask who is there and declare who is new or changed. One replica does it at a time."""
    found = {
        info.name: info
        for reply in await room.bus.request_many(INFO_SUBJECT, ANSWER_SECONDS)
        if (info := _info(reply.data))
    }
    async with room.pool.acquire(timeout=5) as conn, conn.transaction():
        if not await conn.fetchval("SELECT pg_try_advisory_xact_lock($1)", LOCK_KEY):
            return
        wanted = {spec.id: spec for info in found.values() if (spec := spec_of(info))}
        present = await services.list_by_ids(conn, list(wanted))
        changed = 0
        for service_id, spec in wanted.items():
            if service_id not in present or present[service_id].source.kind == "nats":
                changed += await services.declare(conn, spec, Source(kind="nats"), "bus") is not None
    if changed:
        log.info("services.found", services=changed)
        room.wake_outbox()
        room.snapshot.invalidate()


def spec_of(info: Info) -> ServiceSpec | None:
    """The service to watch; None when what was answered does not fit one."""
    service_id = re.sub(r"[^a-z0-9_-]+", "-", info.name.lower()).strip("-_")[:63]
    if not service_id:
        return None
    metadata = info.metadata or {}
    readiness = next((e.subject for e in info.endpoints or [] if e.name == READINESS), None)
    targets = [
        t.strip()
        for t in metadata.get("depends_on", "").split(",")
        if re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,62}", t.strip())
    ]
    spec = ServiceSpec(
        id=service_id,
        name=info.name[:100],
        group=metadata.get("group", GROUP)[:100] or GROUP,
        description=(info.description or "")[:500],
        interval_seconds=10,
        dependencies=[Dependency(id=t) for t in dict.fromkeys(targets) if t != service_id],
        checks=[NatsCheck(name="service", service=info.name, request=readiness)],
    )
    try:
        return decode(json.encode(spec), ServiceSpec)  # a stranger's words are held to the same rules as a user's
    except ProblemError:
        return None


def _info(reply: bytes) -> Info | None:
    try:
        return _decoder.decode(reply)
    except (DecodeError, UnicodeDecodeError):
        return None

"""Services of Kubernetes that ask for it by an annotation: each becomes a monitored service, and goes when it goes."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import aclosing
from functools import partial

import structlog
from msgspec import Struct

from health_svc.annotations import KubernetesService, UnfitError, spec_of
from health_svc.kubernetes import Access, Listed, Pace, follow
from health_svc.room import Room
from health_svc.store import services
from shared.contracts.health.services import ServiceSpec, Source, SourceKind
from shared.db import Connection

log = structlog.get_logger()

LOCK_KEY = 7_305
KIND: SourceKind = "kubernetes"
ACTOR = "kubernetes"


class Asked(Struct, frozen=True):
    """A Service that asks to be watched. `spec`: None when its annotations are wrong; then what was declared stays."""

    path: str
    spec: ServiceSpec | None


async def follow_services(room: Room, access: Access, others: Collection[str] = (), pace: Pace | None = None) -> None:
    """Declares what Kubernetes has, now and whenever it changes. `others`: namespaces that other watches speak for.
    Any number of replicas may do so: declaring twice changes nothing. Nothing is removed while Kubernetes is away."""
    known: set[str] = set()
    async with aclosing(follow(access, pace or Pace())) as found:
        async for each in found:
            if isinstance(each, Listed):
                asked = [one for service in each.services if (one := asked_by(service))]
                known = {one.path for one in asked}
                await _in_turn(room, partial(_replace, asked=asked, others=others))
            elif (one := None if each.gone else asked_by(each.service)) or each.service.path in known:
                known.add(each.service.path)
                await _in_turn(room, partial(_change, path=each.service.path, asked=one))


def asked_by(service: KubernetesService) -> Asked | None:
    """None for a Service that does not ask."""
    try:
        spec = spec_of(service)
    except UnfitError as error:
        log.warning("kubernetes.refused", path=service.path, errors=error.errors)
        return Asked(service.path, None)
    return Asked(service.path, spec) if spec else None


async def _replace(conn: Connection, asked: Sequence[Asked], others: Collection[str]) -> int:
    """What was declared before and asks no more goes, also from namespaces that nobody watches any longer."""
    paths = {each.path for each in asked}
    held = {service_id: path for service_id, path in (await _paths(conn)).items() if path is not None}
    gone = [id for id, path in held.items() if path not in paths and path.partition("/")[0] not in others]
    return await _remove(conn, gone) + await _declare(conn, asked)


async def _change(conn: Connection, path: str, asked: Asked | None) -> int:
    if asked is not None:
        return await _declare(conn, [asked])
    return await _remove(conn, [id for id, at in (await _paths(conn)).items() if at == path])


async def _declare(conn: Connection, asked: Sequence[Asked]) -> int:
    """How many services are new or changed. An id that somebody else has already stays theirs."""
    held = await _paths(conn)
    changed = 0
    for path, spec in ((each.path, each.spec) for each in asked):
        if spec is None:
            continue
        if held.setdefault(spec.id, path) != path:
            log.warning("kubernetes.refused", path=path, errors=[f"the id {spec.id} is another service's"])
            continue
        changed += await _remove(conn, [id for id, at in held.items() if at == path and id != spec.id])
        changed += await services.declare(conn, spec, Source(kind=KIND, path=path), ACTOR) is not None
    return changed


async def _paths(conn: Connection) -> dict[str, str | None]:
    """The id of every service, with the path of those that are declared by Kubernetes."""
    found = await services.list_monitored(conn)
    return {each.spec.id: each.source.path if each.source.kind == KIND else None for each in found}


async def _remove(conn: Connection, ids: Sequence[str]) -> int:
    return sum([await services.remove(conn, service_id, ACTOR) for service_id in ids])


async def _in_turn(room: Room, apply: Callable[[Connection], Awaitable[int]]) -> None:
    async with room.pool.acquire(timeout=5) as conn, conn.transaction():
        await conn.execute("SELECT pg_advisory_xact_lock($1)", LOCK_KEY)
        changed = await apply(conn)
    if changed:
        log.info("services.found", services=changed, source=KIND)
        room.wake_outbox()
        room.snapshot.invalidate()

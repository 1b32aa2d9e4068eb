"""Services: the board, the details, declaring them over the API, checking one now."""

from health_svc.board import View
from health_svc.map import dependency_map, impacts
from health_svc.room import Room
from health_svc.semantics import spec_errors
from health_svc.store import runs, services
from health_svc.store.services import Monitored
from shared.contracts.health import procedures as contract
from shared.contracts.health.board import ServiceDetail
from shared.contracts.health.graph import DependencyMap
from shared.contracts.health.runs import CheckRun
from shared.contracts.health.services import ServiceSpec, Source
from shared.contracts.wire import Nothing
from shared.db import Connection
from shared.problems import conflict, invalid, invalid_field, not_found, precondition_failed
from shared.rpc import Caller, Encoded

NEWEST_WHY = 5


async def list_services(room: Room, _: Nothing, caller: Caller) -> Encoded:
    return await room.snapshot.encoded()


async def get_service(room: Room, request: contract.ServiceRef, caller: Caller) -> ServiceDetail:
    view = await room.snapshot.view()
    async with room.pool.acquire(timeout=2) as conn:
        found = await monitored_or_404(conn, request.service_id)
        last_run = await services.last_run(conn, request.service_id)
        latest = await runs.list_runs(conn, request.service_id, NEWEST_WHY, None, None)
    if request.service_id not in view.cards:
        room.snapshot.invalidate()
        view = await room.snapshot.view()
    return _detail(view, found, last_run, latest)


async def create_service(room: Room, request: contract.CreateService, caller: Caller) -> ServiceDetail:
    _refuse_mistakes(request.spec)
    async with room.pool.acquire(timeout=2) as conn, conn.transaction():
        if await services.get_monitored(conn, request.spec.id):
            raise conflict(f"{request.spec.id} exists already; choose another id or edit that service")
        await services.declare(conn, request.spec, Source(kind="api"), caller.actor)
    return await _after_change(room, request.spec.id, caller)


async def update_service(room: Room, request: contract.UpdateService, caller: Caller) -> ServiceDetail:
    if request.spec.id != request.service_id:
        raise invalid_field("id", f"must stay {request.service_id}; an id cannot change")
    _refuse_mistakes(request.spec)
    async with room.pool.acquire(timeout=2) as conn, conn.transaction():
        found = await monitored_or_404(conn, request.service_id)
        _refuse_foreign(found)
        if request.base_version not in (None, found.version):
            raise precondition_failed(
                f"{request.service_id} was changed meanwhile: it is at version {found.version}", version=found.version
            )
        await services.declare(conn, request.spec, found.source, caller.actor)
    return await _after_change(room, request.service_id, caller)


async def delete_service(room: Room, request: contract.ServiceRef, caller: Caller) -> Nothing:
    async with room.pool.acquire(timeout=2) as conn, conn.transaction():
        found = await monitored_or_404(conn, request.service_id)
        if found.source.kind != "nats":
            _refuse_foreign(found)
        await services.remove(conn, request.service_id, caller.actor)
    room.wake_outbox()
    room.snapshot.invalidate()
    return Nothing()


async def check_now(room: Room, request: contract.ServiceRef, caller: Caller) -> CheckRun:
    async with room.pool.acquire(timeout=1) as conn:
        found = await monitored_or_404(conn, request.service_id)
    run = await room.checker.check_now(found)
    room.snapshot.invalidate()
    return run


async def try_service(room: Room, request: contract.TryService, caller: Caller) -> CheckRun:
    _refuse_mistakes(request.spec)
    return await room.checker.try_once(request.spec)


async def get_dependencies(room: Room, _: Nothing, caller: Caller) -> DependencyMap:
    return dependency_map(await room.snapshot.view())


async def monitored_or_404(conn: Connection, service_id: str) -> Monitored:
    found = await services.get_monitored(conn, service_id)
    if found is None:
        raise not_found(f"There is no service {service_id}")
    return found


def _detail(view: View, found: Monitored, last_run: CheckRun | None, latest: list[CheckRun]) -> ServiceDetail:
    service_id = found.spec.id
    card = view.cards[service_id]
    downstream = impacts(view, service_id, downstream=True)
    upstream = impacts(view, service_id, downstream=False)
    return ServiceDetail(
        service=card,
        spec=found.spec,
        version=found.version,
        last_run=last_run,
        why=[f"{r.started_at:%H:%M:%S} {r.result}: {r.reason}" for r in latest],
        cause_path=list(view.propagation.nodes[service_id].path),
        affects=downstream,
        affected_by=[i for i in upstream if i.effective != "healthy" or i.at_risk],
    )


async def _after_change(room: Room, service_id: str, caller: Caller) -> ServiceDetail:
    room.wake_outbox()
    room.snapshot.invalidate()
    return await get_service(room, contract.ServiceRef(service_id=service_id), caller)


def _refuse_foreign(found: Monitored) -> None:
    kind, source = found.source.kind, found.source
    if kind not in ("api", "heartbeat"):
        places = {
            "file": f"{source.path} line {source.line}",
            "kubernetes": f"the Service {source.path} of Kubernetes",
            "nats": "the bus",
            "self": "Belfry itself",
        }
        raise conflict(f"{found.spec.id} is declared by {places[kind]} and can only be changed there")


def _refuse_mistakes(spec: ServiceSpec) -> None:
    if errors := spec_errors(spec):
        raise invalid(errors)

"""The pipeline as it is: the whole of it, one step, what it costs, and what gateways build."""

from datetime import timedelta

from pipeline_svc import costs, store
from pipeline_svc.document import chain_of, defaults_of, order_of
from pipeline_svc.fleet import WINDOW
from pipeline_svc.interceptors import schema_of
from pipeline_svc.room import Room
from pipeline_svc.view import Facts, pipeline, restart_required, step_view
from shared.contracts.pipeline import procedures as contract
from shared.contracts.pipeline.chain import Chain
from shared.contracts.pipeline.document import Middleware, Pipeline
from shared.contracts.pipeline.events import PipelineMeasured
from shared.contracts.pipeline.stats import MiddlewareStats
from shared.contracts.wire import Nothing
from shared.db import Connection
from shared.problems import not_found
from shared.rpc import Caller


async def get_pipeline(room: Room, _: Nothing, caller: Caller) -> Pipeline:
    async with room.pool.acquire(timeout=2) as conn:
        return await read_pipeline(room, conn)


async def read_pipeline(room: Room, conn: Connection) -> Pipeline:
    now = room.now()
    facts = Facts(
        now=now,
        saved=await room.latest(conn),
        applied=await store.applied(conn),
        nodes=room.fleet.nodes(now),
        spans=lately(room),
    )
    return pipeline(facts, room.catalogue)


async def get_middleware(room: Room, request: contract.MiddlewareRef, caller: Caller) -> Middleware:
    """Also of a step that this release does not have any more, as long as it is in the chain."""
    now = room.now()
    async with room.pool.acquire(timeout=2) as conn:
        saved = await room.latest(conn)
        place = place_or_404(order_of(saved.steps), request.middleware_id)
        step = saved.steps[place - 1]
        changed = saved if step.version == saved.revision else await store.find(conn, step.version) or saved
    known, by_node = room.catalogue.get(step.id), room.fleet.spans(now, WINDOW)
    return Middleware(
        step=step_view(step, place, costs.total(lately(room)), room.catalogue),
        revision=saved.revision,
        restart_required=restart_required(room.fleet.nodes(now), saved.revision),
        schema=schema_of(known) if known else {},
        defaults=defaults_of(known) if known else {},
        nodes={node: costs.stats_of(step.id, costs.total(spans)) for node, spans in by_node.items() if spans},
        changed_by=changed.saved_by,
        changed_at=changed.saved_at,
    )


async def get_middleware_stats(room: Room, request: contract.StatsQuery, caller: Caller) -> MiddlewareStats:
    now, window = room.now(), timedelta(seconds=request.window_seconds)
    async with room.pool.acquire(timeout=2) as conn:
        order = order_of((await room.latest(conn)).steps)
    return costs.middleware_stats(order, room.fleet.spans(now, window), request.window_seconds, now - window, now)


async def get_chain(room: Room, _: Nothing, caller: Caller) -> Chain:
    """What a gateway runs that starts now."""
    async with room.pool.acquire(timeout=2) as conn:
        saved = await room.latest(conn)
    return chain_of(saved.revision, saved.steps)


def lately(room: Room) -> list[PipelineMeasured]:
    """What all gateways measured in the last five minutes."""
    return [span for spans in room.fleet.spans(room.now(), WINDOW).values() for span in spans]


def place_or_404(order: list[str], id: str) -> int:
    """From 1."""
    if id not in order:
        raise not_found(f"There is no step {id}")
    return order.index(id) + 1

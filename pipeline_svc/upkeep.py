"""What pipeline_svc does by itself: the first chain, and the copies that gateways read while it is away."""

from msgspec import json

from pipeline_svc import store
from pipeline_svc.api.applying import BELFRY
from pipeline_svc.document import Saved, chain_of, initial
from pipeline_svc.metrics import BEHIND, LATEST, NODES, REJECTING, UNCONFIRMED
from pipeline_svc.room import Room
from pipeline_svc.view import confirmation
from shared.contracts.pipeline.chain import APPLIED_KEY, CHAINS_BUCKET, SAVED_KEY, AppliedChain


async def store_first(room: Room) -> None:
    """A new Belfry has one revision."""
    async with room.changing() as conn:
        if await store.latest(conn) is None:
            first = Saved(
                revision=1,
                kind="initial",
                steps=initial(room.catalogue),
                changes=[],
                saved_by=BELFRY,
                saved_at=room.now(),
                comment="As Belfry comes",
            )
            await store.save(conn, first)


async def keep_copies(room: Room) -> None:
    """The bus may have lost what was written there."""
    bucket = room.bus.kv(CHAINS_BUCKET)
    saved_copy, applied_copy = await bucket.get(SAVED_KEY), await bucket.get(APPLIED_KEY)
    async with room.changing() as conn:
        saved, applied = await room.latest(conn), await store.applied(conn)
        if saved_copy is None or saved_copy.value != json.encode(chain_of(saved.revision, saved.steps)):
            await store.copy_saved(conn, saved)
        ran = await store.find(conn, applied.revision) if applied else None
        if applied and ran and (applied_copy is None or _number(applied_copy.value) != applied.number):
            await store.copy_applied(conn, applied, room.fit(ran))


async def measure(room: Room) -> None:
    """The gauges at /metrics."""
    now = room.now()
    async with room.pool.acquire(timeout=5) as conn:
        revision, applied = (await room.latest(conn)).revision, await store.applied(conn)
    nodes = room.fleet.nodes(now)
    LATEST.set(revision)
    NODES.set(len(nodes))
    BEHIND.set(sum(node.revision != revision for node in nodes))
    REJECTING.set(sum(node.rejected_revision is not None for node in nodes))
    UNCONFIRMED.set(confirmation(applied, now) is not None)


def _number(value: bytes) -> int:
    return json.decode(value, type=AppliedChain).number

"""Revisions: who changed what, when and why, and the way from one to another."""

from pipeline_svc import store
from pipeline_svc.differences import changes
from pipeline_svc.document import Saved, order_of
from pipeline_svc.room import Room
from shared.contracts.pipeline import procedures as contract
from shared.contracts.pipeline.revisions import Revision, RevisionDiff, Revisions
from shared.db import Connection
from shared.problems import invalid_field, not_found
from shared.rpc import Caller


async def list_revisions(room: Room, request: contract.RevisionsQuery, caller: Caller) -> Revisions:
    """The cursor is the last revision of the page before."""
    before = _before(request.cursor)
    async with room.pool.acquire(timeout=2) as conn:
        found = await store.list_before(conn, before, request.limit + 1)
        newest = await store.latest(conn)
    nodes = room.fleet.nodes(room.now())
    page = found[: request.limit]
    return Revisions(
        revisions=[
            Revision(
                revision=saved.revision,
                kind=saved.kind,
                saved_by=saved.saved_by,
                saved_at=saved.saved_at,
                comment=saved.comment,
                latest=newest is not None and saved.revision == newest.revision,
                running_on=[node.node for node in nodes if node.revision == saved.revision],
                changes=saved.changes,
            )
            for saved in page
        ],
        next_cursor=str(page[-1].revision) if len(found) > len(page) else None,
    )


async def get_revision_diff(room: Room, request: contract.DiffQuery, caller: Caller) -> RevisionDiff:
    """Without `against` the one before it; the first one has none, and differs from itself in nothing."""
    against = max(1, request.revision - 1) if request.against is None else request.against
    async with room.pool.acquire(timeout=2) as conn:
        later, earlier = await _or_404(conn, request.revision), await _or_404(conn, against)
    return RevisionDiff(
        from_revision=earlier.revision,
        to_revision=later.revision,
        from_order=order_of(earlier.steps),
        to_order=order_of(later.steps),
        changes=changes(earlier.steps, later.steps),
    )


async def _or_404(conn: Connection, revision: int) -> Saved:
    found = await store.find(conn, revision)
    if found is None:
        raise not_found(f"There is no revision {revision}")
    return found


def _before(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    if not (cursor.isdecimal() and len(cursor) < 16):
        raise invalid_field("cursor", "is not a cursor of this list; leave it out to start anew")
    return int(cursor)

"""Lost rights reach every gateway at once: here by emptying the memory, elsewhere by an event."""

from datetime import UTC, datetime
from typing import Any, Literal

from aiohttp import web

from gateway.auth.gatekeeper import GATEKEEPER
from shared import outbox
from shared.bus import Message
from shared.contracts.auth import AccessRevoked
from shared.keys import BUS
from shared.outbox import OUTBOX_WAKE

Kind = Literal["user", "session", "token"]
SUBJECT = AccessRevoked.SUBJECT.replace("{subject_kind}", "*")


async def note_revoked(connection: Any, kind: Kind, subject_id: str) -> None:
    """To be called in the transaction that takes the rights away."""
    await outbox.add(connection, [AccessRevoked(subject_id=subject_id, subject_kind=kind, at=datetime.now(UTC))])


def forget(app: web.Application) -> None:
    """To be called after that transaction: this gateway looks everyone up again, and the others are told now."""
    app[GATEKEEPER].cache.clear()
    app[OUTBOX_WAKE].set()


async def hear_revocations(app: web.Application) -> None:
    """What other gateways revoke empties the memory here, as does a new connection: it may have missed something."""
    cache = app[GATEKEEPER].cache

    async def revoked(message: Message) -> None:
        cache.clear()

    async def reconnected() -> None:
        cache.clear()

    app[BUS].on_connect(reconnected)
    await app[BUS].subscribe(SUBJECT, revoked)

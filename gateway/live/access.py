"""Whether connected clients still may be: their sessions and tokens end, are revoked, or are worth another role."""

import asyncio
from collections.abc import Callable, Collection

import structlog

from gateway.auth.gatekeeper import Gatekeeper
from gateway.live.client import Client
from shared.contracts.auth import AccessRevoked
from shared.contracts.live import EXPIRED, CloseCode

log = structlog.get_logger(__name__)

ROLE_CHANGED = "The role has changed"

Dismiss = Callable[[Client, CloseCode, str], None]


def concerned(clients: Collection[Client], revoked: AccessRevoked) -> list[Client]:
    """Those that a revocation may be about."""
    if revoked.subject_kind == "user":
        return [client for client in clients if client.user == revoked.subject_id]
    return [client for client in clients if client.identity.id == revoked.subject_id]


async def recheck(
    keeper: Gatekeeper, clients: Collection[Client], gone: CloseCode, dismiss: Dismiss, seconds: float
) -> None:
    """Who lost the right is dismissed with `gone`; who has another role comes again with it; the others stay until
    their new end. Nobody stays when the database does not say so within `seconds`."""
    try:
        async with asyncio.timeout(seconds):
            good = await keeper.still_good([client.identity for client in clients])
    except Exception:
        log.warning("live.not_rechecked", clients=len(clients), exc_info=True)
        good, gone = {}, EXPIRED
    for client in clients:
        identity = good.get(client.identity.id)
        if identity is None:
            dismiss(client, gone, "")
        elif identity.role != client.identity.role or not identity.settled:
            dismiss(client, EXPIRED, ROLE_CHANGED)
        else:
            client.belongs_to(identity)

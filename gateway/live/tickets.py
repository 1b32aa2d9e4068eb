"""Tickets: what lets one WebSocket in, once, where neither cookie nor header can. Any gateway takes them."""

from contextlib import suppress
from hashlib import sha256

import msgspec
from aiohttp import hdrs, web
from msgspec import Struct

from gateway.auth.identity import Identity, new_secret
from gateway.passage import who_asks
from shared.bus import Bus
from shared.contracts.live import WsTicket
from shared.contracts.wire import Nothing
from shared.jetstream import JetStreamError
from shared.keys import BUS
from shared.keyvalue import ConflictError
from shared.problems import unavailable

BUCKET = "ws_tickets"
TICKET_SECONDS = 60  # as the bucket keeps them


class Ticket(Struct, frozen=True):
    """Whose it is, and from where it may be used."""

    identity: Identity
    origin: str


async def make_ticket(request: web.Request, given: Nothing) -> WsTicket:
    secret = new_secret()
    ticket = Ticket(who_asks(), request.headers.get(hdrs.ORIGIN, ""))
    try:
        await request.app[BUS].kv(BUCKET).create(_key(secret), msgspec.json.encode(ticket))
    except JetStreamError as error:
        raise unavailable("nats", f"No ticket can be kept now: {error}") from error
    return WsTicket(ticket=secret, expires_in_seconds=TICKET_SECONDS)


async def redeem(bus: Bus, secret: str, origin: str) -> Identity | None:
    """Whose ticket it was; None when it is unknown, too old, of another origin, or someone was faster. Raises
    ProblemError 503."""
    bucket = bus.kv(BUCKET)
    entry = await bucket.get(_key(secret))
    if entry is None:
        return None
    with suppress(ConflictError):
        await bucket.delete(entry.key, entry.revision)
        ticket = msgspec.json.decode(entry.value, type=Ticket)
        return ticket.identity if ticket.origin == origin else None
    return None


def _key(secret: str) -> str:
    """Who reads the bucket cannot use what is in it."""
    return f"gateway.{sha256(secret.encode('utf-8', 'surrogateescape')).hexdigest()}"

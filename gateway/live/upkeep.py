"""What is looked after every second, for all connections at once."""

import asyncio
import contextlib
from collections.abc import Collection
from time import monotonic, time

from msgspec import structs

from gateway.live.access import concerned, recheck
from gateway.live.client import Client
from gateway.live.frames import PING
from gateway.live.hub import Hub
from gateway.live.report import Figures
from shared.contracts.auth import AccessRevoked
from shared.contracts.live import EXPIRED, LOST_PLACE, NO_PONG, REVOKED, SHUTDOWN, SLOW, CloseCode

SLOW_SECONDS = 10.0
LINGER_SECONDS = 5.0  # for a client's answer to our close frame
RECHECK_SECONDS = 5.0
DRAIN_MS = 5_000  # within which the clients of a gateway that stops come to another one
YIELD_EVERY = 500
BUS_AWAY = "The message bus is away"


async def each_second(hub: Hub) -> None:
    now = monotonic()
    await _beat(hub, now)
    for client in [client for client in hub.fanout.behind if _is_stuck(client, now)]:
        hub.dismiss(client, SLOW)
    for socket, since in list(hub.leaving.items()):
        if now - since > LINGER_SECONDS:
            socket.transport.abort()
    if hub.is_deaf():
        for client in hub.registry:
            hub.dismiss(client, LOST_PLACE, BUS_AWAY, within_ms=DRAIN_MS)
    _end_sessions(hub, time())
    hub.report.measured(figures(hub))


async def _beat(hub: Hub, now: float) -> None:
    silent, lost = hub.heartbeats.due(now)
    for client in lost:
        hub.dismiss(client, NO_PONG)
    for number, client in enumerate(silent):
        if client.open:
            client.transport.write(PING)
        if number % YIELD_EVERY == YIELD_EVERY - 1:
            await asyncio.sleep(0)


def _is_stuck(client: Client, now: float) -> bool:
    return client.behind_since is not None and now - client.behind_since > SLOW_SECONDS


def _end_sessions(hub: Hub, now: float) -> None:
    """A session may have been prolonged by requests meanwhile."""
    due = [client for client in hub.registry if client.expires_at is not None and client.expires_at <= now]
    for client in due:
        client.expires_at = now + 2 * RECHECK_SECONDS  # asked for once
    _recheck(hub, due, EXPIRED)


def revoked(hub: Hub, event: AccessRevoked) -> None:
    _recheck(hub, concerned(list(hub.registry), event), REVOKED)


def renewed(hub: Hub) -> None:
    """Revocations may have been missed."""
    _recheck(hub, list(hub.registry), REVOKED)


def _recheck(hub: Hub, clients: Collection[Client], gone: CloseCode) -> None:
    if clients:
        hub.run(recheck(hub.keeper, clients, gone, hub.dismiss, RECHECK_SECONDS))


async def send_all_away(hub: Hub, seconds: float) -> None:
    """For the end of this process; returns when all have gone, at the latest after `seconds`."""
    hub.stopping = True
    for number, client in enumerate(hub.registry):
        hub.dismiss(client, SHUTDOWN, within_ms=DRAIN_MS)
        if number % YIELD_EVERY == YIELD_EVERY - 1:
            await asyncio.sleep(0)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await hub.all_gone()
    for socket in list(hub.leaving):
        socket.transport.abort()
    hub.report.measured(figures(hub), stopping=True)


class State(Figures, frozen=True, kw_only=True):
    """What /metrics shows besides the figures."""

    leaving: int
    frames_total: int
    resyncs_total: int
    recovered_total: int
    unrecovered_total: int
    unreadable_total: int
    untold_total: int


MEANINGS = {
    "active": "Open WebSocket connections",
    "max": "How many there may be",
    "lagging": "Of these, those whose client reads too slowly",
    "pending_bytes": "Bytes that wait for slow clients",
    "leaving": "Connections that are being closed",
    "opened_total": "Connections opened",
    "closed_total": "Connections closed",
    "received_total": "Messages from clients",
    "sent_total": "Messages to clients",
    "received_bytes_total": "Bytes from clients",
    "sent_bytes_total": "Bytes to clients",
    "frames_total": "Frames to clients, each with one message or more",
    "failed_total": "Errors of connections, refused ones among them",
    "dropped_total": "Messages left out for slow clients",
    "conflated_total": "States that a newer one replaced before a slow client had them",
    "slow_closed_total": "Connections closed because the client was too slow",
    "resyncs_total": "Times that a client was told to come again for what it missed",
    "recovered_total": "Subscriptions that went on from where their client was",
    "unrecovered_total": "Subscriptions that could not",
    "unreadable_total": "Events of the bus that could not be read",
    "untold_total": "Things of connections that were only counted, because there were too many",
}


def state(hub: Hub) -> State:
    totals = hub.fanout.totals
    return State(
        **structs.asdict(figures(hub)),
        leaving=len(hub.leaving),
        frames_total=totals.frames_total,
        resyncs_total=totals.resyncs_total,
        recovered_total=totals.recovered_total,
        unrecovered_total=totals.unrecovered_total,
        unreadable_total=totals.unreadable_total,
        untold_total=hub.report.untold_total,
    )


def figures(hub: Hub) -> Figures:
    totals, registry = hub.fanout.totals, hub.registry
    return Figures(
        active=len(registry),
        max=registry.limits.total,
        lagging=len(hub.fanout.behind),
        pending_bytes=sum(client.pending_bytes for client in hub.fanout.behind),
        opened_total=registry.opened_total,
        closed_total=registry.closed_total,
        received_total=hub.received_total,
        sent_total=totals.sent_total,
        received_bytes_total=hub.received_bytes_total,
        sent_bytes_total=totals.sent_bytes_total,
        failed_total=hub.report.failed_total,
        dropped_total=totals.dropped_total,
        conflated_total=totals.conflated_total,
        slow_closed_total=hub.slow_closed_total,
    )

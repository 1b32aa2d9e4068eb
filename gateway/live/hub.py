"""Where connections come together: each from its opening to its end, and what its client says in between."""

import asyncio
import random
from collections.abc import Coroutine
from datetime import UTC, datetime
from time import monotonic, time
from typing import Any

import structlog
from msgspec.structs import replace
from prometheus_client import Counter

from gateway.auth.gatekeeper import Gatekeeper
from gateway.live import commands, frames
from gateway.live.access import ROLE_CHANGED
from gateway.live.client import Client, described
from gateway.live.fanout import Fanout
from gateway.live.heartbeats import Heartbeats
from gateway.live.registry import Registry
from gateway.live.report import Report
from gateway.live.socket import Ended, Socket
from gateway.live.subscriptions import Subscriptions
from gateway.live.tickets import redeem
from gateway.live.topics import topics_of
from shared.bus import Bus
from shared.contracts.live import (
    BAD_REQUEST,
    BAD_TICKET,
    EXPIRED,
    NO_PONG,
    PING_SECONDS,
    SERVER_ERROR,
    SLOW,
    TOO_MANY_COMMANDS,
    TOO_MANY_ERRORS,
    CloseCode,
    Command,
    CommandError,
    Connected,
    Disconnecting,
    Refresh,
    Refreshed,
)  # fmt: skip
from shared.contracts.ws.events import Connection, FailureKind
from shared.problems import ProblemError, forbidden, internal, problem_of, too_many

log = structlog.get_logger(__name__)

PONG_SECONDS = 10.0
DEAF_SECONDS = 5.0
RETURN_MS = 1_000  # within which those who are sent away come back: not all at once

CLOSED = Counter("belfry_ws_closed_by_code_total", "WebSocket connections closed", ["code"])
FAULTS: dict[int, FailureKind] = {
    BAD_REQUEST.code: "protocol",
    TOO_MANY_ERRORS.code: "protocol",
    TOO_MANY_COMMANDS.code: "limit",
    SLOW.code: "slow",
    NO_PONG.code: "send",
    SERVER_ERROR.code: "internal",
}
"""Ends that count as errors, and of which kind; those of RFC 6455 that we chose are the protocol's."""


class Hub:
    """All connections of this process. `leaving`: sockets that were told to close, and since when (monotonic)."""

    def __init__(
        self, *, bus: Bus, keeper: Gatekeeper, fanout_tick: float, registry: Registry, report: Report, per_second: float
    ) -> None:
        self._bus, self.keeper, self._per_second = bus, keeper, per_second
        self.registry, self.report = registry, report
        self.fanout = Fanout(fanout_tick, self.dismiss)
        self.heartbeats: Heartbeats[Client] = Heartbeats(PING_SECONDS, PONG_SECONDS)
        self.leaving: dict[Socket, float] = {}
        self.received_total = self.received_bytes_total = self.slow_closed_total = 0
        self.stopping = False
        self._none_leaving = asyncio.Event()
        self._none_leaving.set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.subscriptions: Subscriptions

    # --- a connection's life --------------------------------------------------------------------------------------

    def opened(self, client: Client) -> None:
        self.registry.add(client)
        self.heartbeats.heard(client, monotonic())
        identity, node = client.identity, self.report.node
        self.fanout.send(
            client,
            frames.frame(
                connected=Connected(
                    connection_id=client.id,
                    node=node.id,
                    user=client.user,
                    role=identity.role,
                    topics=topics_of(identity.role),
                    epoch=self.fanout.epoch,
                    expires_at=identity.expires_at,
                )
            ),
        )
        self.report.opened(self.described(client))

    def dismiss(
        self, client: Client, code: CloseCode, reason: str = "", by: str | None = None, within_ms: int = RETURN_MS
    ) -> None:
        """Tell the client to go, and when to come again; then close."""
        if not client.open:
            return
        words = reason or code.reason
        goodbye = Disconnecting(
            code=code.code,
            reason=words,
            reconnect=code.reconnect,
            after_ms=random.randrange(within_ms) if code.reconnect else 0,
        )
        self.fanout.send(client, frames.frame(disconnect=goodbye))
        self.slow_closed_total += code is SLOW
        self._leave(client, code.code, words, code.reconnect, by)
        self.linger(client.socket)
        client.socket.close(code.code, words)

    def linger(self, socket: Socket) -> None:
        """It has to close, and is watched until it has."""
        self.leaving[socket] = monotonic()
        self._none_leaving.clear()

    def gone(self, socket: Socket) -> None:
        self.leaving.pop(socket, None)
        if not self.leaving:
            self._none_leaving.set()

    async def all_gone(self) -> None:
        """Returns when every socket that was told to close has closed."""
        await self._none_leaving.wait()

    def ended(self, client: Client, how: Ended) -> None:
        """As we wanted, or the client went by itself or broke the protocol."""
        self.linger(client.socket)
        if client.open:
            self._leave(client, how.code, how.reason, reconnects=True, fault="protocol" if how.by_us else None)

    def _leave(
        self, client: Client, code: int, reason: str, reconnects: bool, by: str | None = None,
        fault: FailureKind | None = None,
    ) -> None:  # fmt: skip
        connection = replace(
            self.described(client), closed_at=datetime.now(UTC), close_code=code, close_reason=reason, closed_by=by
        )
        client.open, client.direct = False, None
        self.heartbeats.forget(client)
        self.fanout.forget(client)
        self.registry.remove(client, connection, time())
        self.report.closed(connection)
        CLOSED.labels(code).inc()
        kind = fault or FAULTS.get(code)
        if kind:
            self.report.failed(kind, code, reason, connection=connection, reconnects=reconnects)

    def is_deaf(self) -> bool:
        """The bus has been away for so long that who is connected should know it, and nobody should come."""
        bus = self._bus.state()
        return not bus.up and (datetime.now(UTC) - bus.since).total_seconds() > DEAF_SECONDS

    def described(self, client: Client) -> Connection:
        return described(client, self.report.node.id, self.report.node.service)

    # --- how it keeps up ----------------------------------------------------------------------------------------------

    def fell_behind(self, client: Client) -> None:
        self.fanout.fell_behind(client)

    def caught_up(self, client: Client) -> None:
        self.fanout.caught_up(client)

    # --- what it says -------------------------------------------------------------------------------------------------

    def received(self, client: Client, message: bytes, is_text: bool) -> None:
        if not client.open:
            return
        now = monotonic()
        client.heard_at = time()
        self.received_total += 1
        self.received_bytes_total += len(message)
        waited_seconds = self.heartbeats.heard(client, now)
        if not commands.may_send(client, self._per_second, now):
            self.dismiss(client, TOO_MANY_COMMANDS)
        elif commands.is_pong(message):
            client.rtt_seconds = client.rtt_seconds if waited_seconds is None else waited_seconds
        elif is_text:
            self._read(client, message)
        else:
            self.dismiss(client, BAD_REQUEST, "Send texts, nothing binary")

    def _read(self, client: Client, message: bytes) -> None:
        try:
            command = commands.read(message)
        except ProblemError as error:
            client.bad_commands += 1
            if error.problem.status == 400:
                self.dismiss(client, BAD_REQUEST)
            elif client.bad_commands > commands.MOST_BAD_COMMANDS:
                self.dismiss(client, TOO_MANY_ERRORS)
            else:
                self._refuse(client, commands.id_of(message), error)
        else:
            self._obey(client, command.id or 0, command)

    def _obey(self, client: Client, id: int, command: Command) -> None:
        if client.busy >= commands.MOST_BUSY:
            self._refuse(client, id, too_many(1, f"At most {commands.MOST_BUSY} commands at a time"))
        elif command.subscribe and command.subscribe.topic not in topics_of(client.identity.role):
            self._refuse(client, id, forbidden(f"Not for the role {client.identity.role}"))
        elif command.subscribe:
            self.subscriptions.subscribe(client, id, command.subscribe)
        elif command.unsubscribe:
            self.subscriptions.unsubscribe(client, id, command.unsubscribe)
        elif command.refresh:
            self.spawn(client, id, self._refresh(client, id, command.refresh))

    async def _refresh(self, client: Client, id: int, refresh: Refresh) -> None:
        """The session goes on as that of the ticket."""
        identity = await redeem(self._bus, refresh.ticket, client.origin)
        if identity is not None:
            identity = (await self.keeper.still_good([identity])).get(identity.id)
        if identity is None or identity.user_name != client.user:
            raise forbidden(BAD_TICKET.reason)
        if identity.role != client.identity.role:
            self.dismiss(client, EXPIRED, ROLE_CHANGED)
        client.belongs_to(identity)
        self.fanout.send(client, frames.frame(id=id, refreshed=Refreshed(expires_at=identity.expires_at)))

    def _refuse(self, client: Client, id: int | None, error: ProblemError) -> None:
        words = CommandError(status=error.problem.status, message=commands.words_of(error))
        self.fanout.send(client, frames.frame(id=id, error=words))

    # --- what takes longer --------------------------------------------------------------------------------------------

    def spawn(self, client: Client, id: int, work: Coroutine[Any, Any, None]) -> None:
        """Work that a client waits for; what goes wrong is its answer."""
        client.busy += 1
        self.run(self._guarded(client, id, work))

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work, name="live work")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _guarded(self, client: Client, id: int, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception as error:
            problem = problem_of(error)
            if problem is None:
                log.exception("live.command_failed", connection=client.id)
            self._refuse(client, id, ProblemError(problem) if problem else internal(client.id))
        finally:
            client.busy -= 1

    async def stop_working(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

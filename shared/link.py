"""One connection to NATS that is always replaced when it is lost.

A client of nats-py is used for one connection only. Its own reconnect keeps what was published meanwhile and sends it
late, ends for ever on a refused credential, and waits on a peer that stopped reading; a new client has none of that.
"""

import asyncio
import contextlib
import random
from datetime import UTC, datetime
from time import monotonic
from typing import Literal, Protocol

import structlog
from msgspec import Struct
from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.errors import SlowConsumerError

from shared.connection import LONG_AGO_SECONDS, Address, abandon, open_client, written
from shared.problems import unavailable

log = structlog.get_logger(__name__)

LinkState = Literal["connecting", "up", "stalled", "down", "closed"]
"""Can we talk to NATS? `stalled`: connected, but a ping is not answered; `down`: was up, being replaced."""

STEADY_SECONDS = 10.0  # a connection that ended sooner counts as a failed attempt
HELD_UP_SECONDS = 0.05  # when this process itself was held up, its answers are there, but not read yet
CONNECT_FAULTS = (OSError, NatsError, TimeoutError, ValueError)


class LinkOptions(Struct, frozen=True, kw_only=True):
    """A ping every `ping_seconds`, lost when unanswered as long again; `stall_seconds` unanswered: fail fast.
    At most `pending_bytes` wait to be written."""

    ping_seconds: float = 10.0
    stall_seconds: float = 2.0
    connect_seconds: float = 2.0
    longest_backoff_seconds: float = 5.0
    pending_bytes: int = 4 * 1024 * 1024


class Listener(Protocol):
    """Who is told: `came_up` before anyone may use the client (an error there counts as a failed connection)."""

    async def came_up(self, client: Client) -> None: ...

    def went_down(self) -> None: ...


class Link:
    """Keeps a client connected, for ever, until `close`."""

    def __init__(self, address: Address, options: LinkOptions, listener: Listener) -> None:
        self._address, self._options, self._listener = address, options, listener
        self._client: Client | None = None
        self._lost = asyncio.Event()
        self._up = asyncio.Event()
        self._supervisor: asyncio.Task[None] | None = None
        self._pings: set[asyncio.Task[float]] = set()
        self.state: LinkState = "connecting"
        self.since = datetime.now(UTC)
        self.rtt_ms: float | None = None
        self.connects = 0
        self.errors = 0
        self.slow_drops = 0
        self.last_error = ""

    def start(self) -> None:
        self._supervisor = asyncio.create_task(self._supervise(), name="bus link")

    async def wait_up(self, timeout_seconds: float | None = None) -> bool:
        """True once connected; False when that took longer than the timeout."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_seconds):
                await self._up.wait()
        return self._up.is_set()

    def client(self) -> Client:
        """The client to send with now. Raises ProblemError 503 unless it is up and takes what is written."""
        client = self._client
        if client is None or self.state != "up" or client.is_closed:
            raise unavailable("nats", f"The message bus is {self.state}")
        if client.pending_data_size > self._options.pending_bytes:
            raise unavailable("nats", "The message bus does not take what is sent")
        return client

    async def close(self, drain_seconds: float) -> None:
        """Wait until the server has what was sent, within the deadline, and close. Safe in every state."""
        client, was_up = self._client, self.state == "up"
        self._become("closed")
        if client is not None and was_up:
            # nats-py's drain() raises unless connected, swallows cancellation, and waits 10 s for a silent peer.
            await written(client, drain_seconds)
            await asyncio.wait({self._ping(client)}, timeout=drain_seconds)
        if self._supervisor is not None:
            self._supervisor.cancel()
            await asyncio.gather(self._supervisor, return_exceptions=True)

    async def _supervise(self) -> None:
        attempt = 0
        while True:
            up_seconds = await self._live()
            if self.state == "closed":
                return
            attempt = 0 if up_seconds > STEADY_SECONDS else attempt + 1
            if attempt == 1:
                log.warning("bus.waiting", reason=self.last_error)
            await asyncio.sleep(backoff_seconds(attempt, self._options.longest_backoff_seconds))

    async def _live(self) -> float:
        """One connection, from its opening to its loss; returns the seconds it was up."""
        client, opened_at = Client(), None
        try:
            await self._open(client)
            opened_at = monotonic()
            reason = await self._watch(client)
            if self.state != "closed":
                log.warning("bus.lost", reason=reason, last_error=self.last_error)
        except CONNECT_FAULTS as error:
            self._count(error)
            log.debug("bus.not_connected", reason=self.last_error)
        finally:
            self._go_down()
            await abandon(client)
        return 0 if opened_at is None else monotonic() - opened_at

    def _go_down(self) -> None:
        if self._client is not None:
            self._client = None
            self._become("down")
            self._up.clear()
            self._listener.went_down()
        for ping in self._pings:
            ping.cancel()

    async def _open(self, client: Client) -> None:
        """Connect and let the listener subscribe. Raises OSError, NatsError, TimeoutError."""
        self._lost = lost = asyncio.Event()

        async def ended() -> None:
            lost.set()

        await open_client(client, self._address, self._options.connect_seconds, self._on_error, ended)
        await self._listener.came_up(client)
        self._client = client
        self.connects += 1
        self._become("up")
        self._up.set()
        log.info("bus.connected", server=getattr(client.connected_url, "netloc", ""), connects=self.connects)

    async def _watch(self, client: Client) -> str:
        """Returns why the connection is lost: closed under us, or a ping stayed unanswered."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._options.ping_seconds):
                    await self._lost.wait()
            if self._lost.is_set() or client.is_closed:
                return "closed"
            if not await self._probe(client):
                return "silent"

    async def _probe(self, client: Client) -> bool:
        """A ping and its answer; also finds a read loop that died quietly."""
        lost = asyncio.create_task(self._lost.wait())
        ping = self._ping(client)
        stall_seconds = min(self._options.stall_seconds, self._options.ping_seconds)
        await asyncio.wait({ping, lost}, timeout=stall_seconds, return_when=asyncio.FIRST_COMPLETED)
        if not ping.done():
            self._become("stalled")
            rest_seconds = self._options.ping_seconds - stall_seconds
            await asyncio.wait({ping, lost}, timeout=rest_seconds, return_when=asyncio.FIRST_COMPLETED)
        if not ping.done():
            await asyncio.sleep(HELD_UP_SECONDS)
        lost.cancel()
        self.rtt_ms = _milliseconds(ping)
        if self.rtt_ms is not None:
            self._become("up")
        return self.rtt_ms is not None

    async def ping(self, deadline_seconds: float) -> float | None:
        """Milliseconds to the server and back; None when unanswered at the deadline. Raises ProblemError 503."""
        ping = self._ping(self.client())
        await asyncio.wait({ping}, timeout=deadline_seconds)
        return _milliseconds(ping)

    def _ping(self, client: Client) -> "asyncio.Task[float]":
        # rtt() cancels the future of its PONG at its own timeout, and a PONG after that kills the read loop: so that
        # timeout is far away, ours is outside, and an unanswered ping waits until its connection is gone.
        ping = asyncio.create_task(client.rtt(timeout=LONG_AGO_SECONDS))
        self._pings.add(ping)
        ping.add_done_callback(self._pings.discard)
        return ping

    def _become(self, state: LinkState) -> None:
        if state != self.state and self.state != "closed":
            self.state, self.since = state, datetime.now(UTC)

    def _count(self, error: BaseException) -> None:
        self.errors += 1
        self.last_error = f"{type(error).__name__}: {error}"[:200]

    async def _on_error(self, error: Exception) -> None:
        """Awaited inside nats-py's read loop, where a slow answer delays every subscription: only counts."""
        if isinstance(error, SlowConsumerError):
            self.slow_drops += 1
        else:
            self._count(error)


def backoff_seconds(attempt: int, longest: float) -> float:
    """0.1 s doubling up to `longest`, of which a random half is taken off so that a fleet does not return at once."""
    return min(longest, 0.1 * 2.0 ** min(attempt, 16)) * random.uniform(0.5, 1)


def _milliseconds(ping: "asyncio.Task[float]") -> float | None:
    failed = not ping.done() or ping.cancelled() or ping.exception() is not None
    return None if failed else ping.result() * 1000

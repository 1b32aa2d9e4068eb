"""One nats-py client for one connection: how it is opened, and how it is left whatever state its peer is in."""

import asyncio
import contextlib
import ssl
from collections.abc import Awaitable, Callable
from typing import Any

from msgspec import Struct
from nats.aio.client import Client

LONG_AGO_SECONDS = 86_400
CLOSE_SECONDS = 1.0


class Address(Struct, frozen=True, kw_only=True):
    """Where to connect, and as whom; the seed file is read again for every connection, so that keys can be changed.
    With `tls` nothing is said to a server in the clear."""

    urls: list[str]
    name: str
    inbox_prefix: str
    seed_file: str | None = None
    tls: ssl.SSLContext | None = None


async def open_client(
    client: Client,
    address: Address,
    connect_seconds: float,
    on_error: Callable[[Exception], Awaitable[None]],
    on_end: Callable[[], Awaitable[None]],
) -> None:
    """Connect to the first server that answers. Raises OSError, NatsError, TimeoutError; then `abandon` the client."""
    if address.tls is not None:
        insist_on_tls(client)
    connecting = client.connect(
        list(address.urls),
        name=address.name,
        inbox_prefix=address.inbox_prefix,
        nkeys_seed=address.seed_file,
        tls=address.tls,
        error_cb=on_error,
        disconnected_cb=on_end,
        closed_cb=on_end,
        allow_reconnect=False,
        max_reconnect_attempts=1,
        reconnect_time_wait=0,
        connect_timeout=connect_seconds,  # type: ignore[arg-type]  # any number will do
        ping_interval=LONG_AGO_SECONDS,  # the link pings
        pending_size=0,  # nothing is kept while not connected, and publish() never waits for the peer
    )
    await asyncio.wait_for(connecting, connect_seconds * (len(address.urls) * 2 + 1))


def insist_on_tls(client: Client) -> None:
    """nats-py would sign in in the clear when the server, or somebody before it, says that it needs no TLS."""
    heard = client._process_info

    async def checked(info: dict[str, Any], initial_connection: bool = False) -> None:
        if initial_connection and not info.get("tls_required"):
            raise ConnectionRefusedError("the server speaks no TLS")
        await heard(info, initial_connection)

    client._process_info = checked  # type: ignore[method-assign]  # it has no option for it


async def written(client: Client, deadline_seconds: float) -> None:
    """Returns when all that was published went to the socket, at the latest at the deadline."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(deadline_seconds):
            for _ in iter(lambda: client.pending_data_size, 0):  # nats-py has no event for it
                await asyncio.sleep(0.005)


async def abandon(client: Client) -> None:
    """Close a client without waiting for its peer, which may have stopped reading for ever."""
    # close() flushes to the peer first and waits; a broken transport with nothing to write cannot keep it.
    client._pending.clear()
    client._pending_data_size = 0
    writer = getattr(client._transport, "_io_writer", None)
    if writer is not None:
        writer.transport.abort()
    subscriptions = list(client._subs.values())
    closing = asyncio.create_task(client.close())
    await asyncio.wait({closing}, timeout=CLOSE_SECONDS)
    closing.cancel()
    await asyncio.gather(closing, return_exceptions=True)
    for subscription in subscriptions:
        subscription._stop_processing()
    for task in (client._reading_task, client._ping_interval_task, client._flusher_task):
        if task is not None:
            task.cancel()

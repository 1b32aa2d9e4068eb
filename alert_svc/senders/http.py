"""The one place where messages go out over HTTP: guarded addresses, no redirects, bounded answers."""

import asyncio
import json
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from msgspec import Struct
from multidict import CIMultiDict
from yarl import URL

from alert_svc.senders import faults
from alert_svc.senders.guard import Network, socket_factory
from shared.version import VERSION

MOST_ANSWER_BYTES = 64 * 1024
SENDER_THREADS = 16
RESOLVER_THREADS = 64  # a name server that hangs holds one thread for each message, and no other channel
IDLE_SECONDS = 15
AGENT = f"Belfry/{VERSION}"

LookUp = Callable[[str, int, int], list[Any]]
"""As socket.getaddrinfo, of host, port and family."""


class Request(Struct, frozen=True, kw_only=True):
    """`part`: which part of a message this is, when it takes several requests."""

    url: str
    body: bytes
    headers: dict[str, str] = {}
    method: str = "POST"
    part: str = ""


class Answer(Struct, frozen=True):
    status: int
    headers: CIMultiDict[str]
    body: bytes

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    def json(self) -> dict[str, Any]:
        """The object in it; empty when there is none."""
        try:
            found = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}


class Resolver(AbstractResolver):
    """The system's resolver in threads of its own, for HTTP and SMTP alike."""

    def __init__(self, look_up: LookUp | None = None) -> None:
        self._threads = ThreadPoolExecutor(RESOLVER_THREADS, "alert-resolver")
        self._look_up = look_up or _look_up

    async def addresses(self, host: str, port: int, family: int = socket.AF_UNSPEC) -> list[Any]:
        """As getaddrinfo gives them. Raises OSError."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._look_up, host, port, family)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host,
                host=info[4][0],
                port=port,
                family=info[0],
                proto=info[2],
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for info in await self.addresses(host, port, family)
        ]

    async def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


class Wire(Struct, frozen=True):
    """What goes out of the house goes through here. `threads`: for libraries that wait."""

    session: aiohttp.ClientSession
    resolver: Resolver
    tls: ssl.SSLContext
    allowed: Sequence[Network]
    threads: ThreadPoolExecutor

    async def exchange(self, request: Request) -> Answer:
        """One request and its answer, whatever that says. Raises SendFault when there is none."""
        host = host_of(request.url)
        if not request.url.isprintable() or " " in request.url:
            raise faults.of_exception(ValueError(), host)
        try:
            async with self.session.request(
                request.method,
                URL(request.url, encoded=request.url.isascii()),  # signatures in addresses stay as they are
                data=request.body,
                headers={"User-Agent": AGENT, "Accept-Encoding": "identity", **request.headers},
                allow_redirects=False,
            ) as answer:
                body = await _read(answer)
                return Answer(answer.status, CIMultiDict(answer.headers), body)
        except (aiohttp.ClientError, OSError, ValueError, asyncio.IncompleteReadError) as error:
            raise faults.of_exception(error, host) from None  # its text may hold the address, and that a secret


@asynccontextmanager
async def open_wire(
    allowed: Sequence[Network], tls: ssl.SSLContext | None = None, look_up: LookUp | None = None
) -> AsyncIterator[Wire]:
    resolver, context = Resolver(look_up), tls or ssl.create_default_context()
    threads = ThreadPoolExecutor(SENDER_THREADS, "alert-sender")
    connector = aiohttp.TCPConnector(
        limit=0,  # who sends is bounded by the lanes
        resolver=resolver,
        ssl=context,
        socket_factory=socket_factory(allowed),
        keepalive_timeout=IDLE_SECONDS,
    )
    async with aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=None),  # the courier has the deadline
        trust_env=False,
        auto_decompress=False,  # what is small must stay small
    ) as session:
        yield Wire(session, resolver, context, allowed, threads)
    threads.shutdown(wait=False, cancel_futures=True)
    await resolver.close()


def host_of(url: str) -> str:
    try:
        return URL(url).host or "the address"
    except ValueError:
        return "the address"


async def _read(answer: aiohttp.ClientResponse) -> bytes:
    parts: list[bytes] = []
    left = MOST_ANSWER_BYTES
    while left > 0 and (part := await answer.content.read(left)):
        parts.append(part)
        left -= len(part)
    if left <= 0:
        answer.close()  # the rest is not read
    return b"".join(parts)


def _look_up(host: str, port: int, family: int) -> list[Any]:
    return socket.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM)

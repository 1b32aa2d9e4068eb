"""The Services of Kubernetes: all of them, then every change, for ever, whatever the API server or the network does."""

import asyncio
import random
import ssl
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from time import monotonic
from typing import Any

import structlog
from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout, StreamReader, TCPConnector
from msgspec import MsgspecError, Raw, Struct, json

from health_svc.annotations import KubernetesService
from shared.link import backoff_seconds

log = structlog.get_logger()

PAGE = 500
MAX_BYTES = 16 * 1024 * 1024  # of a page, and of an event; an object has at most 1.5 MB
STEADY_SECONDS = 5.0  # a watch that ended sooner, and brought nothing, counts as a failed attempt
GONE = 410


class Access(Struct, frozen=True, kw_only=True):
    """Where the API is, and the folder of `token` and `ca.crt`: Kubernetes writes them anew while we run, so they are
    read for each request. `namespace`: of this one only; empty for all."""

    url: str
    folder: Path
    namespace: str = ""

    @property
    def services(self) -> str:
        place = f"/namespaces/{self.namespace}" if self.namespace else ""
        return f"{self.url.rstrip('/')}/api/v1{place}/services"


class Pace(Struct, frozen=True, kw_only=True):
    """A watch is asked to end after `watch_seconds`, and given up when it is silent for `answer_seconds` more: so a
    connection is found out that is open on our side only."""

    watch_seconds: float = 60
    answer_seconds: float = 15
    connect_seconds: float = 5
    longest_backoff_seconds: float = 30


class Listed(Struct, frozen=True):
    """All Services there are."""

    services: list[KubernetesService]


class Changed(Struct, frozen=True):
    """One Service as it is now, or as it was before it went."""

    service: KubernetesService
    gone: bool


class _Page(Struct, frozen=True):
    items: list[Raw]
    metadata: dict[str, Any]


class _Event(Struct, frozen=True):
    type: str
    object: Raw


class _Status(Struct, frozen=True):
    code: int = 0
    message: str = ""


class ExpiredError(Exception):
    """What is known is too old to go on from."""


class RefusedError(Exception):
    """The API said no; the message is its own."""


FAULTS = (ClientError, OSError, TimeoutError, ValueError, MsgspecError, RefusedError)


async def follow(access: Access, pace: Pace) -> AsyncGenerator[Listed | Changed, None]:
    """Without end. What is lost in between is made good by listing again."""
    version, attempt = "", 0
    while True:
        started, useful = monotonic(), False
        try:
            if not version:
                services, version = await _list(access, pace)
                log.info("kubernetes.listed", services=len(services), namespace=access.namespace or "all")
                yield Listed(services)
            async with aclosing(_watch(access, pace, version)) as events:
                async for event in events:
                    version, attempt, useful = event.version, 0, True
                    if event.found is not None:
                        yield event.found
            attempt = 0 if useful or monotonic() - started > STEADY_SECONDS else attempt + 1
        except ExpiredError:
            version, attempt = "", attempt + 1
        except FAULTS as error:
            attempt += 1
            if attempt == 1:
                log.warning("kubernetes.waiting", reason=str(error) or type(error).__name__)
        if attempt:
            await asyncio.sleep(backoff_seconds(attempt, pace.longest_backoff_seconds))


class Seen(Struct, frozen=True):
    """An event of a watch: the version to go on from, and what it brought; None for a bookmark."""

    version: str
    found: Changed | None


async def _list(access: Access, pace: Pace) -> tuple[list[KubernetesService], str]:
    """All Services and the version they are of. Raises ExpiredError when pages take so long that they are forgotten."""
    services: list[KubernetesService] = []
    more: dict[str, str] = {}
    while True:
        async with (
            asyncio.timeout(pace.answer_seconds),
            _asked(access, pace, {"limit": str(PAGE), **more}) as answer,
        ):
            page = json.decode(b"".join([part async for part in _bounded(answer.content)]), type=_Page)
        services += [service for item in page.items if (service := _service(item))]
        if not page.metadata.get("continue"):
            return services, str(page.metadata["resourceVersion"])
        more = {"continue": page.metadata["continue"]}


async def _watch(access: Access, pace: Pace, version: str) -> AsyncGenerator[Seen, None]:
    """What happens after `version`, until the API ends it. Raises ExpiredError; TimeoutError when it is silent."""
    seconds = round(pace.watch_seconds * random.uniform(0.8, 1))  # not all replicas at once
    query = {"watch": "1", "resourceVersion": version, "allowWatchBookmarks": "true", "timeoutSeconds": str(seconds)}
    async with _asked(access, pace, query, silent_seconds=seconds + pace.answer_seconds) as answer:
        async for line in _lines(answer.content):
            event = json.decode(line, type=_Event)
            if event.type == "ERROR":
                raise _error(json.decode(event.object, type=_Status))
            if (service := _service(event.object)) is None:
                continue
            change = None if event.type == "BOOKMARK" else Changed(service, event.type == "DELETED")
            yield Seen(service.metadata.resource_version, change)


def _error(status: _Status) -> Exception:
    return ExpiredError() if status.code == GONE else RefusedError(f"{status.code} {status.message}")


@asynccontextmanager
async def _asked(
    access: Access, pace: Pace, query: dict[str, str], silent_seconds: float | None = None
) -> AsyncIterator[ClientResponse]:
    """The answer to a GET of the Services, once it is 200. Raises ExpiredError, RefusedError and what aiohttp does."""
    token = (access.folder / "token").read_text().strip()
    timeout = ClientTimeout(total=None, sock_connect=pace.connect_seconds, sock_read=silent_seconds)
    connector = TCPConnector(ssl=_authority(access))
    async with (
        ClientSession(connector=connector, timeout=timeout, headers={"Authorization": f"Bearer {token}"}) as session,
        session.get(access.services, params=query, allow_redirects=False) as answer,
    ):
        if answer.status != 200:
            body = await answer.content.read(64 * 1024)
            raise _error(_Status(answer.status, _message(body)))
        yield answer


def _authority(access: Access) -> ssl.SSLContext | bool:
    """Who signed the API's certificate."""
    if not access.url.startswith("https:"):
        return True
    return ssl.create_default_context(cafile=str(access.folder / "ca.crt"))


def _message(body: bytes) -> str:
    try:
        return json.decode(body, type=_Status).message
    except MsgspecError:
        return body[:200].decode(errors="replace")


def _service(raw: Raw) -> KubernetesService | None:
    """None for one that is not as the API describes it: the others are watched all the same."""
    try:
        return json.decode(raw, type=KubernetesService)
    except (MsgspecError, UnicodeDecodeError):
        return None


async def _bounded(content: StreamReader) -> AsyncIterator[bytes]:
    left = MAX_BYTES
    async for part in content.iter_any():
        left -= len(part)
        if left < 0:
            raise RefusedError(f"an answer of more than {MAX_BYTES} bytes")
        yield part


async def _lines(content: StreamReader) -> AsyncIterator[bytes]:
    kept = bytearray()
    async for part in content.iter_any():
        kept += part
        *lines, rest = kept.split(b"\n")
        kept = bytearray(rest)
        if len(kept) > MAX_BYTES:
            raise RefusedError(f"an event of more than {MAX_BYTES} bytes")
        for line in lines:
            if line.strip():
                yield bytes(line)

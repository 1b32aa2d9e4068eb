"""Opening connections: one address, one family, one attempt, each phase timed; and what went wrong in words."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from ipaddress import ip_address
from typing import TypeVar, cast

from msgspec import Struct

from health_svc.probes.certificates import (
    EXPIRED_CODE,
    MISMATCH_CODES,
    days_words,
    ends_at,
    verify_words,
)
from health_svc.probes.context import ProbeContext
from health_svc.probes.evidence import FaultError
from health_svc.probes.faults import fault_of
from health_svc.probes.words import endpoint

PEEK_SECONDS = 1.0
P = TypeVar("P", bound=asyncio.Protocol)


class Tls(Struct, frozen=True):
    """How to secure a connection: the context, and the name the certificate must carry."""

    context: ssl.SSLContext
    server_name: str


def is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


async def resolve(host: str, context: ProbeContext) -> str:
    """The address to use: the literal itself, or the first one the system's resolver names (phase `dns`)."""
    if is_address(host):
        context.seen.address = host
        return host
    context.seen.begin("dns")
    try:
        found = await asyncio.get_running_loop().run_in_executor(context.resolver, _look_up, host)
    except socket.gaierror as error:
        raise _name_fault(error, host) from error
    except UnicodeError as error:
        raise FaultError("error", f"{host!r} is not a valid host name") from error
    context.seen.address = found
    return found


def _look_up(host: str) -> str:
    first = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)[0]
    return cast(str, first[4][0])


def _name_fault(error: socket.gaierror, host: str) -> FaultError:
    if error.errno in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)):
        return FaultError("fail", f"{host} has no address in DNS. Check the name")
    if error.errno == socket.EAI_AGAIN:
        return FaultError("error", f"The resolver of this machine gave no answer for {host}")
    return FaultError("error", f"{host} could not be resolved: {error.strerror}")


async def dial(
    host: str, port: int, context: ProbeContext, protocol: Callable[[], P], tls: Tls | None = None
) -> tuple[asyncio.Transport, P]:
    """Connects (phases `dns`, `connect`, `tls`). The caller aborts the transport when done."""
    address = await resolve(host, context)
    context.seen.begin("connect")
    loop = asyncio.get_running_loop()
    try:
        if tls is None:
            return await loop.create_connection(protocol, address, port)
        sock = await _connected(address, port)
    except OSError as error:
        raise fault_of(error, endpoint(host, port)) from error
    async with _handshake(tls, host, port, context):
        transport, made = await loop.create_connection(
            protocol, sock=sock, ssl=tls.context, server_hostname=tls.server_name
        )
    note_certificate(transport.get_extra_info("ssl_object"), context)
    return transport, made


async def secure(
    transport: asyncio.Transport, protocol: asyncio.Protocol, tls: Tls, host: str, port: int, context: ProbeContext
) -> asyncio.Transport:
    """Starts TLS on a connection that began without it (phase `tls`)."""
    loop = asyncio.get_running_loop()
    async with _handshake(tls, host, port, context):
        secured = await loop.start_tls(transport, protocol, tls.context, server_hostname=tls.server_name)
        if secured is None:
            raise ConnectionResetError
    note_certificate(secured.get_extra_info("ssl_object"), context)
    return secured


async def _connected(address: str, port: int) -> socket.socket:
    sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.setblocking(False)
    try:
        await asyncio.get_running_loop().sock_connect(sock, (address, port))
    except BaseException:
        sock.close()
        raise
    return sock


@asynccontextmanager
async def _handshake(tls: Tls, host: str, port: int, context: ProbeContext) -> AsyncIterator[None]:
    """Times a TLS handshake and says what went wrong in it."""
    context.seen.begin("tls")
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise await certificate_fault(error, tls.server_name, host, port, context) from error
    except ssl.SSLError as error:
        raise fault_of(error, endpoint(host, port)) from error
    except OSError as error:
        raise FaultError("fail", f"{endpoint(host, port)} closed the connection during the TLS handshake") from error


def note_certificate(connection: ssl.SSLObject, context: ProbeContext) -> None:
    """Keeps the earliest end of the certificates met on the way."""
    if ends := ends_at(connection):
        known = context.seen.certificate_ends_at
        context.seen.certificate_ends_at = min(ends, known) if known else ends


async def certificate_fault(
    error: ssl.SSLCertVerificationError, server_name: str, host: str, port: int, context: ProbeContext
) -> FaultError:
    """Why a certificate was refused."""
    context.seen.end()
    words = verify_words(error)
    if error.verify_code == EXPIRED_CODE and (ends := await _peek(server_name, host, port, context)):
        context.seen.certificate_ends_at = ends
        words = days_words(ends, context.now())
    elif error.verify_code in MISMATCH_CODES:
        words = f"is not valid for {server_name}"
    return FaultError("fail", f"The certificate of {server_name} {words}")


async def _peek(server_name: str, host: str, port: int, context: ProbeContext) -> datetime | None:
    """When a refused certificate ends: only a second, unverified handshake shows it."""
    aside, trusting = context.for_check(context.timeout_seconds), Tls(context.tls(verify=False), server_name)
    try:
        async with asyncio.timeout(PEEK_SECONDS):
            transport, _ = await dial(host, port, aside, asyncio.Protocol, trusting)
    except (FaultError, TimeoutError):
        return None
    transport.abort()
    return aside.seen.certificate_ends_at

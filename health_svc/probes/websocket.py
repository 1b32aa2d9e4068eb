"""websocket: a handshake, a ping, and optionally a message to send and one to expect."""

import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from health_svc.probes import assertions
from health_svc.probes.context import ProbeContext
from health_svc.probes.dial import certificate_fault, is_address, note_certificate, resolve
from health_svc.probes.evidence import FaultError, Verdict
from health_svc.probes.faults import fault_of
from health_svc.probes.masking import masked
from health_svc.probes.tls import certificate_verdict
from health_svc.probes.words import endpoint, short
from shared.contracts.checks import WebSocketCheck
from shared.contracts.health.services import Result

WARN_DAYS = 14
MESSAGE_LIMIT_BYTES = 64 * 1024
_PORTS = {"ws": 80, "wss": 443}
_CLOSING = (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSING, aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)
Socket = aiohttp.ClientWebSocketResponse


class _OneAddress(AbstractResolver):
    """Gives aiohttp one address, found as for every other probe."""

    def __init__(self, context: ProbeContext) -> None:
        self._context = context

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        address = await resolve(host, self._context)
        self._context.seen.begin("connect")
        found = socket.AF_INET6 if ":" in address else socket.AF_INET
        numeric = socket.AI_NUMERICHOST
        return [ResolveResult(hostname=host, host=address, port=port, family=found, proto=0, flags=numeric)]

    async def close(self) -> None:
        return


async def probe_websocket(check: WebSocketCheck, context: ProbeContext) -> Verdict:
    where = _where(check.url)
    async with open_socket(check.url, check.headers, check.verify_tls, context) as ws:
        context.seen.begin("ping")
        await ws.ping()
        first = await _receive(ws, aiohttp.WSMsgType.PONG, where)
        if check.send is not None:
            await ws.send_str(check.send)
        ended: Result = "fail" if check.verify_tls else "warn"
        certificate = certificate_verdict(WARN_DAYS, urlsplit(check.url).hostname or "", context, ended)
        if check.expect is None:
            return certificate
        context.seen.begin("expect")
        text = first or await _receive(ws, aiohttp.WSMsgType.TEXT, where)
    context.seen.response_head = masked(text[:2048])
    assertion, reason = assertions.text("message", check.expect, text)
    context.seen.assertions.append(assertion)
    if not reason:
        return certificate
    return Verdict("fail", f"{where} sent {short(masked(text), 40)!r}, expected {short(check.expect, 40)!r}")


async def _receive(ws: Socket, wanted: aiohttp.WSMsgType, where: str) -> str:
    """Waits for a frame of one kind; gives the first text that came on the way."""
    first = ""
    while True:
        message = await ws.receive()
        if message.type in _CLOSING:
            code = f" with code {ws.close_code}" if ws.close_code else ""
            raise FaultError("fail", f"{where} closed the WebSocket{code}")
        if message.type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY) and not first:
            data = message.data
            first = data if isinstance(data, str) else data.decode("utf-8", "replace")
        if message.type is wanted or (wanted is aiohttp.WSMsgType.TEXT and first):
            return first


@asynccontextmanager
async def open_socket(url: str, headers: dict[str, str], verify: bool, context: ProbeContext) -> AsyncIterator[Socket]:
    """Opens a WebSocket (phases `dns`, `connect` with TLS, `handshake`). At the end it is dropped, not closed."""
    host = urlsplit(url).hostname or ""
    if is_address(host):  # aiohttp resolves only names
        context.seen.address = host
        context.seen.begin("connect")
    async with _session(verify, context) as session:
        ws = await _opened(session, url, headers, context)
        try:
            yield ws
        finally:
            if transport := ws.get_extra_info("transport"):
                transport.abort()


def _session(verify: bool, context: ProbeContext) -> aiohttp.ClientSession:
    connector = aiohttp.TCPConnector(
        resolver=_OneAddress(context),
        ssl=context.tls(verify),
        happy_eyeballs_delay=None,
        force_close=True,
    )
    return aiohttp.ClientSession(connector=connector, trace_configs=[_tracing(context)])


async def _opened(session: aiohttp.ClientSession, url: str, headers: dict[str, str], context: ProbeContext) -> Socket:
    try:
        ws = await session.ws_connect(url, headers=headers, autoping=False, max_msg_size=MESSAGE_LIMIT_BYTES)
    except aiohttp.ClientConnectorCertificateError as error:
        parts, cause = urlsplit(url), error.certificate_error
        host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        if isinstance(cause, ssl.SSLCertVerificationError):
            raise await certificate_fault(cause, host, host, port, context) from error
        raise FaultError("fail", f"The certificate of {host} is not valid for {host}") from error
    except aiohttp.ClientError as error:
        raise _fault(error, _where(url)) from error
    if connection := ws.get_extra_info("ssl_object"):
        note_certificate(connection, context)
    return ws


def _tracing(context: ProbeContext) -> aiohttp.TraceConfig:
    async def connected(session: aiohttp.ClientSession, at: SimpleNamespace, of: object) -> None:
        context.seen.begin("handshake")

    tracing = aiohttp.TraceConfig()
    tracing.on_connection_create_end.append(connected)
    return tracing


def _fault(error: aiohttp.ClientError, where: str) -> FaultError:
    if isinstance(error, aiohttp.WSServerHandshakeError):
        return FaultError("fail", f"{where} answers HTTP {error.status} instead of opening a WebSocket")
    if isinstance(error, aiohttp.ClientConnectorError):
        return fault_of(error.os_error, where)
    if isinstance(error, aiohttp.InvalidURL):
        return FaultError("error", "The address cannot be used")
    return FaultError("fail", f"{where} broke off the WebSocket handshake")


def _where(url: str) -> str:
    parts = urlsplit(url)
    return endpoint(parts.hostname or "", parts.port or _PORTS[parts.scheme])

"""The door: from a GET of /api/v1/ws to a connection, or a reason why not.

What a program can read is an HTTP problem. What only a page could cause is said over the socket, because a page sees
nothing of an upgrade that failed."""

import secrets
import sys
from time import time

from aiohttp import hdrs, web

from gateway.auth.gatekeeper import GATEKEEPER
from gateway.auth.identity import Identity
from gateway.auth.schemes import check_scheme, is_taken
from gateway.client import client_ip, public_url
from gateway.live import frames
from gateway.live.client import Client
from gateway.live.hub import Hub
from gateway.live.socket import Ended, Socket, switch
from gateway.live.tickets import redeem
from gateway.passage import PASSAGE
from gateway.settings import GatewaySettings
from shared.contracts.live import BAD_TICKET, PROTOCOL, TOO_MANY_CONNECTIONS, CloseCode, Disconnecting
from shared.contracts.wire import Problem
from shared.contracts.ws.events import FailureKind
from shared.keys import BUS, SETTINGS
from shared.middleware import problem_response
from shared.problems import ProblemError, bad_request, forbidden, unauthorized, unavailable

HUB = web.AppKey("HUB", Hub)

UPGRADE_REQUIRED = 426
WHAT_IS_SPOKEN: dict[str, str] = {hdrs.UPGRADE: "websocket", hdrs.SEC_WEBSOCKET_VERSION: "13"}
AGENT_LENGTH = 200
KEY_LENGTH = 24  # 16 bytes as base64
KINDS: dict[int, FailureKind] = {401: "authentication", 403: "authentication", 503: "internal"}


async def connect(request: web.Request) -> web.StreamResponse:
    hub = request.app[HUB]
    try:
        check_handshake(request)
        if hub.stopping or not hub.fanout.epoch or hub.is_deaf():
            raise unavailable("gateway", "The live channel hears nothing now")
        origin = checked_origin(request)
        identity = await _identity(request, origin)
    except ProblemError as error:
        problem = error.problem
        hub.report.failed(KINDS.get(problem.status, "handshake"), problem.status, problem.detail, client_ip=client_ip())
        if problem.status == UPGRADE_REQUIRED:
            return problem_response(problem, request, WHAT_IS_SPOKEN)
        raise
    if identity is None:
        return await _turn_away(request, "authentication", BAD_TICKET, BAD_TICKET.reason)
    if not identity.settled:
        raise forbidden("Change the first password before anything else", code="must_change_password")
    if refusal := hub.registry.refusal(identity.user_name, client_ip()):
        return await _turn_away(request, "limit", TOO_MANY_CONNECTIONS, refusal, identity)
    PASSAGE.get().identity = identity
    return await switch(request, _client(request, identity, origin), _protocol(request))


def check_handshake(request: web.Request) -> None:
    """Raises ProblemError 426 for what is no WebSocket of version 13, 400 for a bad key."""
    headers = request.headers
    if not (_names(request, hdrs.UPGRADE, "websocket") and _names(request, hdrs.CONNECTION, "upgrade")):
        raise _upgrade_required("Connect with a WebSocket")
    if headers.get(hdrs.SEC_WEBSOCKET_VERSION) != "13":
        raise _upgrade_required("Only version 13 is spoken")
    if len(headers.get(hdrs.SEC_WEBSOCKET_KEY, "")) != KEY_LENGTH:
        raise bad_request("Sec-WebSocket-Key must be 16 bytes in base64")


def _upgrade_required(detail: str) -> ProblemError:
    return ProblemError(Problem(status=UPGRADE_REQUIRED, title="Upgrade required", detail=detail))


def _names(request: web.Request, header: str, word: str) -> bool:
    return word in [part.strip().lower() for part in request.headers.get(header, "").split(",")]


def checked_origin(request: web.Request) -> str:
    """The page's origin, empty for programs, which send none. Raises ProblemError 403 for any page but ours, and those
    of BELFRY_WS_ORIGINS."""
    origin = request.headers.get(hdrs.ORIGIN, "")
    settings = request.app[SETTINGS]
    assert isinstance(settings, GatewaySettings)
    own = {public_url(request), f"{request.scheme}://{request.host}"}
    if origin and origin not in own and origin not in settings.ws_origins:
        raise forbidden("The request comes from another site", code="origin")
    return origin


async def _identity(request: web.Request, origin: str) -> Identity | None:
    """Who connects: by a ticket, a bearer token, or the cookie of a page. None for a bad ticket."""
    keeper = request.app[GATEKEEPER]
    secret = request.query.get("ticket")
    if secret is not None:
        redeemed = await redeem(request.app[BUS], secret, origin)
        found = (await keeper.still_good([redeemed])).get(redeemed.id) if redeemed else None
        return found if found and is_taken(request, found) else None
    check_scheme(request)
    identity = await keeper.identify(request)
    if identity is None:
        raise unauthorized("Sign in, send a token as Authorization: Bearer, or come with a ticket")
    if identity.kind == "session" and not origin:
        raise forbidden("Browsers say which page connects; programs use a token or a ticket", code="origin")
    return identity


def _client(request: web.Request, identity: Identity, origin: str) -> Client:
    return Client(
        request.app[HUB],
        f"c-{secrets.token_hex(6)}",
        identity,
        origin=origin,
        client_ip=sys.intern(client_ip()),
        agent=sys.intern(_agent(request)),
        now=time(),
    )


def _agent(request: web.Request) -> str:
    agent = request.headers.get(hdrs.USER_AGENT, "")[:AGENT_LENGTH]
    return "".join(letter if letter.isascii() and letter.isprintable() else "?" for letter in agent)


def _protocol(request: web.Request) -> str | None:
    offered = request.headers.get(hdrs.SEC_WEBSOCKET_PROTOCOL, "")
    return PROTOCOL if PROTOCOL in [part.strip() for part in offered.split(",")] else None


class _TurnedAway:
    """A client that hears why not, and nothing else."""

    def __init__(self, hub: Hub, code: CloseCode, reason: str) -> None:
        self._hub, self._code, self._reason = hub, code, reason

    def opened(self, socket: Socket) -> None:
        self._socket = socket
        self._hub.linger(socket)
        code = self._code
        goodbye = Disconnecting(code=code.code, reason=self._reason, reconnect=code.reconnect)
        socket.transport.write(frames.frame(disconnect=goodbye))
        socket.close(code.code, self._reason)

    def received(self, message: bytes, is_text: bool) -> None: ...

    def paused(self) -> None: ...

    def resumed(self) -> None: ...

    def ended(self, how: Ended) -> None: ...

    def gone(self) -> None:
        self._hub.gone(self._socket)


async def _turn_away(
    request: web.Request, kind: FailureKind, code: CloseCode, reason: str, identity: Identity | None = None
) -> web.StreamResponse:
    hub = request.app[HUB]
    user = identity.user_name if identity else None
    hub.report.failed(kind, code.code, reason, client_ip=client_ip(), user=user)
    return await switch(request, _TurnedAway(hub, code, reason), _protocol(request))

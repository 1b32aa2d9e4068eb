"""Records what was changed, what was refused for lack of a role, and failed sign-ins."""

from typing import Any

import msgspec
import structlog
from aiohttp import web

from gateway.auth.audit import AFTER, BEFORE, OBJECT, Deed, record, told
from gateway.auth.gatekeeper import GATEKEEPER
from gateway.client import client_ip
from gateway.interceptors.step import Gate, Rest, Step, Tools
from gateway.passage import PASSAGE
from gateway.routes.route import Route
from shared.contracts.interceptors import NoSettings
from shared.keys import REQUEST_ID
from shared.problems import ProblemError

log = structlog.get_logger()

REFUSED = frozenset({403})
REFUSED_ANYONE = frozenset({401, 403})  # a failed sign-in; elsewhere 401 is only someone who is not signed in


def build(settings: NoSettings, tools: Tools) -> Gate:
    return Gate(audit)


def audit(request: web.Request) -> Step | None:
    route = PASSAGE.get().operation
    return _recorded if route is not None and route.unsafe and route.audited else None


async def _recorded(request: web.Request, rest: Rest) -> web.StreamResponse:
    route = PASSAGE.get().operation
    assert route is not None
    try:
        response = await rest(request)
    except ProblemError as error:
        if error.problem.status in (REFUSED_ANYONE if route.access == "public" else REFUSED):
            await _write(request, route, "refused", None, None)
        raise
    await _write(request, route, "done", request.get(BEFORE), request.get(AFTER) or await _given(request))
    return response


async def _given(request: web.Request) -> Any:
    """What the request asked for, as it came."""
    body = await request.read()
    return msgspec.json.decode(body) if body else None


async def _write(request: web.Request, route: Route, outcome: str, before: Any, after: Any) -> None:
    """A deed that is done stays done when it cannot be recorded: the log keeps it then."""
    identity = PASSAGE.get().identity
    deed = Deed(
        actor=identity.actor if identity else request.get(OBJECT, "anonymous"),
        role=identity.role if identity else "",
        action=f"{route.method} {route.path}",
        object=request.get(OBJECT) or _object(request, after),
        outcome=outcome,
        client_ip=client_ip(),
        request_id=request[REQUEST_ID],
        before=told(before, route.hidden),
        after=told(after, route.hidden),
    )
    try:
        await record(request.app[GATEKEEPER].pool, deed)
    except Exception:
        log.exception("audit.not_written", **msgspec.structs.asdict(deed))


def _object(request: web.Request, after: Any) -> str:
    """The last id in the path; else the id or the title in the body."""
    if request.match_info:
        return list(request.match_info.values())[-1]
    named = after if isinstance(after, dict) else {}
    return str(named.get("id") or named.get("title") or "")

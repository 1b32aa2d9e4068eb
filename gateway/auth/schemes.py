"""Which ways of signing in are taken: the step `auth` says so for each request, and whoever asks who it is heeds it."""

from collections.abc import Iterable, Mapping

from aiohttp import hdrs, web

from gateway.auth.identity import Identity
from shared.problems import unauthorized

NOT_ACCEPTED = {
    "cookie": "Sign-in by cookie is switched off. Send a token as Authorization: Bearer",
    "bearer": "Tokens are switched off. Sign in in the browser",
}
SWITCHED_OFF = web.RequestKey[Mapping[str, str]]("SWITCHED_OFF")
"""Schemes, each with what is said to who comes by it."""
NONE: Mapping[str, str] = {}


def all_but(schemes: Iterable[str]) -> Mapping[str, str]:
    taken = set(schemes)
    return {scheme: words for scheme, words in NOT_ACCEPTED.items() if scheme not in taken}


def check_scheme(request: web.Request) -> None:
    """Raises ProblemError 401 for a request that comes by a scheme that is switched off."""
    switched_off = request.get(SWITCHED_OFF, NONE)
    if switched_off and (words := switched_off.get(_scheme(request))):
        raise unauthorized(words)


def is_taken(request: web.Request, identity: Identity) -> bool:
    """Whether who came in another way, as by a ticket, had signed in by a scheme that is still taken."""
    return ("cookie" if identity.kind == "session" else "bearer") not in request.get(SWITCHED_OFF, NONE)


def _scheme(request: web.Request) -> str:
    return "bearer" if hdrs.AUTHORIZATION in request.headers else "cookie"

"""Closed by default: who asks, from which page, with which role. A route that names no role lets nobody in."""

from aiohttp import hdrs, web

from gateway.auth.gatekeeper import GATEKEEPER, check_origin
from gateway.auth.identity import IDENTITY, allows
from gateway.interceptors.cors import TRUSTED_ORIGIN
from gateway.interceptors.step import Rest, Step, Tools
from gateway.operations import access_of
from shared.contracts.interceptors import AuthSettings
from shared.problems import forbidden, unauthorized

NOT_ACCEPTED = {
    "cookie": "Sign-in by cookie is switched off. Send a token as Authorization: Bearer",
    "bearer": "Tokens are switched off. Sign in in the browser",
}


def build(settings: AuthSettings, tools: Tools) -> Step:
    app = tools.app
    switched_off = {scheme: words for scheme, words in NOT_ACCEPTED.items() if scheme not in settings.schemes}

    async def auth(request: web.Request, rest: Rest) -> web.StreamResponse:
        access = access_of(request)
        trusted = request.get(TRUSTED_ORIGIN, False)
        if access == "public":
            check_origin(request, trusted)
            return await rest(request)
        if switched_off and (words := switched_off.get(_scheme(request))):
            raise unauthorized(words)
        keeper = app[GATEKEEPER]
        identity = await keeper.identify(request)
        if identity is None:
            raise unauthorized("Sign in, or send a token as Authorization: Bearer")
        request[IDENTITY] = identity
        check_origin(request, trusted)
        await keeper.guard(request, identity)
        if not identity.settled and access != "self":
            raise forbidden("Change the first password before anything else", code="must_change_password")
        if access is None or not allows(access, identity):
            raise forbidden(f"Needs the {access or 'admin'} role", code="role", role=access or "admin")
        return await rest(request)

    return auth


def _scheme(request: web.Request) -> str:
    return "bearer" if hdrs.AUTHORIZATION in request.headers else "cookie"

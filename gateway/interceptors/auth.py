"""Closed by default: who asks, from which page, with which role. A route that names no role lets nobody in."""

from aiohttp import web

from gateway.auth.gatekeeper import GATEKEEPER, check_origin
from gateway.auth.identity import IDENTITY, allows
from gateway.auth.schemes import SWITCHED_OFF, all_but, check_scheme
from gateway.interceptors.cors import TRUSTED_ORIGIN
from gateway.interceptors.step import Rest, Step, Tools
from gateway.operations import access_of
from shared.contracts.interceptors import AuthSettings
from shared.problems import forbidden, unauthorized


def build(settings: AuthSettings, tools: Tools) -> Step:
    app = tools.app
    switched_off = all_but(settings.schemes)

    async def auth(request: web.Request, rest: Rest) -> web.StreamResponse:
        access = access_of(request)
        if switched_off:
            request[SWITCHED_OFF] = switched_off
        trusted = request.get(TRUSTED_ORIGIN, False)
        if access == "public":
            check_origin(request, trusted)
            return await rest(request)
        check_scheme(request)
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

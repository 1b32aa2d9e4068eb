"""Closed by default: who asks, from which page, with which role. A route that names no role lets nobody in."""

from aiohttp import web
from aiohttp.typedefs import Handler

from gateway.auth.gatekeeper import GATEKEEPER, check_origin
from gateway.auth.identity import IDENTITY, allows
from gateway.operations import access_of
from shared.problems import forbidden, unauthorized


@web.middleware
async def authorize(request: web.Request, handler: Handler) -> web.StreamResponse:
    access = access_of(request)
    if access == "public":
        check_origin(request)
        return await handler(request)
    keeper = request.app[GATEKEEPER]
    identity = await keeper.identify(request)
    if identity is None:
        raise unauthorized("Sign in, or send a token as Authorization: Bearer")
    request[IDENTITY] = identity
    check_origin(request)
    await keeper.guard(request, identity)
    if not identity.settled and access != "self":
        raise forbidden("Change the first password before anything else", code="must_change_password")
    if access is None or not allows(access, identity):
        raise forbidden(f"Needs the {access or 'admin'} role", code="role", role=access or "admin")
    return await handler(request)

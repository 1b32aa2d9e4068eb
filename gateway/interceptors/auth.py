"""Closed by default: who asks, from which page, with which role. A route that names no role lets nobody in."""

from aiohttp import web

from gateway.auth.gatekeeper import GATEKEEPER, SAFE, check_origin
from gateway.auth.identity import Access, Identity, allows
from gateway.auth.schemes import SWITCHED_OFF, all_but, check_scheme
from gateway.interceptors.cors import TRUSTED_ORIGIN
from gateway.interceptors.step import Gate, Rest, Step, Tools
from gateway.operations import access_of
from gateway.passage import PASSAGE
from shared.contracts.interceptors import AuthSettings
from shared.problems import forbidden, unauthorized


def build(settings: AuthSettings, tools: Tools) -> Gate:
    app = tools.app
    switched_off = all_but(settings.schemes)

    def auth(request: web.Request) -> Step | None:
        """Nothing is waited for when somebody reads who was here a moment ago, as most are."""
        passage = PASSAGE.get()
        access = access_of(request)
        plain = not switched_off and passage.method in SAFE and access != "public"
        identity = app[GATEKEEPER].known(request) if plain else None
        if identity is None:
            return checked
        passage.identity = identity
        check_access(access, identity)
        return None

    async def checked(request: web.Request, rest: Rest) -> web.StreamResponse:
        passage, access = PASSAGE.get(), access_of(request)
        safe = passage.method in SAFE
        if switched_off:
            request[SWITCHED_OFF] = switched_off
        if access == "public":
            if not safe:
                check_origin(request, request.get(TRUSTED_ORIGIN, False))
            return await rest(request)
        if switched_off:
            check_scheme(request)
        keeper = app[GATEKEEPER]
        identity = await keeper.identify(request)
        if identity is None:
            raise unauthorized("Sign in, or send a token as Authorization: Bearer")
        passage.identity = identity
        if not safe:
            check_origin(request, request.get(TRUSTED_ORIGIN, False))
            await keeper.guard(request, identity)
        check_access(access, identity)
        return await rest(request)

    return Gate(auth)


def check_access(access: Access | None, identity: Identity) -> None:
    """Raises ProblemError 403."""
    if not identity.settled and access != "self":
        raise forbidden("Change the first password before anything else", code="must_change_password")
    if access is None or not allows(access, identity):
        raise forbidden(f"Needs the {access or 'admin'} role", code="role", role=access or "admin")

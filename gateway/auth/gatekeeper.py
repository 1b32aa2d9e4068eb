"""Finds out who asks, and whether the request is really theirs."""

import hmac
from collections.abc import Collection
from datetime import UTC, datetime

from aiohttp import hdrs, web
from multidict import istr

from gateway.auth.identity import Identity, IdentityCache, as_bytes, csrf_token, hash_of
from gateway.auth.oidc.people import find_people
from gateway.auth.oidc.realm import Realm
from gateway.auth.oidc.verify import looks_like_one
from gateway.auth.passwords import Passwords
from gateway.auth.secret_key import shared_key
from gateway.auth.sessions import COOKIE, find_session, find_sessions, touch_session
from gateway.auth.tokens import PREFIX, find_token, find_tokens, touch_token
from gateway.client import client_ip, public_url
from gateway.settings import GatewaySettings
from shared.db import Pool
from shared.problems import forbidden, unauthorized

AUTHORIZATION = istr(hdrs.AUTHORIZATION)
CSRF_HEADER = "X-CSRF-Token"
SAFE = frozenset({hdrs.METH_GET, hdrs.METH_HEAD, hdrs.METH_OPTIONS})
AUTOMATION = "automation"


class Gatekeeper:
    """Looks up sessions and tokens, with a memory of a few seconds that a revocation empties at once."""

    def __init__(self, pool: Pool, settings: GatewaySettings, realm: Realm | None = None) -> None:
        self.pool = pool
        self.realm = realm
        self.passwords = Passwords()
        self.cache = IdentityCache()
        self._admin_token = settings.admin_token
        self._started_at = datetime.now(UTC)
        self._csrf_key: bytes | None = None

    def known(self, request: web.Request) -> Identity | None:
        """Who asks, if they did within the last seconds, and showed the same. None: `identify` has to look."""
        return self.cache.get(shown_by(request))

    async def identify(self, request: web.Request) -> Identity | None:
        """Who asks; None for nobody. Raises ProblemError 401 for a bearer token that is not good (any more)."""
        shown = shown_by(request)
        identity = self.cache.get(shown)
        if identity is None:
            identity = await self._find(request)
            if identity is not None:
                self.cache.put(shown, identity)
        return identity

    async def _find(self, request: web.Request) -> Identity | None:
        scheme, _, secret = request.headers.get(AUTHORIZATION, "").partition(" ")
        if scheme:
            return await self._bearer(request, scheme, secret.strip())
        cookie = request.cookies.get(COOKIE)
        return await self._session(request, cookie) if cookie else None

    async def still_good(self, identities: Collection[Identity]) -> dict[str, Identity]:
        """What these sessions and tokens are worth now, by their ids; those that have ended are left out."""
        own = [identity for identity in identities if identity.id == AUTOMATION]
        sessions = [identity.id for identity in identities if identity.kind == "session"]
        tokens = [identity.id for identity in identities if identity.kind == "token" and identity.id != AUTOMATION]
        found = await find_sessions(self.pool, sessions) if sessions else []
        found += await find_tokens(self.pool, tokens) if tokens else []
        people = [identity for identity in identities if identity.kind == "oidc"]
        found += await find_people(self.pool, people) if people else []
        return {identity.id: identity for identity in [*own, *found]}

    async def guard(self, request: web.Request, identity: Identity) -> None:
        """A cookie comes along by itself, so an unsafe request must show that our own page made it."""
        if identity.kind != "session" or request.method in SAFE:
            return
        given = request.headers.get(CSRF_HEADER, "")
        if not hmac.compare_digest(as_bytes(given), (await self.csrf_of(identity)).encode()):
            raise forbidden(f"The header {CSRF_HEADER} must repeat csrf_token of /api/v1/auth/me", code="csrf")

    async def csrf_of(self, identity: Identity) -> str:
        if self._csrf_key is None:
            self._csrf_key = await shared_key(self.pool, "csrf")
        return csrf_token(self._csrf_key, identity.id)

    async def _bearer(self, request: web.Request, scheme: str, secret: str) -> Identity:
        if scheme.lower() != "bearer" or not secret:
            raise unauthorized("Send the header Authorization: Bearer <token>")
        identity: Identity | None = None
        secret_hash = hash_of(secret)
        if self._admin_token and hmac.compare_digest(secret_hash, hash_of(self._admin_token)):
            identity = Identity(
                kind="token", id=AUTOMATION, user_name=AUTOMATION, role="admin", created_at=self._started_at
            )
        if identity is None and secret.startswith(PREFIX):
            identity = await find_token(self.pool, secret_hash)
            if identity is not None:
                await touch_token(self.pool, identity.id, client_ip())
        if identity is None and self.realm and self.realm.config.audiences and looks_like_one(secret):
            identity = await self.realm.identify(secret)
        if identity is None:
            raise unauthorized("The token is unknown, has ended or was revoked")
        return identity

    async def _session(self, request: web.Request, cookie: str) -> Identity | None:
        identity = await find_session(self.pool, hash_of(cookie))
        if identity is not None:
            await touch_session(self.pool, identity.id, client_ip())
        return identity


def shown_by(request: web.Request) -> str:
    """What a request shows of who makes it. One counts never as the other: no header can begin as the cookie does."""
    return request.headers.get(AUTHORIZATION) or f"\0{request.cookies.get(COOKIE, '')}"


GATEKEEPER = web.AppKey("GATEKEEPER", Gatekeeper)


def check_origin(request: web.Request, trusted: bool = False) -> None:
    """Refuses an unsafe request that another site's page makes: 403, unless it is `trusted`. Programs send no
    Origin."""
    if trusted or request.method in SAFE:
        return
    origin = request.headers.get(hdrs.ORIGIN)
    own = {request.host, public_url(request).partition("://")[2]}
    foreign = origin is not None and origin.partition("://")[2] not in own
    if foreign or request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise forbidden("The request comes from another site", code="origin")

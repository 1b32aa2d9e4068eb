"""API tokens, and the trail, as operators and admins see them."""

from datetime import UTC, datetime
from typing import Annotated

from aiohttp import web
from msgspec import Meta, Struct

from gateway.auth import audit, tokens
from gateway.auth.audit import AFTER, BEFORE, OBJECT
from gateway.auth.gatekeeper import GATEKEEPER
from gateway.auth.identity import Identity, allows, hash_of, new_secret
from gateway.auth.revocation import forget, note_revoked
from gateway.passage import who_asks
from shared.contracts.auth import AuditQuery, AuditTrail, CreateToken, NewToken, Token, Tokens
from shared.contracts.wire import Nothing
from shared.problems import invalid_field, not_found


class TokenRef(Struct, frozen=True, kw_only=True):
    token_id: Annotated[str, Meta(min_length=1, max_length=64)]


async def list_tokens(request: web.Request, given: Nothing) -> Tokens:
    """Admins see all, others their own."""
    return Tokens(tokens=await tokens.tokens_of(request.app[GATEKEEPER].pool, _scope(who_asks())))


async def create_token(request: web.Request, given: CreateToken) -> NewToken:
    identity = who_asks()
    if not allows(given.role, identity):
        raise invalid_field("role", f"must be at most your own: {identity.role}")
    expires_at = given.expires_at
    if expires_at is not None and expires_at.tzinfo is None:
        raise invalid_field("expires_at", "must have a time zone, for example 2027-01-01T00:00:00Z")
    if expires_at is not None and expires_at <= datetime.now(UTC):
        raise invalid_field("expires_at", "must be in the future")
    secret = new_secret(tokens.PREFIX)
    token = await tokens.add_token(request.app[GATEKEEPER].pool, given, hash_of(secret), identity.user_name)
    request[OBJECT], request[AFTER] = token.id, _shown(token)
    return NewToken(token=token, secret=secret)


async def revoke_token(request: web.Request, given: TokenRef) -> Nothing:
    async with request.app[GATEKEEPER].pool.acquire() as connection, connection.transaction():
        token = await tokens.remove_token(connection, given.token_id, _scope(who_asks()))
        if token is None:
            raise not_found(f"There is no token {given.token_id}")
        await note_revoked(connection, "token", token.id)
    forget(request.app)
    request[BEFORE] = _shown(token)
    return Nothing()


async def read_audit(request: web.Request, given: AuditQuery) -> AuditTrail:
    return await audit.read_trail(request.app[GATEKEEPER].pool, given)


def _scope(identity: Identity) -> str | None:
    return None if identity.role == "admin" else identity.user_name


def _shown(token: Token) -> dict[str, object]:
    return {"label": token.label, "role": token.role, "created_by": token.created_by, "expires_at": token.expires_at}

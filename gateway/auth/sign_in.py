"""Signing in and out, one's own password and sessions."""

from datetime import timedelta

from aiohttp import hdrs, web
from msgspec import Struct
from prometheus_client import Counter

from gateway.answers import answer_struct
from gateway.auth import sessions, users
from gateway.auth.audit import OBJECT
from gateway.auth.cookie import with_cookie, without_cookie
from gateway.auth.gatekeeper import GATEKEEPER, Gatekeeper
from gateway.auth.identity import Identity, hash_of, new_secret
from gateway.auth.passwords import faults_of
from gateway.auth.revocation import forget, note_revoked
from gateway.auth.throttle import count_try, forgive
from gateway.client import client_ip, is_https
from gateway.passage import PASSAGE, who_asks
from shared.contracts.auth import ChangePassword, Login, Me, Sessions, User
from shared.contracts.wire import FieldError, Nothing
from shared.problems import conflict, forbidden, invalid, unauthorized

AGENT_LENGTH = 300

SIGN_INS = Counter("belfry_auth_sign_ins_total", "Passwords that were tried, by whether they were right", ["outcome"])


async def sign_in(request: web.Request, given: Login) -> web.Response:
    """Takes as long, and says the same, whichever half was wrong."""
    keeper, address = request.app[GATEKEEPER], client_ip()
    name = given.username.strip().lower()
    request[OBJECT] = name
    await count_try(keeper.pool, name, address)
    if not await keeper.passwords.fits(given.password, await users.password_hash_of(keeper.pool, name)):
        SIGN_INS.labels("refused").inc()
        raise unauthorized("The name or the password is wrong")
    SIGN_INS.labels("ok").inc()
    await forgive(keeper.pool, name, address)
    identity, secret = await start_session(request, name)
    return with_cookie(answer_struct(await _me(keeper, identity)), secret, secure=is_https(request))


async def start_session(request: web.Request, name: str, longest: timedelta = sessions.LONGEST) -> tuple[Identity, str]:
    """A session of a user who has shown who they are, and its secret. Raises ProblemError 401 for a disabled one."""
    keeper, secret = request.app[GATEKEEPER], new_secret()
    async with keeper.pool.acquire() as connection, connection.transaction():
        await sessions.add_session(connection, hash_of(secret), name, client_ip(), _agent(request), longest)
    identity = await sessions.find_session(keeper.pool, hash_of(secret))
    if identity is None:
        raise unauthorized("The account was disabled")
    PASSAGE.get().identity = identity
    return identity, secret


async def sign_out(request: web.Request, given: Nothing) -> web.Response:
    identity = who_asks()
    if identity.kind != "session":
        raise forbidden("A token cannot sign out. Revoke it instead")
    async with request.app[GATEKEEPER].pool.acquire() as connection, connection.transaction():
        await sessions.end_session(connection, identity.id)
        await note_revoked(connection, "session", identity.id)
    forget(request.app)
    return without_cookie(answer_struct(Nothing()))


async def get_me(request: web.Request, given: Nothing) -> Struct:
    return await _me(request.app[GATEKEEPER], who_asks())


async def change_password(request: web.Request, given: ChangePassword) -> Struct:
    """Ends the user's other sessions."""
    keeper, identity = request.app[GATEKEEPER], who_asks()
    name = _person(identity)
    if identity.source == "oidc":
        raise conflict("Your password is kept by the sign-in provider", code="kept_by_provider")
    await count_try(keeper.pool, name, client_ip())
    if not await keeper.passwords.fits(given.current_password, await users.password_hash_of(keeper.pool, name)):
        raise forbidden("The current password is wrong", code="wrong_password")
    await forgive(keeper.pool, name, client_ip())
    _check_new_password(name, given)
    password_hash = await keeper.passwords.hash(given.new_password)
    async with keeper.pool.acquire() as connection, connection.transaction():
        await users.set_password(connection, name, password_hash, must_change=False)
        await sessions.end_sessions(connection, name, except_id=identity.id)
        await note_revoked(connection, "user", name)
    forget(request.app)
    return Nothing()


async def list_sessions(request: web.Request, given: Nothing) -> Struct:
    identity = who_asks()
    return Sessions(sessions=await sessions.sessions_of(request.app[GATEKEEPER].pool, _person(identity), identity.id))


async def end_all_sessions(request: web.Request, given: Nothing) -> web.Response:
    """Signs out everywhere, here too."""
    name = _person(who_asks())
    async with request.app[GATEKEEPER].pool.acquire() as connection, connection.transaction():
        await sessions.end_sessions(connection, name)
        await note_revoked(connection, "user", name)
    forget(request.app)
    return without_cookie(answer_struct(Nothing()))


async def _me(keeper: Gatekeeper, identity: Identity) -> Me:
    person = identity.kind == "session"
    user = User(
        name=identity.actor,
        role=identity.role,
        disabled=False,
        must_change_password=not identity.settled,
        created_at=identity.created_at,
        last_seen_at=identity.last_seen_at,
        source=identity.source,
    )
    realm = keeper.realm if person and identity.source == "oidc" else None
    return Me(
        user=user,
        csrf_token=await keeper.csrf_of(identity) if person else "",
        expires_at=identity.expires_at,
        sign_out_at=realm.sign_out_at() if realm else None,
    )


def _check_new_password(name: str, given: ChangePassword) -> None:
    errors = faults_of(name, given.new_password, "new_password")
    if given.new_password == given.current_password:
        errors.append(FieldError("new_password", "must differ from the current password"))
    if errors:
        raise invalid(errors)


def _person(identity: Identity) -> str:
    if identity.kind != "session":
        raise forbidden("Only for people: sign in with name and password")
    return identity.user_name


def _agent(request: web.Request) -> str:
    agent = request.headers.get(hdrs.USER_AGENT, "")[:AGENT_LENGTH]
    return "".join(letter if letter.isascii() and letter.isprintable() else "?" for letter in agent)

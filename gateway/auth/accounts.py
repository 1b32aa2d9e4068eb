"""Users, as admins see and change them."""

from typing import Annotated, Any

from aiohttp import web
from msgspec import Meta, Struct

from gateway.auth import sessions, users
from gateway.auth.audit import AFTER, BEFORE, OBJECT
from gateway.auth.gatekeeper import GATEKEEPER
from gateway.auth.passwords import faults_of
from gateway.auth.revocation import forget, note_revoked
from shared.contracts.auth import CreateUser, UpdateUser, User, Users
from shared.contracts.wire import Nothing
from shared.problems import conflict, invalid, not_found

NameInPath = Annotated[str, Meta(min_length=1, max_length=63, description="The name of a user")]


class UserRef(Struct, frozen=True, kw_only=True):
    name: NameInPath


class ChangeUser(Struct, frozen=True, kw_only=True):
    name: NameInPath
    changes: UpdateUser


async def list_users(request: web.Request, given: Nothing) -> Users:
    return Users(users=await users.all_users(request.app[GATEKEEPER].pool))


async def create_user(request: web.Request, given: CreateUser) -> User:
    keeper = request.app[GATEKEEPER]
    request[OBJECT] = given.name
    if errors := faults_of(given.name, given.password, "password"):
        raise invalid(errors)
    password_hash = await keeper.passwords.hash(given.password)
    user = await users.add_user(keeper.pool, given.name, given.role, password_hash, must_change=True)
    if user is None:
        raise conflict(f"There is already a user {given.name}")
    request[AFTER] = {"role": user.role}
    return user


async def update_user(request: web.Request, given: ChangeUser) -> User:
    """A new role or password, or disabled, ends what the user could do before: at once, on every gateway."""
    keeper, name, changes = request.app[GATEKEEPER], given.name, given.changes
    if changes.password and (errors := faults_of(name, changes.password, "password")):
        raise invalid(errors)
    password_hash = await keeper.passwords.hash(changes.password) if changes.password else None
    async with keeper.pool.acquire() as connection, connection.transaction():
        before = await _locked(connection, name, keeps_admin=changes.role in (None, "admin") and not changes.disabled)
        if before.source == "oidc" and (changes.role not in (None, before.role) or password_hash is not None):
            raise conflict(f"Role and password of {name} are kept by the sign-in provider", code="kept_by_provider")
        after = await users.change_user(connection, name, changes.role, changes.disabled)
        if password_hash is not None:
            await users.set_password(connection, name, password_hash, must_change=True)
        if password_hash is not None or changes.disabled:
            await sessions.end_sessions(connection, name)
        await note_revoked(connection, "user", name)
    forget(request.app)
    request[BEFORE], request[AFTER] = _shown(before), {**_shown(after), "new_password": password_hash is not None}
    return await users.find_user(keeper.pool, name) or after


async def delete_user(request: web.Request, given: UserRef) -> Nothing:
    async with request.app[GATEKEEPER].pool.acquire() as connection, connection.transaction():
        request[BEFORE] = _shown(await _locked(connection, given.name, keeps_admin=False))
        await users.remove_user(connection, given.name)
        await note_revoked(connection, "user", given.name)
    forget(request.app)
    return Nothing()


async def _locked(connection: Any, name: str, keeps_admin: bool) -> User:
    """The user as it is, safe from others until the end of the transaction. Raises 404, or 409 for the last admin."""
    admins = await users.lock_admins(connection)
    user = await users.find_user(connection, name)
    if user is None:
        raise not_found(f"There is no user {name}")
    if admins == {name} and not keeps_admin:
        raise conflict(f"{name} is the last admin. Make someone else an admin first", code="last_admin")
    return user


def _shown(user: User) -> dict[str, Any]:
    return {"role": user.role, "disabled": user.disabled}

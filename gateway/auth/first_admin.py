"""The first admin: made at start while there is no user at all."""

import structlog

from gateway.auth.passwords import Passwords, generated
from gateway.auth.users import add_user, lock_admins
from gateway.settings import GatewaySettings
from shared.db import Pool

log = structlog.get_logger()

NAME = "admin"


async def ensure_first_admin(pool: Pool, settings: GatewaySettings, passwords: Passwords) -> None:
    """BELFRY_ADMIN_PASSWORD counts only here. Without it a password is generated and said once, in the log."""
    password = settings.admin_password or generated()
    must_change = settings.admin_password is None or settings.admin_password_generated
    async with pool.acquire() as connection, connection.transaction():
        await lock_admins(connection)  # two gateways that start together make one admin
        if await connection.fetchval("SELECT EXISTS (SELECT FROM users)"):
            return
        await add_user(connection, NAME, "admin", await passwords.hash(password), must_change)
    if settings.admin_password is None:
        log.warning("auth.first_admin_created", name=NAME, sign_in_with=password)
    else:
        log.info("auth.first_admin_created", name=NAME)

"""Composes the gateway: settings, interceptors, operations, pages, and what they hold."""

import asyncio
from collections.abc import AsyncIterator

import structlog
from aiohttp import web

from gateway.auth.first_admin import ensure_first_admin
from gateway.auth.gatekeeper import GATEKEEPER, Gatekeeper
from gateway.auth.oidc.config import Config, config_of
from gateway.auth.oidc.context import OIDC, realm_of
from gateway.auth.revocation import hear_revocations
from gateway.callbacks import add_callbacks
from gateway.chain.context import add_chain, chain_context
from gateway.client import PROXIES, Proxies
from gateway.documents import add_documents
from gateway.live.context import add_live, live_context, stop_live
from gateway.operations import OPEN, add_operations
from gateway.settings import GatewaySettings
from gateway.spa import add_pages
from gateway.status_page import add_status_page
from shared.db import wait_until_ready
from shared.outbox import relay_context
from shared.process import refuse
from shared.service import POOL, SETTINGS, bus_context, new_app, pool_context, rpc_context

log = structlog.get_logger(__name__)

ACCOUNTS_WAIT_SECONDS = 5.0


def create_app(settings: GatewaySettings) -> web.Application:
    app = new_app(settings)
    app[PROXIES] = trusted_proxies(settings)
    app[OIDC] = sign_in_provider(settings)
    app[OPEN] = set(app.router.resources())  # the probes of every process
    add_operations(app)
    add_live(app)
    add_documents(app)
    add_status_page(app)
    add_callbacks(app)
    add_pages(app, settings)
    add_chain(app)
    app.cleanup_ctx.extend(
        [pool_context, bus_context, relay_context, auth_context, chain_context, live_context, rpc_context]
    )
    app.on_shutdown.append(stop_live)
    return app


def trusted_proxies(settings: GatewaySettings) -> Proxies:
    """Ends the process before the start when one is no network."""
    try:
        return Proxies(settings.proxies)
    except ValueError as error:
        refuse(f"BELFRY_TRUSTED_PROXIES: {error}")


def sign_in_provider(settings: GatewaySettings) -> Config | None:
    """Ends the process before the start when something that it needs is not said."""
    try:
        return config_of(settings)
    except ValueError as error:
        refuse(str(error))


async def auth_context(app: web.Application) -> AsyncIterator[None]:
    """The gatekeeper, and the first admin as soon as the database is there."""
    settings = app[SETTINGS]
    assert isinstance(settings, GatewaySettings)
    async with realm_of(app) as realm:
        app[GATEKEEPER] = Gatekeeper(app[POOL], settings, realm)
        await hear_revocations(app)
        making = asyncio.create_task(_first_admin(app, settings), name="first admin")
        await asyncio.wait([making], timeout=ACCOUNTS_WAIT_SECONDS)
        yield
        making.cancel()
        await asyncio.gather(making, return_exceptions=True)


async def _first_admin(app: web.Application, settings: GatewaySettings) -> None:
    await wait_until_ready(app[POOL], settings)
    await ensure_first_admin(app[POOL], settings, app[GATEKEEPER].passwords)

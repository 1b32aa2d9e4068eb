"""The provider for the life of the gateway."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import aiohttp
from aiohttp import web

from gateway.auth.oidc.config import Config
from gateway.auth.oidc.provider import Provider
from gateway.auth.oidc.realm import Realm
from shared.keys import POOL
from shared.outbox import OUTBOX_WAKE
from shared.problems import ProblemError

OIDC: web.AppKey[Config | None] = web.AppKey("OIDC", Config)


@asynccontextmanager
async def realm_of(app: web.Application) -> AsyncIterator[Realm | None]:
    """None without a provider. Asks it for its description at once, and waits for nothing."""
    config = app[OIDC]
    if config is None:
        yield None
        return
    provider = Provider(config, aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()))
    asking = asyncio.create_task(_describe(provider), name="oidc description")
    yield Realm(config, provider, app[POOL], app[OUTBOX_WAKE])
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    await provider.close()


async def _describe(provider: Provider) -> None:
    with suppress(ProblemError):
        await provider.description()

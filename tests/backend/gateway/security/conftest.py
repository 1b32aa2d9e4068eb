"""A gateway with a sign-in provider beside it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from gateway.auth.gatekeeper import GATEKEEPER
from gateway.auth.oidc.provider import Provider
from gateway.auth.oidc.realm import Realm
from tests.backend.gateway.conftest import Client, StartGateway
from tests.fixtures.oidc import AUDIENCE, CLIENT_ID, CLIENT_SECRET, LocalProvider, local_provider

HOME = "https://belfry.example"
CALLBACK = "/api/v1/auth/oidc/callback"

StartWithProvider = Callable[..., Awaitable[Client]]


@pytest.fixture
async def provider() -> AsyncIterator[LocalProvider]:
    async with local_provider() as found:
        found.registered = HOME + CALLBACK
        yield found


@pytest.fixture
def start_with_provider(start_gateway: StartGateway, provider: LocalProvider) -> StartWithProvider:
    async def start(**changes: Any) -> Client:
        given = {
            "public_url": HOME,
            "oidc_issuer": provider.issuer,
            "oidc_client_id": CLIENT_ID,
            "oidc_client_secret": CLIENT_SECRET,
            "oidc_name": "Example ID",
            "oidc_audiences": (AUDIENCE,),
            "oidc_admins": ("belfry-admins",),
            "oidc_operators": ("on-call",),
            "oidc_viewers": ("staff",),
        }
        return await start_gateway(**{**given, **changes})

    return start


def provider_of(client: Client) -> Provider:
    """What a gateway knows of the provider."""
    assert client.app is not None
    realm: Realm | None = client.app[GATEKEEPER].realm
    assert realm is not None
    return realm.provider


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}

"""What the gateway is told from outside, besides what every process knows."""

import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated, Literal

from msgspec import Meta

from shared.settings import Settings

Network = IPv4Network | IPv6Network
Origin = Annotated[str, Meta(pattern=r"^https?://[^\s/]+$", description="as in https://belfry.example")]
Algorithm = Literal[
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519", "EdDSA"
]  # fmt: skip
"""Of signatures that only the provider can make: no shared secret, and never none."""
_OUTSIDE_OF_IDS = re.compile(r"[^a-z0-9_-]")


class GatewaySettings(Settings, frozen=True, kw_only=True):
    """`admin_password` is used only while no user exists. `admin_token` is a bearer token with the role admin.
    Only proxies within `trusted_proxies` (CIDR) may say who the client is.

    Of WebSockets: `ws_origins` are those of other pages that may connect, `ws_max_*` how many connections at a time,
    `ws_commands_per_second` of one client; what happens within `ws_tick_ms` is sent together.

    Of the sign-in provider: `oidc_audiences` are those for whom bearer tokens must be, none accepts no such token;
    `oidc_admins` and so on are values of the claim `oidc_role_claim`."""

    service: str = "gateway"
    port: Annotated[int, Meta(ge=0, le=65535)] = 8080
    admin_password: str | None = None
    admin_password_generated: bool = False
    admin_token: Annotated[str, Meta(min_length=16)] | None = None
    public_url: Annotated[str, Meta(pattern=r"^https?://[^\s/]+")] | None = None
    trusted_proxies: tuple[str, ...] = ()
    spa_dir: str = "frontend/dist"
    ws_origins: tuple[Origin, ...] = ()
    ws_max_connections: Annotated[int, Meta(ge=1, le=1_000_000)] = 10_000
    ws_max_per_user: Annotated[int, Meta(ge=1)] = 200
    ws_max_per_ip: Annotated[int, Meta(ge=1)] = 1_000
    ws_commands_per_second: Annotated[float, Meta(gt=0, le=1_000)] = 20.0
    ws_tick_ms: Annotated[float, Meta(ge=1, le=1_000)] = 20.0

    oidc_issuer: Annotated[str, Meta(pattern=r"^https?://[^\s?#]+$")] | None = None
    oidc_client_id: str | None = None
    oidc_client_secret: str | None = None
    oidc_name: Annotated[str, Meta(max_length=40)] = "single sign-on"
    oidc_scopes: tuple[str, ...] = ("openid", "profile")
    oidc_audiences: tuple[str, ...] = ()
    oidc_algorithms: tuple[Algorithm, ...] = ("RS256", "PS256", "ES256")
    oidc_user_claim: str = "preferred_username"
    oidc_role_claim: str = "groups"
    oidc_admins: tuple[str, ...] = ()
    oidc_operators: tuple[str, ...] = ()
    oidc_viewers: tuple[str, ...] = ()
    oidc_session_hours: Annotated[float, Meta(gt=0, le=168)] = 12.0

    @property
    def node(self) -> str:
        """This process among all that hold WebSockets, as the bus can name it."""
        return f"gateway-{_OUTSIDE_OF_IDS.sub('-', self.instance.lower())}"[:63]

    @property
    def proxies(self) -> tuple[Network, ...]:
        """Raises ValueError for a text that is no network."""
        return tuple(ip_network(text, strict=False) for text in self.trusted_proxies)

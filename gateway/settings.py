"""What the gateway is told from outside, besides what every process knows."""

from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated

from msgspec import Meta

from shared.settings import Settings

Network = IPv4Network | IPv6Network


class GatewaySettings(Settings, frozen=True, kw_only=True):
    """`admin_password` is used only while no user exists. `admin_token` is a bearer token with the role admin.
    Only proxies within `trusted_proxies` (CIDR) may say who the client is."""

    service: str = "gateway"
    port: Annotated[int, Meta(ge=0, le=65535)] = 8080
    admin_password: str | None = None
    admin_password_generated: bool = False
    admin_token: Annotated[str, Meta(min_length=16)] | None = None
    public_url: Annotated[str, Meta(pattern=r"^https?://[^\s/]+")] | None = None
    trusted_proxies: tuple[str, ...] = ()
    spa_dir: str = "frontend/dist"

    @property
    def proxies(self) -> tuple[Network, ...]:
        """Raises ValueError for a text that is no network."""
        return tuple(ip_network(text, strict=False) for text in self.trusted_proxies)

"""What an operator says of the provider, checked as a whole."""

from datetime import timedelta

from msgspec import Struct

from gateway.settings import GatewaySettings
from shared.contracts.wire import Role

CALLBACK = "/api/v1/auth/oidc/callback"
NEEDED = ("oidc_client_id", "public_url")


class Config(Struct, frozen=True, kw_only=True):
    """`roles`: values of the claim and the role each gives. Without `audiences` no bearer token is accepted."""

    issuer: str
    client_id: str
    client_secret: str | None
    audiences: tuple[str, ...]
    algorithms: tuple[str, ...]
    name: str
    scopes: tuple[str, ...]
    user_claim: str
    role_claim: str
    roles: dict[str, Role]
    home: str
    longest: timedelta

    @property
    def redirect_uri(self) -> str:
        """Where the provider sends the browser back to: the only address that is ever named."""
        return self.home + CALLBACK


def config_of(settings: GatewaySettings) -> Config | None:
    """None without an issuer. Raises ValueError naming what is missing."""
    if settings.oidc_issuer is None:
        return None
    missing = [f"BELFRY_{name.upper()}" for name in NEEDED if not getattr(settings, name)]
    roles: dict[str, Role] = {}
    for role, values in (
        ("viewer", settings.oidc_viewers),
        ("operator", settings.oidc_operators),
        ("admin", settings.oidc_admins),
    ):
        roles |= dict.fromkeys(values, role)  # type: ignore[arg-type]
    if not roles:
        missing.append("one of BELFRY_OIDC_ADMINS, BELFRY_OIDC_OPERATORS and BELFRY_OIDC_VIEWERS")
    if missing:
        raise ValueError(f"BELFRY_OIDC_ISSUER also needs {', '.join(missing)}")
    return Config(
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id or "",
        client_secret=settings.oidc_client_secret,
        audiences=settings.oidc_audiences,
        algorithms=settings.oidc_algorithms,
        name=settings.oidc_name,
        scopes=settings.oidc_scopes,
        user_claim=settings.oidc_user_claim,
        role_claim=settings.oidc_role_claim,
        roles=roles,
        home=(settings.public_url or "").rstrip("/"),
        longest=timedelta(hours=settings.oidc_session_hours),
    )

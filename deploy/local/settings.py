"""What `make run` is told from outside, and what each child hears of it."""

from collections.abc import Mapping
from pathlib import Path

from shared.settings import Port, Settings

SERVICES = ("health_svc", "latency_svc", "ws_svc", "pipeline_svc", "alert_svc")
GATEWAY = "gateway"
ROOT = Path(__file__).resolve().parents[2]

LATENCY = "latency_svc"
ALERT = "alert_svc"
SECRETS_OF = {
    GATEWAY: {"BELFRY_ADMIN_PASSWORD", "BELFRY_ADMIN_TOKEN", "BELFRY_OIDC_CLIENT_SECRET"},
    LATENCY: {"BELFRY_OTLP_TOKEN"},
    ALERT: {"BELFRY_ENCRYPTION_KEYS"},
}
"""What no other process needs to know."""

TLS_OF_HTTP = {"BELFRY_TLS_CERT_FILE", "BELFRY_TLS_KEY_FILE"}
"""Of the gateway only: the others are reached on 127.0.0.1."""

SET_BY_US = {"PORT", "NATS_URL", "DATABASE_URL"} | {
    f"BELFRY_{name}" for name in ("HOST", "INSTANCE", "CONFIG", "DATA_DIR", "NATS_SEED_FILE", "OTLP_PORT")
}


class LocalSettings(Settings, frozen=True, kw_only=True):
    """An empty `nats_url` or `database_url` means: embed one."""

    service: str = "local"
    port: Port = 8080
    nats_url: str = ""
    database_url: str = ""
    admin_password: str | None = None
    otlp_port: Port = 4318
    otlp_token: str | None = None

    @property
    def data(self) -> Path:
        return Path(self.data_dir).absolute()

    @property
    def config(self) -> Path:
        return Path(self.config_path).absolute()

    @property
    def logs(self) -> Path:
        return self.data / "logs"

    @property
    def secrets(self) -> Path:
        return self.data / "secrets"

    @property
    def gateway_address(self) -> str:
        """Where this machine reaches the gateway, also when it listens everywhere."""
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)

    @property
    def url(self) -> str:
        host = f"[{self.gateway_address}]" if ":" in self.gateway_address else self.gateway_address
        return f"{'https' if self.tls_cert_file else 'http'}://{host}:{self.port}"


def environment_of(child: str, environ: Mapping[str, str]) -> dict[str, str]:
    """The user's environment as one child may see it: without what we set ourselves, and without others' secrets."""
    hidden = SET_BY_US.union(*(secrets for owner, secrets in SECRETS_OF.items() if owner != child))
    hidden |= set() if child == GATEWAY else TLS_OF_HTTP
    hidden |= {f"{name}_FILE" for name in hidden}
    return {name: value for name, value in environ.items() if name not in hidden}

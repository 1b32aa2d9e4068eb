"""What `make run` is told from outside, and what each child hears of it."""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

from shared.settings import READ_BY_OTHERS, Port, Settings, load_settings, variable_of

SERVICES = ("health_svc", "latency_svc", "ws_svc", "pipeline_svc", "alert_svc")
GATEWAY = "gateway"
ROOT = Path(__file__).resolve().parents[2]

OURS_TO_SET = {"PORT", "NATS_URL", "DATABASE_URL"}
"""What a child never inherits, besides all BELFRY_ variables that it does not read: it is told by us."""


class LocalSettings(Settings, frozen=True, kw_only=True):
    """An empty `nats_url` or `database_url` means: embed one."""

    service: str = "local"
    port: Port = 8080
    nats_url: str = ""
    database_url: str = ""
    admin_password: str | None = None

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
        return f"http://{host}:{self.port}"


OWN = frozenset(variable_of(field) for field in LocalSettings.__struct_fields__)


def load(environ: Mapping[str, str]) -> LocalSettings:
    """Raises SettingsError. A variable that only one of the services reads is that service's to judge."""
    services_own = {name for name in environ if _name(name) not in OWN and _readers(_name(name))}
    return load_settings(LocalSettings, {name: value for name, value in environ.items() if name not in services_own})


def environment_of(child: str, environ: Mapping[str, str]) -> dict[str, str]:
    """The user's environment as one child may see it: without what we set, with the variables that it alone reads."""

    def is_seen(name: str) -> bool:
        return child in _readers(name) if name.startswith("BELFRY_") else name not in OURS_TO_SET

    return {variable: value for variable, value in environ.items() if is_seen(_name(variable))}


def _readers(name: str) -> set[str]:
    """The children whose own settings hold this variable. Imports them only when there is one to judge."""
    if name in READ_BY_OTHERS:
        return {GATEWAY}
    if name in OWN or not name.startswith("BELFRY_"):
        return set()
    return {child for child in (*SERVICES, GATEWAY) if name in _variables(child)}


def _variables(child: str) -> set[str]:
    """The variables of a child's settings class beyond those that every process knows."""
    found = (value for value in vars(import_module(f"{child}.app")).values() if isinstance(value, type))
    classes = [cls for cls in found if issubclass(cls, Settings) and cls is not Settings]
    frame = set(Settings.__struct_fields__)
    return {variable_of(field) for cls in classes for field in cls.__struct_fields__ if field not in frame}


def _name(variable: str) -> str:
    """`BELFRY_X` of `BELFRY_X_FILE`, which stands for the same setting."""
    return variable.removesuffix("_FILE") if variable != "BELFRY_NATS_SEED_FILE" else variable

"""Where the deployment is: by the same variables its processes have, else what `make run` has written down."""

import json
import ssl
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from deploy.credentials import folder_of
from deploy.nats.config import seed_of
from deploy.nats.permissions import ADMIN, USERS
from shared.settings import Settings, load_settings
from shared.tls import of_bus

GATEWAY_PORT = 8080


class PlaceSettings(Settings, frozen=True, kw_only=True):
    """`nats_seed_file` and `database_url` are an administrator's."""

    service: str = "operator"


class Place(Struct, frozen=True, kw_only=True):
    """`seeds`: the key of each NATS user that we have. `postgres_port`: of the embedded server, when it is meant.
    `processes`: where each process answers its probes."""

    nats_url: str
    tls: ssl.SSLContext | None = None
    admin_seed: str | None
    seeds: dict[str, Path]
    database_url: str
    data: Path
    postgres_port: int | None = None
    processes: dict[str, str]


def find_place(environ: Mapping[str, str], seeds: Path | None) -> Place:
    """Raises SettingsError, TlsError for an environment that is wrong."""
    settings = load_settings(PlaceSettings, environ)
    data = Path(settings.data_dir)
    ports = _ports(data)
    folder = seeds or data / "secrets" / "nats"
    known = {user: path for user in USERS if (path := _seed(folder, user)).exists()}
    nats, postgres = _given(environ, "NATS_URL"), _given(environ, "DATABASE_URL")
    admin = seed_of(settings.nats_seed_file, ADMIN) or (str(known[ADMIN]) if ADMIN in known else None)
    return Place(
        tls=of_bus(settings),
        nats_url=settings.nats_url if nats or "nats" not in ports else f"nats://127.0.0.1:{ports['nats']}",
        admin_seed=admin,
        seeds=known,
        database_url=settings.database_url if postgres or "postgres" not in ports else _local_dsn(data, ports),
        data=data,
        postgres_port=None if postgres else ports.get("postgres"),
        processes=_processes(ports, settings),
    )


def _seed(folder: Path, user: str) -> Path:
    """As `make run` names it, else as `deploy.credentials` does."""
    own = folder / f"{user}.seed"
    return own if own.exists() else folder / folder_of(user) / "nats.seed"


def _given(environ: Mapping[str, str], name: str) -> bool:
    return bool(environ.get(name) or environ.get(f"{name}_FILE"))


def _ports(data: Path) -> dict[str, int]:
    path = data / "ports.json"
    found: dict[str, int] = json.loads(path.read_text()) if path.exists() else {}
    return found


def _local_dsn(data: Path, ports: Mapping[str, int]) -> str:
    from deploy.local.postgres import SUPERUSER  # is only there where servers are embedded
    from deploy.local.servers import DATABASE

    password = (data / "secrets" / "postgres.password").read_text().strip()
    return f"postgresql://{SUPERUSER}:{password}@127.0.0.1:{ports['postgres']}/{DATABASE}"


def _processes(ports: Mapping[str, int], settings: PlaceSettings) -> dict[str, str]:
    """Of a local run only the gateway speaks TLS."""
    if not ports:
        return {}
    services = {name: f"http://127.0.0.1:{port}" for name, port in ports.items() if name.endswith("_svc")}
    scheme = "https" if settings.tls_cert_file else "http"
    return services | {"gateway": f"{scheme}://127.0.0.1:{settings.port or GATEWAY_PORT}"}

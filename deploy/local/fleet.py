"""Belfry's own processes as programs: which port, which environment, when ready."""

import ssl
import sys
from collections.abc import Callable, Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection

from msgspec import Struct

from deploy.local import servers
from deploy.local.program import Program
from deploy.local.settings import ALERT, GATEWAY, LATENCY, ROOT, LocalSettings, environment_of

READY_ANSWER_SECONDS = 3.0


class Ground(Struct, frozen=True, kw_only=True):
    """What the processes stand on: settings, the user's environment, servers (None: given from outside), ports."""

    settings: LocalSettings
    environ: Mapping[str, str]
    nats: Program | None
    postgres: Program | None
    ports: Mapping[str, int]
    first_password: str = ""


def process(child: str, ground: Ground) -> Program:
    """`python -m <child>`, ready when its /readyz says so."""
    settings = ground.settings
    host, port = (settings.host, settings.port) if child == GATEWAY else ("127.0.0.1", ground.ports[child])
    reached_at = settings.gateway_address if child == GATEWAY else host
    ours = {
        "PYTHONPATH": str(ROOT),
        "PORT": str(port),
        "BELFRY_HOST": host,
        "BELFRY_CONFIG": str(settings.config),
        "BELFRY_DATA_DIR": str(settings.data),
        **servers.nats_variables(settings, ground.nats, child),
        **servers.postgres_variables(settings, ground.postgres, child),
        **(_gateway_variables(ground) if child == GATEWAY else {}),
        **({"BELFRY_OTLP_PORT": str(ground.ports["otlp"])} if child == LATENCY else {}),
        **(_alert_variables(ground) if child == ALERT else {}),
    }
    return Program(
        name=child,
        argv=(sys.executable, "-m", child),
        ready=is_ready(reached_at, port, tls=child == GATEWAY and settings.tls_cert_file is not None),
        log_path=settings.logs / f"{child}.log",
        env=environment_of(child, ground.environ) | ours,
    )


def is_ready(host: str, port: int, path: str = "/readyz", tls: bool = False) -> Callable[[int], bool]:
    """By TLS whatever the certificate says: it is our own process on our own machine, and has another name outside."""
    unchecked = ssl._create_unverified_context() if tls else None

    def ask(pid: int) -> bool:
        connection = HTTPConnection(host, port, timeout=READY_ANSWER_SECONDS)
        if tls:
            connection = HTTPSConnection(host, port, timeout=READY_ANSWER_SECONDS, context=unchecked)
        try:
            connection.request("GET", path)
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    return ask


def _alert_variables(ground: Ground) -> dict[str, str]:
    """Links in alerts lead to where this Belfry is, unless the user knows better."""
    known = {"BELFRY_PUBLIC_URL", "BELFRY_PUBLIC_URL_FILE"} & set(ground.environ)
    return {} if known else {"BELFRY_PUBLIC_URL": ground.settings.url}


def _gateway_variables(ground: Ground) -> dict[str, str]:
    variables: dict[str, str] = {}
    if not {"BELFRY_SPA_DIR", "BELFRY_SPA_DIR_FILE"} & set(ground.environ):
        variables["BELFRY_SPA_DIR"] = str(ROOT / "frontend" / "dist")
    if ground.first_password:
        variables |= {"BELFRY_ADMIN_PASSWORD": ground.first_password, "BELFRY_ADMIN_PASSWORD_GENERATED": "true"}
    return variables

"""Belfry with a shop to watch: `make demo`. The shop is told of OpenTelemetry's variables only."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

from msgspec.structs import replace

from demo.shop import HOST, PORTS
from deploy.local.fleet import Ground, is_ready
from deploy.local.ports import choose
from deploy.local.program import Program
from deploy.local.settings import ROOT, LocalSettings

DATA_DIR = ".belfry/demo"
DECLARED = ROOT / "demo" / "belfry.yaml"
LOAD = "load"

EXPORT = {
    "OTEL_METRIC_EXPORT_INTERVAL": "5000",  # ms
    "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION": "base2_exponential_bucket_histogram",
}
DELTA = {"edge", "catalogue"}
"""These tell what they measured since the last time, the others everything since they began: both are in use."""


def place(settings: LocalSettings, environ: Mapping[str, str]) -> LocalSettings:
    """Settings of a data directory of its own, unless one is given, and of a configuration in it."""
    data_dir = settings.data_dir if "BELFRY_DATA_DIR" in environ else DATA_DIR
    return replace(settings, data_dir=data_dir, config_path=str(Path(data_dir) / "belfry.yaml"))


def shop(ground: Ground) -> Sequence[Program]:
    """The processes of the shop, its partners and its customers; what to watch of them stands in the configuration."""
    shift = ground.settings.port - LocalSettings().port
    ports = choose({name: port + shift for name, port in PORTS.items()}, ground.settings.data / "demo-ports.json")
    write_config(ground.settings.config, ports)
    return [_program(name, ground, ports) for name in (*PORTS, LOAD)]


def write_config(path: Path, ports: Mapping[str, int]) -> None:
    """The shop's declaration, on these ports."""
    text = DECLARED.read_text()
    for name, port in ports.items():
        text = text.replace(f"{HOST}:{PORTS[name]}/", f"{HOST}:\0{port}/")  # \0: not to be replaced again
    path.write_text(text.replace("\0", ""))


def _program(name: str, ground: Ground, ports: Mapping[str, int]) -> Program:
    port = ports.get(name)
    ours = {"PYTHONPATH": str(ROOT), **({"PORT": str(port)} if port else {})}
    urls = {f"{other.upper()}_URL": f"http://{HOST}:{there}" for other, there in ports.items()}
    return Program(
        name=name,
        argv=(sys.executable, "-m", "demo", name),
        ready=is_ready(HOST, port, "/health") if port else lambda pid: True,
        log_path=ground.settings.logs / f"demo-{name}.log",
        url=f"http://{HOST}:{port}" if port else "",
        env=ours | urls | _telemetry(name, ground),
    )


def _telemetry(name: str, ground: Ground) -> dict[str, str]:
    """What any program that measures with OpenTelemetry is told."""
    token = ground.settings.otlp_token
    return {
        "OTEL_SERVICE_NAME": name,
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://{HOST}:{ground.ports['otlp']}",
        "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE": "delta" if name in DELTA else "cumulative",
        **EXPORT,
        **({"OTEL_EXPORTER_OTLP_HEADERS": f"Authorization=Bearer%20{quote(token, safe='')}"} if token else {}),
    }

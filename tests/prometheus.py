"""Prometheus's own programs, for checking rules and dashboards: $PROMETHEUS and $PROMTOOL, or the system's; root on
Debian gets them by apt, unpacked beside our caches and not installed, so that no service starts."""

import os
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

CACHE = Path(__file__).resolve().parents[1] / ".cache" / "prometheus"
NOT_FOUND = "there is no {name}: set {variable} to its path, or install it (Debian: apt-get install prometheus)"


def find(name: str) -> str | None:
    """The path of `prometheus` or `promtool`."""
    own = CACHE / "usr" / "bin" / name
    return os.environ.get(name.upper()) or shutil.which(name) or (str(own) if own.exists() else None)


def why_not(name: str) -> str:
    return NOT_FOUND.format(name=name, variable=name.upper())


def fetch() -> None:
    """Tries to have both. Where that cannot be, what needs them is skipped, and says so."""
    if find("promtool") and find("prometheus"):
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    with TemporaryDirectory() as folder:
        for command in (["apt-get", "update", "-q"], ["apt-get", "download", "-q", "prometheus"]):
            subprocess.run(command, check=False, cwd=folder, capture_output=True)
        CACHE.parent.mkdir(parents=True, exist_ok=True)
        for package in Path(folder).glob("prometheus_*.deb"):
            new = CACHE.with_name("prometheus.new")
            shutil.rmtree(new, ignore_errors=True)
            if subprocess.run(["dpkg", "-x", str(package), str(new)], check=False, capture_output=True).returncode == 0:
                shutil.rmtree(CACHE, ignore_errors=True)
                new.rename(CACHE)  # whole, or not there

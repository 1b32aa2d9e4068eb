"""This machine and what the processes are told: disk, secrets, settings that do not fit together."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from deploy.doctor.finding import Finding, failed, headroom, ok, warning
from deploy.place import Place
from gateway.settings import GatewaySettings
from shared.settings import SettingsError, load_settings

LOOPBACK = ("127.0.0.1", "::1", "localhost")


def examine(place: Place, environ: Mapping[str, str]) -> list[Finding]:
    return [*_disk(place.data), *_secrets(place), *settings(environ)]


def _disk(data: Path) -> list[Finding]:
    if not data.exists():
        return []
    usage = shutil.disk_usage(data)
    return [headroom("disk", usage.used, usage.total, f"Make room where {data.absolute()} stands")]


def _secrets(place: Place) -> list[Finding]:
    folder = place.data / "secrets"
    files = [*place.seeds.values(), *(path for path in folder.rglob("*") if path.is_file())]
    if not files:
        return []
    open_to_others = sorted({str(path) for path in files if path.stat().st_mode & 0o077 and not _shut(path)})
    if open_to_others:
        return [
            failed("secrets", f"others may read {', '.join(open_to_others[:3])}", "chmod 600, or 700 of the folder")
        ]
    return [ok("secrets", f"{len(set(files))} files, for their owner only")]


def _shut(path: Path) -> bool:
    """A folder above lets nobody else in."""
    return any(parent.stat().st_mode & 0o077 == 0 for parent in path.parents)


def settings(environ: Mapping[str, str]) -> list[Finding]:
    """Each by itself, as the gateway reads them; then those that contradict each other."""
    try:
        found = load_settings(GatewaySettings, environ)
    except SettingsError as error:
        return [failed("settings", message, "Correct the variable") for message in error.messages]
    contradictions = _contradictions(found, environ)
    return contradictions or [ok("settings", "can be used, and fit together")]


def _contradictions(found: GatewaySettings, environ: Mapping[str, str]) -> list[Finding]:
    public = urlsplit(found.public_url or "")
    slow, very_slow = (environ.get(f"BELFRY_LATENCY_{name}_MS") for name in ("SLOW", "VERY_SLOW"))
    rules = (
        (
            public.scheme == "http" and public.hostname not in LOOPBACK,
            "BELFRY_PUBLIC_URL is http: cookies and passwords travel readable",
            "Put TLS in front, and write https",
        ),
        (
            public.scheme == "https" and not environ.get("BELFRY_TRUSTED_PROXIES"),
            "BELFRY_PUBLIC_URL is https and no proxy is trusted: every client seems to be the proxy",
            "Name its network in BELFRY_TRUSTED_PROXIES",
        ),
        (
            found.host not in LOOPBACK and not found.public_url,
            f"BELFRY_HOST is {found.host} and BELFRY_PUBLIC_URL is not set: links in alerts lead nowhere",
            "Set BELFRY_PUBLIC_URL to the address people use",
        ),
        (
            max(found.ws_max_per_user, found.ws_max_per_ip) > found.ws_max_connections,
            "one user or address may have more WebSockets than there are",
            "Lower BELFRY_WS_MAX_PER_USER and BELFRY_WS_MAX_PER_IP, or raise BELFRY_WS_MAX_CONNECTIONS",
        ),
        (
            bool(slow and very_slow and float(slow) > float(very_slow)),
            "BELFRY_LATENCY_SLOW_MS is more than BELFRY_LATENCY_VERY_SLOW_MS",
            "Exchange them",
        ),
    )
    return [warning("settings", what, fix) for holds, what, fix in rules if holds]

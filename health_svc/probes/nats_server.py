"""Talking to a NATS server by hand: INFO, CONNECT, PING, PONG. A client would reconnect, and hide what we look for."""

from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

import msgspec

from health_svc.probes.context import ProbeContext
from health_svc.probes.evidence import PASS, FaultError, Verdict
from health_svc.probes.nats_line import PORTS, default_port, open_line
from health_svc.probes.words import endpoint, short
from shared.version import VERSION


async def probe_server(url: str, context: ProbeContext) -> Verdict:
    """Logs in with what the address carries, and pings. A server that wants a login we do not have is alive."""
    parts = _parts(url)
    where = endpoint(parts.hostname or "", parts.port or default_port(parts))
    async with open_line(parts, context) as line:
        context.seen.begin("info")
        info = _info(await line.read(), where)
        context.seen.response_head = _shown(info)
        if parts.scheme == "tls" or info.get("tls_required"):
            await line.secure()
        if info.get("auth_required") and not parts.username:
            return _alive(info, where)
        context.seen.begin("ping")
        await line.write(f"CONNECT {_login(parts)}\r\nPING\r\n")
        while (said := await line.read()) != "PONG":
            _refuse(said, where)
    return _alive(info, where)


def _parts(url: str) -> SplitResult:
    """The first server of an address list."""
    try:
        parts = urlsplit(url.partition(",")[0].strip())
        usable = parts.scheme in PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise FaultError("error", "The address must start with nats://, tls://, ws:// or wss:// and name a host")
    return parts


def _alive(info: dict[str, Any], where: str) -> Verdict:
    return Verdict("warn", f"{where} is about to shut down (lame duck mode)") if info.get("ldm") else PASS


def _info(said: str, where: str) -> dict[str, Any]:
    verb, _, body = said.partition(" ")
    try:
        info = msgspec.json.decode(body) if verb == "INFO" else None
    except msgspec.DecodeError:
        info = None
    if not isinstance(info, dict):
        words = f"greets with {short(said, 40)!r}, not as NATS does" if said else "closed the connection silently"
        raise FaultError("fail", f"{where} {words}")
    return info


def _refuse(said: str, where: str) -> None:
    """Raises when the server refuses or hangs up; other lines may pass."""
    if said.startswith("-ERR"):
        what = said.removeprefix("-ERR").strip(" '")
        words = "refused the login" if what.lower().startswith("auth") else "refused the connection"
        raise FaultError("fail", f"{where} {words}: {short(what, 80)}")
    if not said:
        raise FaultError("fail", f"{where} closed the connection instead of answering a ping")


def _login(parts: SplitResult) -> str:
    options: dict[str, Any] = {"verbose": False, "pedantic": False, "name": "belfry", "lang": "python"}
    options["version"] = VERSION
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if user and parts.password is not None:
        options |= {"user": user, "pass": password}
    elif user:
        options["auth_token"] = user
    return msgspec.json.encode(options).decode()


def _shown(info: dict[str, Any]) -> str:
    kept = ("server_name", "version", "cluster", "jetstream", "tls_required", "auth_required", "ldm", "max_payload")
    return "INFO " + msgspec.json.encode({name: info[name] for name in kept if name in info}).decode()

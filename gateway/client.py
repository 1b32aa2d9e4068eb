"""Where a request comes from: the peer, or what a trusted proxy says of it."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address

from aiohttp import web
from msgspec import Struct

from gateway.settings import GatewaySettings, Network
from shared.keys import SETTINGS

Address = IPv4Address | IPv6Address


class Proxies(Struct, frozen=True):
    """Who may say for whom a request is."""

    networks: tuple[Network, ...]


PROXIES = web.AppKey("PROXIES", Proxies)
CLIENT_IP = web.RequestKey("CLIENT_IP", str)


def client_ip(request: web.Request) -> str:
    """The address of the client, as far as it can be believed. Found out once."""
    found = request.get(CLIENT_IP)
    if found is None:
        networks, found = request.app[PROXIES].networks, request.remote or ""
        if networks:
            found = believed(found, ",".join(request.headers.getall("X-Forwarded-For", [])), networks)
        request[CLIENT_IP] = found
    return found


def believed(peer: str, forwarded: str, proxies: Sequence[Network]) -> str:
    """Walks X-Forwarded-For from its end as long as the one who says it is a trusted proxy."""
    current = peer
    for claim in reversed([part.strip() for part in forwarded.split(",") if part.strip()]):
        if not _within(current, proxies):
            break
        if _address(claim) is None:
            break
        current = claim
    return current


def is_https(request: web.Request) -> bool:
    """Does the browser speak TLS? A proxy's word is enough, because a wrong one only makes the cookie stricter."""
    return request.secure or request.headers.get("X-Forwarded-Proto", "").split(",")[0].strip() == "https"


def public_url(request: web.Request) -> str:
    """The address strangers reach this gateway at, without a slash at its end."""
    settings = request.app[SETTINGS]
    configured = settings.public_url if isinstance(settings, GatewaySettings) else None
    return configured.rstrip("/") if configured else f"{'https' if is_https(request) else 'http'}://{request.host}"


def _within(address: str, networks: Sequence[Network]) -> bool:
    parsed = _address(address)
    return parsed is not None and any(parsed in network for network in networks)


def _address(text: str) -> Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None

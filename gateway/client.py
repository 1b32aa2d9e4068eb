"""Where a request comes from: the peer, or what a trusted proxy says of it."""

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from aiohttp import web
from msgspec import Struct
from multidict import istr

from gateway.passage import PASSAGE
from gateway.settings import GatewaySettings, Network
from shared.keys import SETTINGS

Address = IPv4Address | IPv6Address
REMEMBERED = 4096
FORWARDED_PROTO = istr("X-Forwarded-Proto")


class Proxies(Struct, frozen=True):
    """Who may say for whom a request is."""

    networks: tuple[Network, ...]


PROXIES = web.AppKey("PROXIES", Proxies)


def client_ip() -> str:
    """The address of the client, as far as it can be believed."""
    return PASSAGE.get().client_ip


def find_client_ip(request: web.Request, proxies: Proxies) -> str:
    peer = _plain(request.remote or "")
    if not proxies.networks:
        return peer
    return believed(peer, ",".join(request.headers.getall("X-Forwarded-For", [])), proxies.networks)


def believed(peer: str, forwarded: str, proxies: Sequence[Network]) -> str:
    """Walks X-Forwarded-For from its end as long as the one who says it is a trusted proxy."""
    current = peer
    for claim in reversed([part.strip() for part in forwarded.split(",") if part.strip()]):
        if not _within(current, proxies):
            break
        if _address(claim) is None:
            break
        current = _plain(claim)
    return current


def is_https(request: web.Request) -> bool:
    """Does the browser speak TLS? A proxy's word is enough, because a wrong one only makes the cookie stricter."""
    forwarded = request.headers.get(FORWARDED_PROTO)
    return request.secure or (forwarded is not None and forwarded.split(",")[0].strip() == "https")


def public_url(request: web.Request) -> str:
    """The address strangers reach this gateway at, without a slash at its end."""
    settings = request.app[SETTINGS]
    configured = settings.public_url if isinstance(settings, GatewaySettings) else None
    return configured.rstrip("/") if configured else f"{'https' if is_https(request) else 'http'}://{request.host}"


def _within(address: str, networks: Sequence[Network]) -> bool:
    parsed = _address(address)
    return parsed is not None and any(parsed in network for network in networks)


@lru_cache(REMEMBERED)
def _address(text: str) -> Address | None:
    """An IPv4 address in IPv6 clothes, as a socket for both gives it, is an IPv4 address."""
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found


@lru_cache(REMEMBERED)
def _plain(text: str) -> str:
    found = _address(text)
    return text if found is None else str(found)


@lru_cache(REMEMBERED)
def network_of(text: str) -> str:
    """Whom a limit by address counts: of IPv6 the /64, for one customer has all of it."""
    return str(ip_network(f"{text}/64", strict=False)) if isinstance(_address(text), IPv6Address) else text

"""Where messages may not go: this machine, the network it stands in, and the addresses that clouds keep for themselves.

Asked for each address at the moment a socket is made for it, so that neither a name that changes its answer nor an
address in disguise gets by."""

import socket
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

NAT64 = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"))
TUNNELS = (ip_network("2002::/16"), ip_network("2001::/32"), ip_network("::/96"))
METADATA = frozenset(ip_address(text) for text in ("169.254.169.254", "fd00:ec2::254", "100.100.100.200"))

AddressInfo = tuple[int | socket.AddressFamily, int | socket.SocketKind, int, str, tuple[str | int, ...]]


MARK = "no message goes to"


class BlockedAddressError(OSError):
    """No socket was made: messages may not go there."""


def refusal(address: str, allowed: Sequence[Network]) -> str:
    """Why a message may not go to an address, in words; empty when it may."""
    found = ip_address(address.partition("%")[0])
    if any(found.version == network.version and found in network for network in allowed):
        return ""
    inner = _unwrapped(found)
    if inner != found and any(inner.version == network.version and inner in network for network in allowed):
        return ""
    kind = _kind(found) or (_kind(inner) if inner != found else "")
    return f"{MARK} {address}, {kind}" if kind else ""


def refusal_at_once(host: str, allowed: Sequence[Network]) -> str:
    """Of an address that stands in a form as itself; names are looked up when a message goes there."""
    try:
        why = refusal(host, allowed)
    except ValueError:
        return ""
    return f"{why}; an operator can allow it with BELFRY_ALERT_ALLOW" if why else ""


def _unwrapped(found: Address) -> Address:
    """The IPv4 address that stands in an IPv6 one as itself."""
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found


def _kind(found: Address) -> str:
    if found in METADATA:
        return "a metadata service of a cloud"
    if found.is_unspecified or found.is_loopback:
        return "this machine itself"
    if isinstance(found, IPv6Address) and any(found in network for network in NAT64):
        return "a translated address (NAT64)"
    if isinstance(found, IPv6Address) and any(found in network for network in TUNNELS):
        return "an address in a tunnel"
    if found.is_link_local:
        return "a link-local address"
    if found.is_multicast:
        return "a multicast address"
    return "" if found.is_global else "a private or reserved address"


def networks(texts: Sequence[str]) -> list[Network]:
    """Raises ValueError naming what is no address or network."""
    return [ip_network(text.strip(), strict=False) for text in texts if text.strip()]


def socket_factory(allowed: Sequence[Network]) -> Callable[[AddressInfo], socket.socket]:
    """Makes sockets for addresses that messages may go to. Raises BlockedAddressError for others."""

    def make(info: AddressInfo) -> socket.socket:
        family, type_, proto, _, address = info
        if why := refusal(str(address[0]), allowed):
            raise BlockedAddressError(why)
        made = socket.socket(family, type_, proto)
        made.setblocking(False)
        return made

    return make

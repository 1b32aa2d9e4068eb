"""No message goes where an attacker would like one to: refused at connect time; and none holds anyone up."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import trustme

from alert_svc.courier import Courier
from alert_svc.samples import sample_of_channel
from alert_svc.senders.guard import networks, refusal
from alert_svc.senders.http import open_wire
from alert_svc.senders.outgoing import SendFault
from alert_svc.senders.table import Providers
from shared.contracts.alerts.channels import AnyChannelSpec, EmailChannel, WebhookChannel
from shared.contracts.alerts.deliveries import SendError
from tests.fixtures.providers.web import Providers as Peers
from tests.fixtures.providers.web import answers, running_providers

LONG = 30.0

REFUSED = [
    "169.254.169.254", "169.254.170.2", "fd00:ec2::254", "100.100.100.200",  # metadata
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "::1", "::",  # this machine
    "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "fc00::1", "fe80::1", "fe80::1%eth0",  # private
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1",  # in disguise
    "64:ff9b::a9fe:a9fe", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "224.0.0.1", "ff02::1", "255.255.255.255", "240.0.0.1", "198.18.0.1", "192.0.2.1", "2001:db8::1", "0.1.2.3",
]  # fmt: skip


@pytest.mark.parametrize("address", REFUSED)
def test_addresses_of_this_house_and_of_clouds_are_refused(address: str) -> None:
    assert refusal(address, [])


def test_public_addresses_are_not_and_the_operator_allows_more() -> None:
    for address in ("93.184.216.34", "1.1.1.1", "2606:4700::1111", "::ffff:1.1.1.1"):
        assert refusal(address, []) == ""
    allowed = networks(["10.0.0.0/8", "127.0.0.1", "fd00::/8"])
    for address in ("10.9.9.9", "127.0.0.1", "::ffff:10.0.0.1", "fd00::7"):
        assert refusal(address, allowed) == ""
    for address in ("127.0.0.2", "192.168.0.1", "169.254.169.254", "64:ff9b::a00:1"):
        assert refusal(address, allowed)
    with pytest.raises(ValueError, match="nonsense"):
        networks(["nonsense"])


@pytest.fixture
async def peers() -> AsyncIterator[Peers]:
    async with running_providers() as found:
        yield found


async def fault_of(
    channel: AnyChannelSpec,
    allowed: tuple[str, ...] = (),
    look_up: Any = None,
    seconds: float = LONG,
    tls: ssl.SSLContext | None = None,
) -> SendError | None:
    """What comes of a test; None when it was accepted."""
    async with open_wire(networks(allowed), tls, look_up) as wire:
        courier = Courier(wire, Providers())

        message = sample_of_channel("test", "ana", datetime.now(UTC))
        try:
            await courier.send(channel, courier.outgoing("1", message), seconds)
        except SendFault as fault:
            return fault.error
    return None


def hook(url: str) -> WebhookChannel:
    return WebhookChannel(name="hook", url=url)


def names(*answers: str) -> Callable[[str, int, int], list[Any]]:
    """A name server that gives one address after the other, and the last one from then on."""
    left = list(answers)

    def look_up(host: str, port: int, family: int) -> list[Any]:
        address = left.pop(0) if len(left) > 1 else left[0]
        found: list[Any] = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM)
        return found

    return look_up


async def test_nothing_gets_to_a_server_on_this_machine(peers: Peers) -> None:
    """By address, by name, mapped, by a name of somebody's that leads here, over HTTP and SMTP alike."""
    port = peers.url.rsplit(":", 1)[1]
    for host in ("127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0.0.0.0", "127.1"):
        error = await fault_of(hook(f"http://{host}:{port}/hook/x"))
        assert error is not None
        assert error.code in ("blocked_address", "misconfigured", "dns"), (host, error)
    led = await fault_of(hook(f"http://public.example:{port}/hook/x"), look_up=names("127.0.0.1"))
    assert led is not None
    assert (led.code, led.is_permanent) == ("blocked_address", True)
    assert "BELFRY_ALERT_ALLOW" in led.hint
    mail = EmailChannel(
        name="m", host="mail.example", port=int(port), security="none", from_address="a@b.c", to=["d@e.f"]
    )
    mailed = await fault_of(mail, look_up=names("127.0.0.1"))
    assert mailed is not None
    assert mailed.code == "blocked_address"
    assert peers.received == []
    assert await fault_of(hook(f"{peers.url}/hook/x"), ("127.0.0.0/8",)) is None
    assert len(peers.received) == 1


async def test_a_name_that_changes_its_answer_and_a_redirect_lead_nowhere(peers: Peers) -> None:
    """The address that a socket is made for is the one that is checked; where a server redirects to is not asked."""
    port = peers.url.rsplit(":", 1)[1]
    changing = names("127.0.0.2", "127.0.0.1")
    first = await fault_of(hook(f"http://rebind.example:{port}/hook/x"), ("127.0.0.2",), changing)
    second = await fault_of(hook(f"http://rebind.example:{port}/hook/x"), ("127.0.0.2",), changing)
    assert first is not None
    assert second is not None
    assert (first.code, second.code) == ("connect", "blocked_address")
    peers.always["/hook/away"] = answers(307, Location=f"http://127.0.0.1:{port}/hook/inside")
    error = await fault_of(hook(f"{peers.url}/hook/away"), ("127.0.0.0/8",))
    assert error is not None
    assert (error.code, error.status) == ("refused", 307)
    assert [got.path for got in peers.received] == ["/hook/away"]


async def test_a_certificate_counts_only_when_its_authority_is_known() -> None:
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    known = ssl.create_default_context()
    authority.configure_trust(known)
    async with running_providers(context) as peers:
        here = ("127.0.0.0/8",)
        good = await fault_of(hook(f"{peers.url}/hook/tls"), here, names("127.0.0.1"), LONG, known)
        strange = await fault_of(hook(f"{peers.url}/hook/tls"), here, names("127.0.0.1"))
        other = await fault_of(
            hook(peers.url.replace("localhost", "other.example")), here, names("127.0.0.1"), LONG, known
        )
    assert good is None
    for error in (strange, other):
        assert error is not None
        assert (error.code, error.is_permanent) == ("tls", True)
    assert len(peers.received) == 1


async def test_whatever_hangs_ends_at_the_deadline(peers: Peers) -> None:
    """A name server, a server that says half an answer, one that says nothing, an SMTP server that is mute."""
    ended = asyncio.Event()

    def hanging(host: str, port: int, family: int) -> list[Any]:
        asyncio.run_coroutine_threadsafe(ended.wait(), loop).result()
        return []

    async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Le")
        await ended.wait()
        writer.close()

    loop = asyncio.get_running_loop()
    server = await asyncio.start_server(mute, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    peers.always["/hook/hang"] = peers.hang
    here = ("127.0.0.0/8",)
    mail = EmailChannel(name="m", host="127.0.0.1", port=port, security="starttls", from_address="a@b.c", to=["d@e.f"])
    try:
        found = await asyncio.gather(
            fault_of(hook("http://slow.example/"), here, hanging, 0.3),
            fault_of(hook(f"http://127.0.0.1:{port}/"), here, None, 0.3),
            fault_of(hook(f"{peers.url}/hook/hang"), here, None, 0.3),
            fault_of(mail, here, None, 0.3),
        )
    finally:
        ended.set()
        server.close()
    for error in found:
        assert error is not None
        assert (error.code, error.is_permanent) == ("timeout", False)
        assert error.hint

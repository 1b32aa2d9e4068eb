"""Apprise as a sender: what arrives, what it says when nothing does, and where it may not go."""

import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import apprise as package
import pytest
from apprise.manager_plugins import NotificationManager
from msgspec.structs import replace

from alert_svc.channel_specs import target_of
from alert_svc.courier import Courier
from alert_svc.samples import sample_of_channel
from alert_svc.senders import apprise, confined
from alert_svc.senders.guard import BlockedAddressError, networks
from alert_svc.senders.http import open_wire
from alert_svc.senders.outgoing import Receipt, SendFault
from alert_svc.senders.table import Providers, kinds
from shared.contracts.alerts.channels import AppriseChannel
from shared.contracts.alerts.deliveries import AlertMessage
from tests.fixtures.providers.web import Providers as Peers
from tests.fixtures.providers.web import answers, running_providers

SECRET = "secret-topic-0001"
LONG = 60.0
HERE = ("127.0.0.0/8", "::1")


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
async def peers() -> AsyncIterator[Peers]:
    async with running_providers() as found:
        yield found


def channel(url: str) -> AppriseChannel:
    return AppriseChannel(name="others", url=url)


def to(peers: Peers, path: str) -> AppriseChannel:
    return channel(f"{peers.url.replace('http://', 'json://')}/hook/{path}")


async def sent(
    given: AppriseChannel, allowed: tuple[str, ...] = HERE, message: AlertMessage | None = None
) -> Receipt | SendFault:
    async with open_wire(networks(allowed)) as wire:
        courier = Courier(wire, Providers(), "https://belfry.example")
        said = message or sample_of_channel("others", "ana", datetime.now(UTC))
        try:
            return await courier.send(given, courier.outgoing("1", said), LONG)
        except SendFault as fault:
            return fault


async def test_a_message_arrives_with_its_words_and_how_grave_it_is(peers: Peers) -> None:
    """F2.5.3: by a service that Apprise knows, here one that takes JSON."""
    test = sample_of_channel("others", "ana", datetime.now(UTC))
    fired = replace(test, reason="fired", severity="critical", title="Checkout is slow", text="612 ms", path="/x/1")
    for message, kind in (
        (test, "info"),
        (fired, "failure"),
        (replace(fired, severity="warning"), "warning"),
        (replace(fired, reason="resolved", resolved_at=datetime.now(UTC)), "success"),
    ):
        found = await sent(to(peers, kind), message=message)
        assert isinstance(found, Receipt), found
        assert found.detail == "JSON took it"
        [got] = peers.at(f"/hook/{kind}")
        assert got.json()["type"] == kind
    body = peers.at("/hook/failure")[0].json()
    assert body["title"] == "Firing (critical): Checkout is slow"
    assert body["message"].startswith("612 ms")
    assert "Severity: critical" in body["message"]
    assert body["message"].endswith("https://belfry.example/x/1")
    assert body["attachments"] == []


async def test_what_it_refuses_is_said_with_its_status_and_without_the_address(peers: Peers) -> None:
    """F2.5.4: what may pass is tried again, what may not is not; and the address is a secret."""
    for status, code, is_permanent in (
        (500, "server_error", False),
        (403, "authentication", True),
        (429, "rate_limited", False),
    ):
        peers.always[f"/hook/{status}"] = answers(status, "no")
        fault = await sent(to(peers, f"{status}/{SECRET}"))
        assert isinstance(fault, SendFault)
        assert (fault.error.code, fault.error.is_permanent, fault.error.status) == (code, is_permanent, status)
        assert SECRET not in str(fault)
        assert fault.error.detail.startswith(f"JSON answered {status}: Failed to send JSON POST notification")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    fault = await sent(channel(f"json://127.0.0.1:{port}/{SECRET}"))
    assert isinstance(fault, SendFault)
    assert (fault.error.code, fault.error.is_permanent) == ("connect", False)
    assert SECRET not in str(fault)


async def test_it_goes_nowhere_that_messages_may_not_go(peers: Peers) -> None:
    """By address, by name, mapped, by a redirect that its address asks to follow: refused when it connects."""
    port = peers.url.rsplit(":", 1)[1]
    for host in ("127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0.0.0.0", "127.1", "2130706433"):
        fault = await sent(channel(f"json://{host}:{port}/hook/x"), ())
        assert isinstance(fault, SendFault), host
        assert fault.error.code in ("blocked_address", "connect", "misconfigured"), (host, fault)
    fault = await sent(channel(f"json://127.0.0.1:{port}/hook/x"), ())
    assert isinstance(fault, SendFault)
    assert (fault.error.code, fault.error.is_permanent) == ("blocked_address", True)
    assert fault.error.detail == "JSON is not allowed: no message goes to 127.0.0.1, this machine itself"
    assert "BELFRY_ALERT_ALLOW" in fault.error.hint
    assert peers.received == []
    peers.always["/hook/away"] = answers(307, Location=f"http://127.0.0.1:{port}/hook/inside")
    fault = await sent(channel(f"json://127.0.0.1:{port}/hook/away?redirect=yes"))
    assert isinstance(fault, SendFault)
    assert [got.path for got in peers.received] == ["/hook/away"]


async def test_a_proxy_of_the_environment_would_hide_where_it_goes(
    peers: Peers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    fault = await sent(to(peers, "x"))
    assert isinstance(fault, SendFault)
    assert (fault.error.code, peers.received) == ("misconfigured", [])
    assert "HTTPS_PROXY" in fault.error.hint


async def test_only_what_is_reached_over_http_is_taken(peers: Peers) -> None:
    """A service that Apprise reaches in another way may go where nobody sees it: refused beside its field."""
    async with open_wire(networks(HERE)) as wire:
        for url, words in (
            ("ntfys://ntfy.sh/topic", ""),
            ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#ops", ""),
            ("syslog://", "is not reached over HTTP"),
            ("mailtos://ana:pw@mail.example", "is not reached over HTTP"),
            ("matrixs://ana:pw@matrix.example/#ops", "is not reached over HTTP"),
            ("pigeon://home", "is not an address that Apprise knows"),
            ("json://", "is not an address that Apprise knows"),
            ("json://10.0.0.1/x", "an operator can allow it with BELFRY_ALERT_ALLOW"),
        ):
            found = await apprise.mistakes(channel(url), wire)
            assert [each.field for each in found] == (["url"] if words else []), url
            assert all(words in each.message for each in found), found
    fault = await sent(channel("syslog://"))
    assert isinstance(fault, SendFault)
    assert target_of(channel(f"ntfys://ntfy.sh/{SECRET}")) == "ntfys://••••"


async def test_without_the_package_there_is_no_such_kind(peers: Peers, monkeypatch: pytest.MonkeyPatch) -> None:
    """What to install is said; what was stored before waits until it is there again."""
    assert "apprise" in kinds()
    monkeypatch.setattr(apprise, "find_spec", lambda name: None)
    assert "apprise" not in kinds()
    async with open_wire(networks(HERE)) as wire:
        [error] = await apprise.mistakes(channel("json://localhost"), wire)
    assert (error.field, "pip install 'belfry[apprise]'" in error.message) == ("kind", True)
    fault = await sent(to(peers, "x"))
    assert isinstance(fault, SendFault)
    assert (fault.error.code, fault.error.is_permanent) == ("misconfigured", False)


def test_what_is_confined_reads_no_file_and_starts_nothing(tmp_path: Path) -> None:
    """The thread is confined while its work runs, and no longer; other threads never are."""
    file = tmp_path / "alert.keys"
    file.write_text("key")
    attempts: list[Callable[[], Any]] = [
        file.read_text,
        lambda: subprocess.run([sys.executable, "-c", ""]),
        lambda: socket.socket(socket.AF_UNIX).connect(str(tmp_path / "socket")),
        lambda: socket.socket().connect(("localhost", 9)),
        lambda: socket.socket(type=socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", 9)),
        lambda: urllib.request.urlopen("http://127.0.0.1:9/"),
    ]
    for attempt in attempts:
        with pytest.raises((BlockedAddressError, urllib.error.URLError)) as refused:
            confined.run((), attempt)
        cause = getattr(refused.value, "reason", refused.value)
        assert isinstance(cause, BlockedAddressError), attempt
    inside, done, read = threading.Event(), threading.Event(), list[str]()

    def wait() -> str:
        inside.set()
        done.wait(LONG)
        return "over"

    other = threading.Thread(target=lambda: read.append(confined.run((), wait)[0]))
    other.start()
    assert inside.wait(LONG)
    assert file.read_text() == "key"
    done.set()
    other.join(LONG)
    assert read == ["over"]


def test_every_service_that_is_taken_sends_with_requests() -> None:
    """Whatever the version that is installed brings: none of those may open sockets or start threads by itself."""
    package.Apprise.instantiate("json://localhost")
    manager: Any = NotificationManager()  # type: ignore[no-untyped-call]
    taken = [each for each in manager.plugins() if apprise._is_seen(each)]
    assert len(taken) > 80
    assert {"NotifySyslog", "NotifyDBus", "NotifyRSyslog", "NotifyMacOSX", "NotifyEmby"}.isdisjoint(
        each.__name__ for each in taken
    )

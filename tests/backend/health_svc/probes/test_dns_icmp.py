"""dns checks against a real DNS server, icmp checks against this machine."""

import socket
from typing import Literal

import pytest

from health_svc.probes import icmp
from shared.contracts.checks import DnsCheck, IcmpCheck
from tests.backend.health_svc.probes.conftest import CheckOne
from tests.fixtures.targets import Addresses


def pings_allowed() -> bool:
    for kind in (socket.SOCK_DGRAM, socket.SOCK_RAW):
        try:
            socket.socket(socket.AF_INET, kind, socket.IPPROTO_ICMP).close()
        except OSError:
            continue
        return True
    return False


RecordType = Literal["A", "AAAA", "CNAME", "MX", "SRV", "TXT", "PTR"]


def ask(targets: Addresses, name: str, record_type: RecordType = "A", expect: str | None = None) -> DnsCheck:
    return DnsCheck(name_to_resolve=name, record_type=record_type, expect=expect, server="127.0.0.1", port=targets.dns)


@pytest.mark.parametrize(
    ("name", "record_type", "expect"),
    [
        ("shop.example", "A", r"^192\.0\.2\.11$"),
        ("shop.example", "AAAA", None),
        ("shop.example", "MX", "mail"),
        ("www.shop.example", "CNAME", "^shop"),
        ("big.example", "TXT", "^.039"),
        ("192.0.2.10", "PTR", "^shop"),
    ],
)
async def test_dns_answers(
    targets: Addresses, check_one: CheckOne, name: str, record_type: RecordType, expect: str | None
) -> None:
    outcome = await check_one(ask(targets, name, record_type, expect))
    assert (outcome.result, outcome.reason) == ("pass", "")
    assert outcome.address == "127.0.0.1"


@pytest.mark.parametrize(
    ("name", "record_type", "expect", "reason"),
    [
        ("nope.example", "A", None, "nope.example does not exist, says {server} (NXDOMAIN)"),
        ("broken.example", "A", None, "{server} could not resolve broken.example (SERVFAIL)"),
        ("refused.example", "A", None, "{server} refuses to answer for refused.example (REFUSED)"),
        ("shop.example", "SRV", None, "shop.example has no SRV record, says {server}"),
        ("shop.example", "MX", "^20", "No MX record of shop.example matches '^20': 10 mail.shop.example."),
    ],
)
async def test_dns_failures_in_words(
    targets: Addresses, check_one: CheckOne, name: str, record_type: RecordType, expect: str | None, reason: str
) -> None:
    outcome = await check_one(ask(targets, name, record_type, expect))
    assert (outcome.result, outcome.reason) == ("fail", reason.format(server=f"127.0.0.1:{targets.dns}"))


async def test_dns_silence_and_impossible_names(targets: Addresses, check_one: CheckOne) -> None:
    outcome = await check_one(ask(targets, "silent.example"), timeout_seconds=0.8)
    assert (outcome.result, outcome.reason) == ("fail", "No answer within 800 ms")
    assert (await check_one(ask(targets, "a" * 64 + ".example"))).result == "error"


@pytest.mark.skipif(not pings_allowed(), reason="this machine allows no ICMP sockets")
@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_icmp_echo(check_one: CheckOne, host: str) -> None:
    outcome = await check_one(IcmpCheck(host=host))
    assert (outcome.result, outcome.address) == ("pass", host)
    assert outcome.assertions[0].actual == "0 %"


@pytest.mark.skipif(not pings_allowed(), reason="this machine allows no ICMP sockets")
async def test_icmp_counts_what_is_lost(check_one: CheckOne, monkeypatch: pytest.MonkeyPatch) -> None:
    """Echoes whose answers are not ours stay unanswered; the check ends before its budget does."""
    real = icmp.answered
    monkeypatch.setattr(icmp, "answered", lambda *given: 1 if real(*given) == 1 else None)
    tolerant = await check_one(IcmpCheck(host="127.0.0.1", count=4, max_loss_pct=80), timeout_seconds=1)
    strict = await check_one(IcmpCheck(host="127.0.0.1", count=4), timeout_seconds=1)
    assert tolerant.result == "pass"
    assert strict.reason == "3 of 4 pings to 127.0.0.1 were lost, at most 50 % may"
    assert tolerant.duration_ms < 800  # the slowest answer, not the wait for the lost ones


@pytest.mark.skipif(not pings_allowed(), reason="this machine allows no ICMP sockets")
async def test_icmp_without_any_answer_fails(check_one: CheckOne, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(icmp, "answered", lambda *given: None)
    outcome = await check_one(IcmpCheck(host="127.0.0.1"), timeout_seconds=0.8)
    assert (outcome.result, outcome.reason) == ("fail", "127.0.0.1 answers no ping (3 sent)")


async def test_icmp_not_allowed_is_our_fault(check_one: CheckOne, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*given: object) -> socket.socket:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("health_svc.probes.icmp.socket.socket", refuse)
    outcome = await check_one(IcmpCheck(host="127.0.0.1"))
    assert outcome.result == "error"
    assert "net.ipv4.ping_group_range" in outcome.reason


def test_only_our_own_replies_count() -> None:
    token = b"0123456789abcdef"
    request = icmp.packet(8, 7, token)
    reply = b"\x00" + request[1:]
    assert icmp.answered(reply, 0, token) == 7
    assert icmp.answered(b"E" * 20 + reply, 0, token) == 7  # a raw socket gives the IP header too
    assert icmp.answered(request, 0, token) is None
    assert icmp.answered(reply, 0, b"x" * 16) is None
    assert icmp.answered(reply[:-3], 0, token) is None

"""tcp and tls checks against real servers."""

import pytest

from shared.contracts.checks import TcpCheck, TlsCheck
from tests.backend.health_svc.probes.conftest import CheckOne
from tests.fixtures.targets import Addresses
from tests.fixtures.targets.raw import echo, serve_tcp
from tests.fixtures.targets.tls import Flaw


def tcp(targets: Addresses, talk: str, send: str | None = None, expect: str | None = None) -> TcpCheck:
    return TcpCheck(host="127.0.0.1", port=targets.tcp[talk], send=send, expect=expect)


@pytest.mark.parametrize(
    ("talk", "send", "expect"),
    [("silent", None, None), ("banner", None, r"^220 .* ready"), ("echo", "PING\n", "^PING$")],
)
async def test_tcp_passes(
    targets: Addresses, check_one: CheckOne, talk: str, send: str | None, expect: str | None
) -> None:
    outcome = await check_one(tcp(targets, talk, send, expect))
    assert (outcome.result, outcome.reason) == ("pass", "")
    assert outcome.phases[0].name == "connect"


@pytest.mark.parametrize(
    ("talk", "send", "words"),
    [
        ("hang_up", "x", "closed the connection without an answer, expected '^250'"),
        ("reset", "x", "reset the connection"),
    ],
)
async def test_tcp_fails_in_words(targets: Addresses, check_one: CheckOne, talk: str, send: str, words: str) -> None:
    outcome = await check_one(tcp(targets, talk, send, "^250"))
    assert outcome.result == "fail"
    assert outcome.reason == f"127.0.0.1:{targets.tcp[talk]} {words}"


async def test_tcp_waits_for_the_expected_text_and_tells_what_came(targets: Addresses, check_one: CheckOne) -> None:
    outcome = await check_one(tcp(targets, "banner", None, "^250 "), timeout_seconds=0.8)
    assert outcome.result == "fail"
    assert outcome.reason.endswith("then the expected text did not come")
    assert outcome.response_head == "220 mail.example ready\n"


async def test_tcp_refused(targets: Addresses, check_one: CheckOne) -> None:
    outcome = await check_one(TcpCheck(host="127.0.0.1", port=targets.refused_port))
    assert outcome.result == "fail"
    assert "refused the connection. Something answers on the host, but not on this port" in outcome.reason


async def test_tcp_by_ipv6_literal(check_one: CheckOne) -> None:
    async with serve_tcp(echo, "::1") as port:
        outcome = await check_one(TcpCheck(host="::1", port=port, send="a", expect="a"))
    assert (outcome.result, outcome.address) == ("pass", "::1")


async def test_tcp_with_a_bad_pattern_is_our_fault(targets: Addresses, check_one: CheckOne) -> None:
    assert (await check_one(tcp(targets, "banner", None, "("))).result == "error"


@pytest.mark.parametrize(
    ("flaw", "result", "reason"),
    [
        ("good", "pass", ""),
        ("expired", "fail", "The certificate of localhost ended 3 days ago"),
        ("ending", "warn", "The certificate of localhost ends in 5 days"),
        ("wrong_host", "fail", "The certificate of localhost is not valid for localhost"),
        ("self_signed", "fail", "The certificate of localhost is signed by an authority that is not trusted here"),
    ],
)
async def test_tls_certificates(targets: Addresses, check_one: CheckOne, flaw: Flaw, result: str, reason: str) -> None:
    outcome = await check_one(TlsCheck(host="localhost", port=targets.tls_ports[flaw]))
    assert (outcome.result, outcome.reason) == (result, reason)
    assert [phase.name for phase in outcome.phases] == ["dns", "connect", "tls"]


async def test_tls_tells_protocol_and_end(targets: Addresses, check_one: CheckOne) -> None:
    outcome = await check_one(TlsCheck(host="127.0.0.1", server_name="localhost", port=targets.tls_ports["ending"]))
    assert outcome.response_head.startswith("TLSv1.")
    assert outcome.certificate_ends_at is not None
    assert outcome.assertions[0].actual == "ends in 5 days"


async def test_tls_lets_strangers_in_only_when_told(targets: Addresses, check_one: CheckOne) -> None:
    stranger, ended = targets.tls_ports["self_signed"], targets.tls_ports["expired"]
    assert (await check_one(TlsCheck(host="localhost", port=stranger, verify=False))).result == "pass"
    assert (await check_one(TlsCheck(host="localhost", port=ended, verify=False))).result == "fail"


@pytest.mark.parametrize(
    ("talk", "words"),
    [
        ("banner", "answered without TLS"),
        ("reset", "closed the connection during the TLS handshake"),
        ("hang_up", "closed the connection during the TLS handshake"),
    ],
)
async def test_tls_broken_handshakes(targets: Addresses, check_one: CheckOne, talk: str, words: str) -> None:
    outcome = await check_one(TlsCheck(host="127.0.0.1", port=targets.tcp[talk]))
    assert (outcome.result, outcome.reason) == ("fail", f"127.0.0.1:{targets.tcp[talk]} {words}")


async def test_tls_silence_is_named(targets: Addresses, check_one: CheckOne) -> None:
    check = TlsCheck(host="127.0.0.1", port=targets.tcp["silent"])
    outcome = await check_one(check, timeout_seconds=0.8)
    assert outcome.reason.startswith("No answer within 800 ms. Connect ")
    assert outcome.reason.endswith(", then no TLS handshake")

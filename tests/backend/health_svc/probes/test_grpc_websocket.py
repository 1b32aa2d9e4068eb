"""grpc and websocket checks against real servers."""

import pytest

from shared.contracts.checks import GrpcCheck, WebSocketCheck
from tests.backend.health_svc.probes.conftest import CheckOne
from tests.fixtures.targets import Addresses
from tests.fixtures.targets.tls import Flaw


@pytest.mark.parametrize(
    ("service", "result", "reason"),
    [
        ("", "pass", ""),
        ("orders", "pass", ""),
        ("ledger", "fail", "Service 'ledger' of {where} says NOT_SERVING"),
        ("locked", "fail", "{where} wants a login for its health service"),
        ("nope", "error", "{where} does not know the service 'nope'. Check its name"),
    ],
)
async def test_grpc_health(targets: Addresses, check_one: CheckOne, service: str, result: str, reason: str) -> None:
    outcome = await check_one(GrpcCheck(host="127.0.0.1", port=targets.grpc, service=service))
    assert (outcome.result, outcome.reason) == (result, reason.format(where=f"127.0.0.1:{targets.grpc}"))
    assert [phase.name for phase in outcome.phases] == ["connect", "call"]


async def test_grpc_over_tls(targets: Addresses, check_one: CheckOne) -> None:
    outcome = await check_one(GrpcCheck(host="localhost", port=targets.grpc_tls, tls=True))
    assert outcome.result == "pass"
    assert [phase.name for phase in outcome.phases] == ["dns", "connect", "tls", "call"]
    assert outcome.certificate_ends_at is not None


async def test_grpc_without_a_health_service_gives_a_hint(targets: Addresses, check_one: CheckOne) -> None:
    outcome = await check_one(GrpcCheck(host="127.0.0.1", port=targets.grpc_without_health))
    assert outcome.result == "fail"
    assert outcome.reason.endswith("has no health service. Add grpc.health.v1 to it, or check it by tcp")


async def test_grpc_always_ends(targets: Addresses, check_one: CheckOne) -> None:
    stuck = GrpcCheck(host="127.0.0.1", port=targets.grpc, service="stuck")
    outcome = await check_one(stuck, timeout_seconds=0.8)
    assert outcome.result == "fail"
    assert outcome.reason.endswith("then silence")


async def test_grpc_to_something_else(targets: Addresses, check_one: CheckOne) -> None:
    reset = await check_one(GrpcCheck(host="127.0.0.1", port=targets.tcp["reset"]))
    refused = await check_one(GrpcCheck(host="127.0.0.1", port=targets.refused_port))
    assert reset.reason.endswith("does not speak gRPC, or broke off the call")
    assert "refused the connection" in refused.reason


def wss(targets: Addresses, flaw: Flaw) -> str:
    return f"wss://localhost:{targets.tls_ports[flaw]}/ws"


async def test_websocket_ping(targets: Addresses, check_one: CheckOne) -> None:
    outcome = await check_one(WebSocketCheck(url=targets.ws))
    assert (outcome.result, outcome.address) == ("pass", "127.0.0.1")
    assert [phase.name for phase in outcome.phases] == ["connect", "handshake", "ping"]


async def test_websocket_message(targets: Addresses, check_one: CheckOne) -> None:
    good = await check_one(WebSocketCheck(url=targets.ws, expect="^welcome$"))
    bad = await check_one(WebSocketCheck(url=targets.ws, expect="^goodbye$"))
    assert good.result == "pass"
    assert bad.result == "fail"
    assert bad.reason.endswith("sent 'welcome', expected '^goodbye$'")


async def test_websocket_over_tls(targets: Addresses, check_one: CheckOne) -> None:
    good = await check_one(WebSocketCheck(url=wss(targets, "good")))
    assert good.result == "pass"
    assert good.certificate_ends_at is not None
    loose = await check_one(WebSocketCheck(url=wss(targets, "self_signed"), verify_tls=False))
    assert loose.result == "pass"


@pytest.mark.parametrize(
    ("flaw", "words"),
    [
        ("expired", "The certificate of localhost ended 3 days ago"),
        ("wrong_host", "The certificate of localhost is not valid for localhost"),
        ("self_signed", "The certificate of localhost is signed by an authority that is not trusted here"),
    ],
)
async def test_websocket_certificates(targets: Addresses, check_one: CheckOne, flaw: Flaw, words: str) -> None:
    outcome = await check_one(WebSocketCheck(url=wss(targets, flaw)))
    assert (outcome.result, outcome.reason) == ("fail", words)


async def test_websocket_warns_before_its_certificate_ends(targets: Addresses, check_one: CheckOne) -> None:
    outcome = await check_one(WebSocketCheck(url=wss(targets, "ending")))
    assert (outcome.result, outcome.reason) == ("warn", "The certificate of localhost ends in 5 days")


@pytest.mark.parametrize(
    ("path", "words"), [("/ws/deaf", "no answer to the ping"), ("/hang", "no WebSocket handshake")]
)
async def test_websocket_silence_is_named(targets: Addresses, check_one: CheckOne, path: str, words: str) -> None:
    url = targets.ws.replace("/ws", path)
    outcome = await check_one(WebSocketCheck(url=url), timeout_seconds=0.8)
    assert outcome.result == "fail"
    assert outcome.reason.endswith(f"then {words}")


async def test_websocket_to_something_else(targets: Addresses, check_one: CheckOne) -> None:
    plain = await check_one(WebSocketCheck(url=targets.ws.replace("/ws", "/ok")))
    refused = await check_one(WebSocketCheck(url=f"ws://127.0.0.1:{targets.refused_port}/"))
    reset = await check_one(WebSocketCheck(url=f"ws://127.0.0.1:{targets.tcp['reset']}/"))
    assert plain.reason.endswith("answers HTTP 200 instead of opening a WebSocket")
    assert "refused the connection" in refused.reason
    assert reset.reason.endswith("broke off the WebSocket handshake")

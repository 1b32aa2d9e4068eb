"""nats checks against real NATS servers and real micro services."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import nats
import nats.micro
import pytest
from msgspec.structs import replace
from nats.micro.request import Request
from nats.micro.service import ServiceConfig

from deploy.local.nats import start_nats
from health_svc.probes import ProbeContext, run_checks
from shared.bus import Bus
from shared.contracts.checks import NatsCheck
from shared.contracts.health.runs import ComponentOutcome
from shared.contracts.health.services import ServiceSpec
from shared.settings import Settings
from tests.backend.health_svc.probes.conftest import CheckOne
from tests.fixtures.targets import Addresses
from tests.fixtures.targets.tls import Authority

WEBSOCKET = "websocket { listen: 127.0.0.1:-1, no_tls: true }\n"


async def check_with(context: ProbeContext, check: NatsCheck, timeout_seconds: float = 5) -> ComponentOutcome:
    [outcome] = await run_checks(ServiceSpec(id="bus", timeout_seconds=timeout_seconds, checks=[check]), context)
    return outcome


async def test_nats_server(nats_url: str, check_one: CheckOne) -> None:
    outcome = await check_one(NatsCheck(url=nats_url))
    assert (outcome.result, outcome.reason) == ("pass", "")
    assert [phase.name for phase in outcome.phases][-2:] == ["info", "ping"]
    assert '"jetstream":true' in outcome.response_head


async def test_nats_login(tmp_path: Path, check_one: CheckOne) -> None:
    with start_nats(tmp_path, 'authorization { user: "ana", password: "open sesame" }\n') as server:
        where = urlsplit(server.url).netloc.rpartition("@")[2]
        good = await check_one(NatsCheck(url=f"nats://ana:open%20sesame@{where}"))
        bad = await check_one(NatsCheck(url=f"nats://ana:wrong@{where}"))
        none = await check_one(NatsCheck(url=f"nats://{where}"))
    assert good.result == "pass"
    assert (bad.result, bad.reason) == ("fail", f"{where} refused the login: Authorization Violation")
    assert none.result == "pass"  # it greets: alive, and not ours to enter


async def test_nats_token(tmp_path: Path, check_one: CheckOne) -> None:
    with start_nats(tmp_path, 'authorization { token: "t0ken" }\n') as server:
        where = urlsplit(server.url).netloc.rpartition("@")[2]
        good = await check_one(NatsCheck(url=f"nats://t0ken@{where}"))
        bad = await check_one(NatsCheck(url=f"nats://other@{where}"))
    assert (good.result, bad.result) == ("pass", "fail")


async def test_nats_over_tls(tmp_path: Path, context: ProbeContext) -> None:
    authority = Authority()
    certificate, key = authority.write_server(tmp_path)
    config = f'tls {{ cert_file: "{certificate}", key_file: "{key}" }}\n'
    trusting = replace(context, ca_file=authority.write_pem(tmp_path / "ca.pem"))
    with start_nats(tmp_path / "nats", config) as server:
        where = urlsplit(server.url).netloc.rpartition("@")[2].replace("127.0.0.1", "localhost")
        good = await check_with(trusting, NatsCheck(url=f"tls://{where}"))
        stranger = await check_with(context, NatsCheck(url=f"nats://{where}"))
    assert good.result == "pass"
    assert [phase.name for phase in good.phases] == ["dns", "connect", "info", "tls", "ping"]
    assert good.certificate_ends_at is not None
    assert stranger.reason == "The certificate of localhost is signed by an authority that is not trusted here"


@pytest.mark.parametrize(
    ("talk", "words"),
    [
        ("banner", "greets with '220 mail.example ready', not as NATS does"),
        ("hang_up", "No answer within 800 ms"),
    ],
)
async def test_nats_to_something_else(targets: Addresses, check_one: CheckOne, talk: str, words: str) -> None:
    check = NatsCheck(url=f"nats://127.0.0.1:{targets.tcp[talk]}")
    outcome = await check_one(check, timeout_seconds=0.8)
    assert outcome.result == "fail"
    assert words in outcome.reason


async def test_nats_refused_and_unusable(targets: Addresses, context: ProbeContext) -> None:
    refused = await check_with(context, NatsCheck(url=f"nats://127.0.0.1:{targets.refused_port}"))
    assert "refused the connection" in refused.reason
    odd = replace(context, environ={"ODD": "s3cret"})
    unusable = await check_with(odd, NatsCheck(url="$ODD"))
    assert unusable.result == "error"
    assert "s3cret" not in unusable.reason


@pytest.mark.parametrize("check", [NatsCheck(), NatsCheck(service="orders"), NatsCheck(request="orders.ready")])
async def test_nats_without_a_bus_is_our_fault(check_one: CheckOne, check: NatsCheck) -> None:
    outcome = await check_one(check)
    assert (outcome.result, outcome.reason) == ("error", "Belfry's own message bus is not connected")


# --- micro services on our own bus


@pytest.fixture
async def on_bus(context: ProbeContext, nats_url: str) -> AsyncIterator[ProbeContext]:
    bus = await Bus.connect(Settings(service="health_svc", nats_url=nats_url))
    yield replace(context, bus=bus)
    await bus.close()


@pytest.fixture
async def orders(nats_url: str) -> AsyncIterator[None]:
    """Two instances of a micro service; `orders.ready` says that its database fails."""

    async def ready(request: Request) -> None:
        await request.respond(json.dumps({"status": "warn", "checks": {"db": [{"status": "fail"}]}}).encode())

    clients = [await nats.connect(nats_url) for _ in range(2)]
    for client in clients:
        service = await nats.micro.add_service(client, ServiceConfig(name="orders", version="1.0.0"))
        await service.add_endpoint(name="ready", subject="orders.ready", handler=ready)
        await client.flush()
    yield
    for client in clients:
        await client.close()


async def test_our_own_bus_is_checked_over_its_connection(tmp_path: Path, context: ProbeContext) -> None:
    with start_nats(tmp_path) as server:
        bus = await Bus.connect(Settings(service="health_svc", nats_url=server.url))
        there = await check_with(replace(context, bus=bus), NatsCheck())
        server.kill()
        away = await check_with(replace(context, bus=bus), NatsCheck(), timeout_seconds=1)
        await bus.close()
    assert (there.result, away.result) == ("pass", "fail")
    assert [phase.name for phase in there.phases] == ["ping"]


@pytest.mark.usefixtures("orders")
async def test_micro_service_instances_are_counted(on_bus: ProbeContext) -> None:
    enough = await check_with(on_bus, NatsCheck(service="orders", min_instances=2))
    assert (enough.result, enough.assertions[0].actual) == ("pass", "2")
    too_few = await check_with(on_bus, NatsCheck(service="orders", min_instances=3))
    assert (too_few.result, too_few.reason) == ("fail", "2 instances of orders on the bus, expected 3")


async def test_micro_service_away(on_bus: ProbeContext) -> None:
    away = await check_with(on_bus, NatsCheck(service="nobody"))
    assert (away.result, away.reason) == ("fail", "No instance of nobody on the bus, expected 1")
    silent = await check_with(on_bus, NatsCheck(request="nobody.ready"))
    assert (silent.result, silent.reason) == ("fail", "nobody.ready: No instance answers")


@pytest.mark.usefixtures("orders")
async def test_micro_service_readiness_gives_components(on_bus: ProbeContext) -> None:
    """R2.1.3: a degraded service names its affected components."""
    outcome = await check_with(on_bus, NatsCheck(service="orders", request="orders.ready"))
    assert (outcome.result, outcome.reason) == ("warn", "Reports warn: db fail")
    assert [(child.component, child.kind, child.result) for child in outcome.children] == [("db", "nats", "fail")]
    assert [phase.name for phase in outcome.phases] == ["ping", "request"]

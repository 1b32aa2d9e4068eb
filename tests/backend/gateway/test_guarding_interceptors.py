"""What guards a gateway and its services: limits of every kind, circuits, deadlines, addresses."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from gateway.interceptors.breaker import Breaker
from shared.problems import not_found, unavailable
from tests.backend.gateway.chains import (
    READ,
    Clock,
    Upstream,
    holder_of,
    read,
    run,
    until_asked,
    upstream,
    with_clock,
)
from tests.backend.gateway.conftest import AUTOMATION, Client, StartGateway, token_of
from tests.fixtures.live import live
from tests.fixtures.waiting import until

ME = "/api/v1/auth/me"
LOGIN = "/api/v1/auth/login"
OTHER_SERVICE = "/api/v1/admin/websocket/stats"
KEEPS = {"fresh_seconds": 10}


async def refusal(gateway: Client, path: str, headers: dict[str, str] = AUTOMATION) -> tuple[int, Any]:
    """Status and code of the problem."""
    answer = await gateway.get(path, headers=headers)
    return answer.status, (await answer.json()).get("code")


# --- circuit breaker ----------------------------------------------------------------------------------------------

SOON = {"min_requests": 3, "error_pct": 50, "open_seconds": 5}


async def test_a_circuit_opens_on_silence_and_for_that_service_only(gateway: Client, nats_url: str) -> None:
    """After three requests nobody is asked; another service has a circuit of its own; then one tries."""
    clock = with_clock(gateway)
    run(gateway, circuit_breaker=SOON)
    assert [await refusal(gateway, READ) for _ in range(4)] == [(503, None)] * 3 + [(503, "circuit_open")]
    assert await refusal(gateway, OTHER_SERVICE) == (503, None)
    refused = await gateway.get(READ, headers=AUTOMATION)
    assert (refused.headers["Retry-After"], (await refused.json())["service"]) == ("5", "health_svc")

    async with upstream(nats_url) as upstream_health:
        assert await refusal(gateway, READ) == (503, "circuit_open")
        clock.at += 5
        upstream_health.may_answer.clear()
        trying = asyncio.create_task(read(gateway, AUTOMATION))
        await until_asked(upstream_health, 1)
        assert [await refusal(gateway, f"{READ}?try={n}") for n in range(3)] == [(503, "circuit_open")] * 3
        upstream_health.may_answer.set()
        assert (await trying, await read(gateway, AUTOMATION)) == (1, 2), "it was tried by one, and closed"


async def test_what_a_service_says_itself_opens_nothing(gateway: Client, upstream_health: Upstream) -> None:
    run(gateway, circuit_breaker=SOON)
    for error in (not_found("Nothing there"), unavailable("postgres", "No database"), RuntimeError("a bug")):
        upstream_health.error = error
        statuses = [(await refusal(gateway, READ))[1] for _ in range(4)]
        assert statuses == [None] * 4
    assert upstream_health.asked == 12


def test_who_went_on_before_it_opened_decides_nothing() -> None:
    """A slow request from before does not close the circuit, nor lets a second one try."""
    clock, breaker = Clock(), Breaker(error_pct=50, min_requests=2, window_seconds=10, open_seconds=5)
    early = breaker.period
    for _ in range(2):
        assert breaker.refuses_for(clock()) == 0
        breaker.ended(breaker.period, True, clock())
    assert breaker.refuses_for(clock()) == 5
    breaker.ended(early, False, clock())
    assert breaker.refuses_for(clock()) == 5

    clock.at += 5
    assert breaker.refuses_for(clock()) == 0, "this one tries"
    trying = breaker.period
    breaker.ended(early, False, clock())
    assert breaker.refuses_for(clock()) > 0, "nobody else does"
    breaker.ended(trying, True, clock())
    assert breaker.refuses_for(clock()) == 5
    clock.at += 5
    assert breaker.refuses_for(clock()) == 0
    breaker.ended(breaker.period, False, clock())
    assert breaker.refuses_for(clock()) == 0


# --- deadlines and sizes ------------------------------------------------------------------------------------------


async def test_an_answer_that_takes_too_long_is_cut_off_and_counted(gateway: Client, upstream_health: Upstream) -> None:
    run(gateway, timeout={"seconds": 0.1}, circuit_breaker={**SOON, "min_requests": 2})
    upstream_health.may_answer.clear()

    answers = [await gateway.get(f"{READ}?n={n}", headers=AUTOMATION) for n in range(3)]
    problems = [await answer.json() for answer in answers]

    assert [answer.status for answer in answers] == [503] * 3
    assert [problem.get("code") for problem in problems] == [None, None, "circuit_open"]
    assert (problems[0]["service"], problems[0]["detail"]) == ("gateway", "No answer within 0.1 s")
    assert holder_of(gateway).tools.running.total == 0


async def test_a_body_that_is_too_large_is_refused_however_it_comes(gateway: Client) -> None:
    """By what it says before it is read, and in chunks once they are too many."""
    run(gateway, body_limit={"max_bytes": 2048})

    async def chunks(count: int) -> AsyncIterator[bytes]:
        for _ in range(count):
            yield b" " * 512

    named = {"Content-Type": "application/json"}
    statuses = {}
    for count in (1, 4, 5, 4096):
        said = await gateway.post(LOGIN, data=b" " * 512 * count, headers=named)
        chunked = await gateway.post(LOGIN, data=chunks(count), headers=named)
        statuses[count] = (said.status, chunked.status)
    run(gateway, off=["body_limit"])
    without = await gateway.post(LOGIN, data=chunks(4096), headers=named)

    assert statuses == {1: (400, 400), 4: (400, 400), 5: (413, 413), 4096: (413, 413)}
    assert (await said.json())["limit_bytes"] == (await chunked.json())["limit_bytes"] == 2048
    assert (without.status, (await without.json())["limit_bytes"]) == (413, 1024 * 1024)


async def test_only_so_many_are_worked_on_at_a_time(gateway: Client, upstream_health: Upstream) -> None:
    """Of one address, over a swap of the chain too; probes are not held up."""
    run(gateway, in_flight={"max_requests": 10, "max_per_client": 2})
    upstream_health.may_answer.clear()
    waiting = [asyncio.create_task(read(gateway, AUTOMATION)) for _ in range(2)]
    running = holder_of(gateway).tools.running

    async def total() -> int:
        return running.total

    await until(total, lambda count: count == 2)
    run(gateway, in_flight={"max_requests": 10, "max_per_client": 2})
    refused = await gateway.get(READ, headers=AUTOMATION)
    probe = await gateway.get("/healthz")
    upstream_health.may_answer.set()
    await asyncio.gather(*waiting)

    assert (refused.status, (await refused.json())["code"], refused.headers["Retry-After"]) == (503, "in_flight", "1")
    assert probe.status == 200
    await read(gateway, AUTOMATION)
    await until(total, lambda count: count == 0)
    assert running.by_client == {}


# --- addresses and rates ------------------------------------------------------------------------------------------


async def test_an_address_is_believed_only_from_a_trusted_proxy(start_gateway: StartGateway) -> None:
    rules = {"deny": ["203.0.113.0/24", "2001:db8::/32"]}
    behind, open_ = await start_gateway(trusted_proxies=("127.0.0.0/8",)), await start_gateway()
    for gateway in (behind, open_):
        run(gateway, ip_rules=rules)

    async def statuses(gateway: Client, forwarded: str) -> tuple[int, int]:
        headers = {"X-Forwarded-For": forwarded}
        return (await gateway.get(ME, headers=headers)).status, (await gateway.get("/healthz", headers=headers)).status

    assert await statuses(behind, "203.0.113.9") == (403, 200)
    assert await statuses(behind, "2001:db8::1") == (403, 200)
    assert await statuses(behind, "::ffff:203.0.113.9") == (403, 200)
    assert await statuses(behind, "198.51.100.1, 203.0.113.9") == (403, 200), "the last one says it, not the client"
    assert await statuses(behind, "203.0.113.9, 198.51.100.1") == (401, 200)
    assert await statuses(open_, "203.0.113.9") == (401, 200)
    run(behind, ip_rules={"allow": ["198.51.100.1"]})
    assert await statuses(behind, "198.51.100.1") == (401, 200)
    assert await statuses(behind, "203.0.113.9, rubbish") == (403, 200)


async def test_everyone_has_a_bucket_of_their_own_and_is_told_what_is_left(start_gateway: StartGateway) -> None:
    gateway = await start_gateway(trusted_proxies=("127.0.0.0/8",))
    clock, viewer = with_clock(gateway), await token_of(gateway, "viewer")
    run(gateway, rate_limit={"requests": 3, "per_seconds": 60, "burst": 3, "count_by": "token"})

    answers = [await gateway.get(ME, headers=AUTOMATION) for _ in range(4)]
    other = await gateway.get(ME, headers=viewer)
    clock.at += 20
    later = await gateway.get(ME, headers=AUTOMATION)

    assert [answer.status for answer in (*answers, other, later)] == [200, 200, 200, 429, 200, 200]
    assert {answer.headers["RateLimit-Policy"] for answer in answers} == {'"belfry";q=3;w=60'}
    left = [answer.headers["RateLimit"] for answer in answers]
    assert left == ['"belfry";r=2;t=20', '"belfry";r=1;t=40', '"belfry";r=0;t=60', '"belfry";r=0;t=60']
    assert (answers[3].headers["Retry-After"], answers[3].content_type) == ("20", "application/problem+json")
    assert "X-Request-Id" in answers[3].headers

    async def by_address(address: str) -> str:
        return (await gateway.get("/docs", headers={"X-Forwarded-For": address})).headers["RateLimit"]

    first = [await by_address(address) for address in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1")]
    assert [each[:12] for each in first] == ['"belfry";r=2', '"belfry";r=1', '"belfry";r=2'], "a /64 is one customer's"
    assert "RateLimit" not in (await gateway.get("/healthz")).headers
    run(gateway, rate_limit={"requests": 5, "per_seconds": 60, "burst": 5})
    loosened = await gateway.get(ME, headers=AUTOMATION)
    assert loosened.headers["RateLimit"].startswith('"belfry";r=4'), "another policy does not go by old debts"


# --- upgrades -----------------------------------------------------------------------------------------------------


async def test_a_websocket_passes_the_chain_untouched(gateway: Client, upstream_health: Upstream) -> None:
    """It is admitted as any other request, and never timed out, counted as in flight, kept or packed."""
    run(
        gateway,
        timeout={"seconds": 0.1},
        in_flight={"max_requests": 10, "max_per_client": 2},
        compression={"min_bytes": 200},
        cache=KEEPS,
        ip_rules={"allow": ["127.0.0.1"]},
        cors={"origins": ["https://shop.example"]},
        fault_injection={"abort_pct": 100, "path_prefix": "/api/v1/ws"},
    )
    url = str(gateway.make_url("")).rstrip("/")
    async with live(url, AUTOMATION) as one, live(url, AUTOMATION) as two, live(url, AUTOMATION) as three:
        running = holder_of(gateway).tools.running
        assert running.total == 0
        upstream_health.may_answer.clear()
        assert await refusal(gateway, READ) == (503, None), "as long as a request may take"
        for each in (one, two, three):
            assert await each.subscribe("health")
        run(gateway)
        assert await one.subscribe("latency")
    plain = await gateway.get("/api/v1/ws", headers=AUTOMATION)
    assert (plain.status, "RateLimit" in plain.headers) == (426, True)
    run(gateway, ip_rules={"deny": ["127.0.0.1"]})
    assert (await gateway.get("/api/v1/ws", headers={**AUTOMATION, "Upgrade": "websocket"})).status == 403

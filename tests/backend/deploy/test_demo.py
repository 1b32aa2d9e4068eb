"""`make demo`, for real: Belfry, and a shop of services that know nothing of it."""

import re
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import aiohttp
import pytest
from msgspec import Struct

from demo.shop import SHOP
from tests.backend.deploy.local_run import LocalRun, wait_gone
from tests.fixtures.waiting import until

pytestmark = pytest.mark.integration

TOKEN = "bf_token_of_a_run_of_the_demonstration"
SHOP_PROCESSES = {f"demo {name}" for name in (*SHOP, "partners", "load")}
MOST_OF_A_CORE = 0.15
SERVICES = "/api/v1/admin/health/services"
SUMMARY = "/api/v1/admin/latency/summary?window=3600&limit=200"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalRun]:
    run = LocalRun(tmp_path_factory.mktemp("demo") / "data", env={"BELFRY_ADMIN_TOKEN": TOKEN}, command="demo")
    run.wait_ready()
    yield run
    run.close()


class Cost(Struct, frozen=True):
    """What the processes of the shop have used, at a moment."""

    cpu_seconds: float
    at: float


@pytest.fixture(scope="module", autouse=True)
def at_first(demo: LocalRun) -> Cost:
    return cost_of(demo)


def cost_of(demo: LocalRun) -> Cost:
    times = [process.cpu_times() for name, process in demo.children().items() if name in SHOP_PROCESSES]
    return Cost(sum(one.user + one.system for one in times), time.monotonic())


@pytest.fixture
async def http(demo: LocalRun) -> AsyncIterator[aiohttp.ClientSession]:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with aiohttp.ClientSession(f"http://127.0.0.1:{demo.port}", headers=headers) as session:
        yield session


def url_of(demo: LocalRun, name: str) -> str:
    found = re.search(rf"^{name.capitalize()}: (\S+)$", demo.output, re.MULTILINE)
    assert found, demo.output
    return found[1]


async def board(http: aiohttp.ClientSession) -> dict[str, dict[str, Any]]:
    async with http.get(SERVICES) as answer:
        services = (await answer.json())["services"] if answer.ok else []
    return {one["id"]: one for one in services}


async def endpoints(http: aiohttp.ClientSession) -> dict[tuple[str, str, str], dict[str, Any]]:
    async with http.get(SUMMARY) as answer:
        found = (await answer.json())["endpoints"] if answer.ok else []
    return {(one["service"], one["method"], one["path"]): one for one in found}


async def examples_of(http: aiohttp.ClientSession, path: str, service: str) -> list[dict[str, Any]]:
    async with http.get(f"/api/v1/admin/latency/endpoints/{path}/examples", params={"service": service}) as answer:
        found: list[dict[str, Any]] = (await answer.json())["examples"] if answer.ok else []
    return found


async def test_the_board_shows_the_shop_and_what_is_broken(demo: LocalRun, http: aiohttp.ClientSession) -> None:
    def is_as_told(found: dict[str, dict[str, Any]]) -> bool:
        wanted = dict.fromkeys(SHOP, "healthy") | {"recommendations": "degraded", "warehouse": "down"}
        return all(found.get(name, {}).get("status") == status for name, status in wanted.items())

    assert set(demo.children()) >= SHOP_PROCESSES
    found = await until(lambda: board(http), is_as_told, seconds=90)
    assert found["catalogue"]["at_risk"], "it needs the warehouse a little"
    async with http.get("/api/v1/admin/health/dependencies") as answer:
        edges = {(edge["source"], edge["target"]) for edge in (await answer.json())["edges"]}
    assert edges >= {("edge", "checkout"), ("edge", "catalogue"), ("checkout", "payments"), ("payments", "bank")}


async def test_latency_of_its_endpoints_comes_by_opentelemetry(demo: LocalRun, http: aiohttp.ClientSession) -> None:
    """F2.2.1, F2.2.2: endpoints of every service, and of every colour."""
    wanted = {
        (name, one.method, one.route)
        for name, endpoints in SHOP.items()
        for one in endpoints
        if "/charges/" not in one.route
    }
    timed = (("edge", "GET", "/assets/{name}"), ("catalogue", "GET", "/search"), ("payments", "POST", "/charges"))

    def are_known(found: dict[tuple[str, str, str], dict[str, Any]]) -> bool:
        return wanted <= found.keys() and all(found[at]["p50"] is not None for at in timed)

    found = await until(lambda: endpoints(http), are_known, seconds=60)
    fast, search, charge = (found[at]["p50"] for at in timed)
    assert fast < search < charge
    assert found["edge", "GET", "/"]["error_bound_pct"] < 3, "exponential buckets"
    slow = await until(lambda: examples_of(http, "search", "edge"), bool, seconds=90)
    assert len(slow[0]["trace_id"]) == 32
    assert slow == sorted(slow, key=lambda one: -one["duration_ms"])


async def test_a_switch_makes_a_service_fail_and_well_again(demo: LocalRun, http: aiohttp.ClientSession) -> None:
    """Who needs it shows it, too."""
    faults = f"{url_of(demo, 'checkout')}/faults"
    async with http.post(faults, json={"slow_ms": 100, "fail": True}) as answer:
        assert await answer.json() == {"slow_ms": 100, "fail": True}
    found = await until(lambda: board(http), lambda found: found["checkout"]["status"] == "down")
    assert found["edge"]["effective"] == "degraded"
    assert {"checkout", "bank"} & set(found["edge"]["root_causes"]), "the bank may be away, too"
    async with http.post(f"{url_of(demo, 'checkout')}/orders") as answer:
        assert answer.status == 500
    async with http.post(faults, json={}) as answer:
        assert answer.ok
    await until(lambda: board(http), lambda found: found["checkout"]["status"] == "healthy")


async def test_a_switch_refuses_what_it_does_not_know(demo: LocalRun, http: aiohttp.ClientSession) -> None:
    async with http.post(f"{url_of(demo, 'edge')}/faults", json={"slow": 1}) as answer:
        assert (answer.status, await answer.text()) == (
            400,
            'expected an object such as {"slow_ms": 800, "fail": true}\n',
        )


async def test_it_costs_little(demo: LocalRun, at_first: Cost) -> None:
    """Of one core, customers and what they ask for."""
    now = cost_of(demo)
    assert (now.cpu_seconds - at_first.cpu_seconds) / (now.at - at_first.at) < MOST_OF_A_CORE


def test_it_ends_with_belfry(demo: LocalRun) -> None:
    everything = demo.everything()
    assert demo.end() == 0
    assert wait_gone(everything, 0) == []

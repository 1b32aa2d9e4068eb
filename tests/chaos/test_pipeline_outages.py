"""The chain is swapped under load, and while what it is kept by dies; gateways start while nobody can say which."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from operator import eq
from typing import Any

import aiohttp
import msgspec
import pytest
from msgspec import Struct

from deploy.local.program import Running
from shared.contracts.pipeline.chain import CHAINS_BUCKET, SAVED_KEY, Chain
from shared.keyvalue import subject_of
from tests.chaos.conftest import answer_of
from tests.chaos.crowd import Evidence, crowd
from tests.fixtures.house import AT, PIPELINE, moved, order_of
from tests.fixtures.jetstream import forget_chains, jetstream
from tests.fixtures.processes import ServiceProcess, StartProcess
from tests.fixtures.waiting import until

TOKEN = "automation-token-0123456789"
HEADERS = {"Authorization": f"Bearer {TOKEN}"}
PLENTY = 9_000_000
FLIPS = 8
REVISION = re.compile(r"^belfry_pipeline_revision ([\d.]+)$", re.MULTILINE)

Start = Callable[[str], ServiceProcess]


@pytest.fixture
def start(start_process: StartProcess, broker: Running, storage: Running) -> Start:
    env = {"NATS_URL": broker.url, "DATABASE_URL": storage.url, "BELFRY_ADMIN_TOKEN": TOKEN}
    return lambda module: start_process(module, env)


class Site(Struct):
    """`pipeline` may be killed and started again."""

    gateways: list[ServiceProcess]
    pipeline: ServiceProcess
    admin: aiohttp.ClientSession

    async def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """At the first gateway."""
        async with self.admin.request(method, path, json=body) as answer:
            return answer.status, await answer.json(content_type=None)

    async def done(self, method: str, path: str, body: Any = None) -> Any:
        status, found = await self.ask(method, path, body)
        assert status == 200, found
        return found

    async def apply(self, revision: int) -> None:
        """Every gateway runs it afterwards, and nobody has to confirm it any more."""
        found = await self.done("POST", f"{PIPELINE}/apply", {"revision": revision})
        if found["confirmation"]:
            await self.done("POST", f"{PIPELINE}/confirm", {"revision": revision})
        await self.all_run(revision)

    async def all_run(self, revision: int) -> None:
        await until(self.revisions, lambda found: set(found) == {revision}, 60)

    async def revisions(self) -> list[int]:
        return list(await asyncio.gather(*(revision_of(gateway) for gateway in self.gateways)))

    async def save(self) -> int:
        """A revision that harms nobody."""
        found = await self.done("GET", PIPELINE)
        change = {"settings": {"every": found["revision"] + 1}}
        return int((await self.done("PATCH", f"{AT}/access_log", change))["revision"])


async def revision_of(gateway: ServiceProcess) -> int:
    """As it says itself, whoever else is away."""
    found = REVISION.search((await answer_of(f"{gateway.url}/metrics"))[1])
    assert found
    return int(float(found[1]))


@asynccontextmanager
async def site(start: Start) -> AsyncIterator[Site]:
    started = await asyncio.gather(*(asyncio.to_thread(start, m) for m in ("pipeline_svc", "gateway", "gateway")))
    pipeline, *gateways = started
    timeout = aiohttp.ClientTimeout(total=30)
    async with aiohttp.ClientSession(gateways[0].url, headers=HEADERS, timeout=timeout) as admin:
        found = Site(gateways, pipeline, admin)
        await until(lambda: found.ask("GET", PIPELINE), lambda a: a[0] == 200 and len(a[1]["nodes"]) == 2, 60)
        await found.all_run(1)
        yield found


async def test_chains_are_swapped_under_load_and_no_request_passes_two(start: Start) -> None:
    """I2.4.4: two chains differ in four steps and in their order; every answer shows all of one of them."""
    usual = Evidence("200", True, "same-origin", f'"belfry";q={PLENTY};w=60', False)
    other = Evidence("200", False, "no-referrer", f'"belfry";q={PLENTY - 1};w=60', True)
    async with site(start) as found:
        first = (await found.done("PATCH", f"{AT}/rate_limit", limited(PLENTY)))["revision"]
        await found.apply(first)
        second = await save_the_other(found)
        revision = second
        async with crowd([gateway.url for gateway in found.gateways], HEADERS) as people:
            for flip in range(FLIPS):
                before = people.seen.copy()
                await found.apply(revision)
                shown = other if flip % 2 == 0 else usual
                await until(partial(more, people.seen, before, shown), bool)
                back = {"to_revision": first if flip % 2 == 0 else second}
                revision = (await found.done("POST", f"{PIPELINE}/rollback", back))["revision"]

        assert people.failed == []
        assert set(people.seen) == {usual, other}
        assert people.seen.total() > 100 * FLIPS


def limited(requests: int) -> dict[str, Any]:
    return {"settings": {"requests": requests, "burst": 1_000_000}}


async def more(seen: dict[Evidence, int], before: dict[Evidence, int], shown: Evidence) -> bool:
    return seen[shown] > before[shown] + 100


async def save_the_other(found: Site) -> int:
    """It is not applied yet."""
    await found.done("PATCH", f"{AT}/request_id", {"settings": {"trust_inbound": False}})
    await found.done("PATCH", f"{AT}/security_headers", {"settings": {"referrer_policy": "no-referrer"}})
    saved = await found.done("PATCH", f"{AT}/rate_limit", limited(PLENTY - 1))
    order = moved(order_of(saved), "compression", 18)
    changed = await found.done("PUT", PIPELINE, {"order": order, "base_revision": saved["revision"]})
    return int(changed["revision"])


async def test_whatever_dies_in_the_middle_of_an_apply_all_gateways_come_to_run_it(
    start: Start, broker: Running, storage: Running
) -> None:
    """One gateway runs it, the other does not yet, and the one who asked waits: then pipeline_svc, PostgreSQL or
    nats-server is killed."""
    async with site(start) as found:
        late = found.gateways[1]
        for victim in (found.pipeline, storage, broker):
            old, revision = (await found.revisions())[0], await found.save()
            late.suspend()
            applying = asyncio.create_task(found.ask("POST", f"{PIPELINE}/apply", {"revision": revision}))
            await until(partial(revision_of, found.gateways[0]), partial(eq, revision), 60)
            assert not applying.done()
            await asyncio.to_thread(victim.kill)
            late.resume()
            status, answer = await applying
            assert status == 200 or (status == 503 and answer["service"]), answer
            assert set(await found.revisions()) <= {old, revision}
            await back(found, victim, start)
            await found.all_run(revision)
            await until(partial(is_known_to_run, found, revision), bool, 60)

        revision = await found.save()
        await asyncio.to_thread(storage.kill)
        status, answer = await found.ask("POST", f"{PIPELINE}/apply", {"revision": revision})
        assert (status, answer["service"]) == (503, "postgres")
        assert set(await found.revisions()) == {revision - 1}
        await asyncio.to_thread(storage.restart)
        await until(lambda: found.ask("GET", PIPELINE), lambda a: a[0] == 200, 60)
        await found.apply(revision)


async def is_known_to_run(found: Site, revision: int) -> bool:
    """Also pipeline_svc knows that every gateway runs it."""
    status, pipeline = await found.ask("GET", PIPELINE)
    return status == 200 and pipeline["running_revision"] == revision and len(pipeline["nodes"]) == 2


async def back(found: Site, victim: Any, start: Start) -> None:
    if victim is found.pipeline:
        found.pipeline = await asyncio.to_thread(start, "pipeline_svc")
    else:
        await asyncio.to_thread(victim.restart)


async def test_a_gateway_that_starts_alone_runs_what_it_can_read_and_says_so(start: Start, broker: Running) -> None:
    """The copy on the bus while pipeline_svc is away; the chain it was built with when there is none; the saved one as
    soon as pipeline_svc is back."""
    async with site(start) as found:
        revision = await found.save()
        await until(partial(copy_on, broker.url), partial(eq, revision))
        found.pipeline.kill()
        third = await asyncio.to_thread(start, "gateway")
        assert (await revision_of(third), origins(third)) == (revision, ["copy"])
        assert said(third, "pipeline.copy_runs")

        await forget_chains(broker.url)
        fourth = await asyncio.to_thread(start, "gateway")
        assert (await revision_of(fourth), origins(fourth)) == (0, [])
        assert said(fourth, "pipeline.default_runs")
        assert (await answer_of(f"{fourth.url}/api/v1/auth/me", HEADERS))[0] == 200

        found.pipeline = await asyncio.to_thread(start, "pipeline_svc")
        for gateway in (third, fourth):
            await until(partial(last_origin, gateway), partial(eq, "saved"), 60)
            assert await revision_of(gateway) == revision
        assert set(await found.revisions()) == {1}, "those that ran all the time go on as they were"
        await found.apply(revision)


def said(gateway: ServiceProcess, event: str) -> bool:
    return any(line["event"] == event for line in gateway.logs())


def origins(gateway: ServiceProcess) -> list[str]:
    """Where each chain it ran came from."""
    return [line["origin"] for line in gateway.logs() if line["event"] == "pipeline.runs"]


async def last_origin(gateway: ServiceProcess) -> str:
    return (origins(gateway) or [""])[-1]


async def copy_on(nats_url: str) -> int:
    """The revision whose copy is on the bus."""
    async with jetstream(nats_url) as js:
        copy = await js.get_last_msg(f"KV_{CHAINS_BUCKET}", subject_of(CHAINS_BUCKET, SAVED_KEY))
    return msgspec.json.decode(copy.data or b"", type=Chain).revision

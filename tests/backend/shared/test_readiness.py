"""Readiness asks every dependency at once, waits a second at most, and never asks a hanging one twice."""

import asyncio
from collections.abc import Awaitable, Callable

import msgspec
from aiohttp import web

from shared.problems import unavailable
from shared.readiness import Readiness, add_readiness, examine, readiness_endpoint
from shared.rpc import Caller
from shared.service import new_app
from shared.settings import Settings

Ping = Callable[[], Awaitable[None]]


class Fake:
    """A dependency that answers as told, and counts how often it was asked."""

    def __init__(self, error: Exception | None = None, hangs: bool = False) -> None:
        self.error, self.answers, self.was_asked = error, asyncio.Event(), asyncio.Event()
        self.asked = 0
        if not hangs:
            self.answers.set()

    async def ping(self) -> None:
        self.asked += 1
        self.was_asked.set()
        await self.answers.wait()
        if self.error is not None:
            raise self.error


def app_with(**fakes: Fake) -> web.Application:
    app = new_app(Settings(service="sample_svc"))
    for name, fake in fakes.items():
        add_readiness(app, name, fake.ping)
    return app


def outputs(readiness: Readiness) -> dict[str, str]:
    return {name: finding.output for name, (finding,) in readiness.checks.items()}


async def test_all_that_answer_make_it_ready() -> None:
    readiness = await examine(app_with(nats=Fake(), postgres=Fake()))
    assert readiness.status == "pass"
    assert outputs(readiness) == {"nats": "", "postgres": ""}


async def test_each_that_fails_says_why_and_no_password() -> None:
    app = app_with(
        nats=Fake(unavailable("nats", "The message bus is down")),
        postgres=Fake(ConnectionError("cannot reach postgresql://ana:hush@db/b")),
        cache=Fake(RuntimeError()),
        disk=Fake(),
    )
    readiness = await examine(app)
    assert readiness.status == "fail"
    assert outputs(readiness) == {
        "nats": "The message bus is down",
        "postgres": "cannot reach postgresql://ana:***@db/b",
        "cache": "RuntimeError",
        "disk": "",
    }


async def test_what_hangs_fails_within_the_deadline_and_is_asked_once() -> None:
    hanging, other = Fake(hangs=True), Fake(hangs=True)
    app = app_with(nats=hanging, postgres=other)
    examining = asyncio.gather(examine(app), examine(app))
    await asyncio.wait_for(asyncio.gather(hanging.was_asked.wait(), other.was_asked.wait()), 20)
    assert not examining.done(), "they share one deadline"
    first, second = await examining
    assert outputs(first) == outputs(second) == {"nats": "no answer in 1 s", "postgres": "no answer in 1 s"}
    assert (hanging.asked, other.asked) == (1, 1)

    hanging.answers.set()
    other.answers.set()
    await asyncio.sleep(0)
    assert (await examine(app)).status == "pass"


async def test_the_same_answer_is_given_on_the_bus() -> None:
    app = app_with(nats=Fake(), postgres=Fake(RuntimeError("away")))
    rpc, handler = readiness_endpoint(app)
    answer = await handler(rpc.request(), Caller(actor="anonymous"))
    body = msgspec.json.decode(answer.body)
    assert rpc.subject == "belfry.rpc.sample.get_readiness"
    assert body["status"] == "fail"
    assert body["checks"]["postgres"][0]["output"] == "away"
    assert "output" not in body["checks"]["nats"][0]


async def test_askers_at_the_same_time_do_not_disturb_each_other() -> None:
    app = app_with(nats=Fake())

    async def ask_often() -> list[str]:
        return [(await examine(app)).status for _ in range(20)]

    assert await asyncio.gather(*(ask_often() for _ in range(5))) == [["pass"] * 20] * 5

"""Answers that are given again: to whom, how long, and what ends them."""

import asyncio

from shared.bus import Bus
from shared.problems import not_found
from shared.settings import Settings
from tests.backend.gateway.chains import (
    ORDER,
    READ,
    WRITE,
    Upstream,
    read,
    run,
    until_asked,
    with_clock,
)
from tests.backend.gateway.conftest import AUTOMATION, Client, token_of
from tests.fixtures.house import moved
from tests.fixtures.live import changed, say
from tests.fixtures.waiting import until

ME = "/api/v1/auth/me"
KEEPS = {"fresh_seconds": 10}
PERSONAL = ("X-Request-Id", "RateLimit", "Server-Timing", "Access-Control-Allow-Origin")


async def test_an_answer_is_given_again_to_all_who_may_read_it(gateway: Client, upstream_health: Upstream) -> None:
    """What belongs to who asked first (id, limit, times) is not kept, nor that of a limit further in."""
    viewer = await token_of(gateway, "viewer")
    inside = moved(ORDER, "rate_limit", ORDER.index("cache") + 1)
    run(gateway, inside, cache=KEEPS, cors={"origins": ["https://shop.example"]})

    first = await gateway.get(READ, headers={**AUTOMATION, "Origin": "https://shop.example"})
    second = await gateway.get(READ, headers=viewer)
    nobody = await gateway.get(READ)

    assert (await first.json(), nobody.status) == (await second.json(), 401)
    assert [name in first.headers for name in PERSONAL] == [True] * 4
    assert second.headers["X-Request-Id"] != first.headers["X-Request-Id"]
    assert not {"RateLimit", "Server-Timing", "Access-Control-Allow-Origin"} & second.headers.keys()
    assert second.headers["ETag"] == first.headers["ETag"]
    assert second.headers["Cache-Control"] == "private, no-cache", "no cache between us and the browser keeps it"
    assert {"Accept-Encoding", "Origin"} <= {each.strip() for each in second.headers["Vary"].split(",")}
    known = await gateway.get(READ, headers={**viewer, "If-None-Match": f'"other", {first.headers["ETag"]}'})
    assert (known.status, await known.read(), known.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert (await gateway.get(READ, headers={**viewer, "If-None-Match": '"other"'})).status == 200
    assert upstream_health.asked == 1


async def test_what_is_of_someone_is_never_given_to_others(gateway: Client) -> None:
    run(gateway, cache=KEEPS)
    viewer = await token_of(gateway, "viewer")

    told = [await (await gateway.get(ME, headers=headers)).json() for headers in (AUTOMATION, viewer, AUTOMATION)]

    assert told[0] == told[2] != told[1]


async def test_nothing_is_kept_past_a_change_an_event_or_its_time(
    gateway: Client, upstream_health: Upstream, nats_url: str
) -> None:
    clock = with_clock(gateway)
    run(gateway, cache=KEEPS)
    assert [await read(gateway, AUTOMATION), await read(gateway, AUTOMATION)] == [1, 1]
    assert await read(gateway, {**AUTOMATION, "Cache-Control": "no-cache"}) == 2
    assert await read(gateway, AUTOMATION) == 2

    assert (await gateway.post(WRITE, headers=AUTOMATION)).status == 200
    assert [await read(gateway, AUTOMATION), await read(gateway, AUTOMATION)] == [4, 4]
    clock.at += 10
    assert await read(gateway, AUTOMATION) == 5

    bus = await Bus.connect(Settings(service="health_svc", nats_url=nats_url))
    await say(bus, changed("ledger-db"))
    assert await until(lambda: read(gateway, AUTOMATION), lambda asked: asked > 5) == 6
    await bus.close()
    upstream_health.error = not_found("Nothing there")
    clock.at += 10
    assert [(await gateway.get(READ, headers=AUTOMATION)).status for _ in range(2)] == [404, 404]
    assert upstream_health.asked == 8


async def test_an_answer_from_before_a_change_is_not_kept(gateway: Client, upstream_health: Upstream) -> None:
    """It was asked for before, and comes after."""
    run(gateway, cache=KEEPS)
    upstream_health.may_answer.clear()
    reading = asyncio.create_task(read(gateway, AUTOMATION))
    await until_asked(upstream_health, 1)
    writing = asyncio.create_task(gateway.post(WRITE, headers=AUTOMATION))
    await until_asked(upstream_health, 2)
    upstream_health.may_answer.set()
    await asyncio.gather(reading, writing)

    assert await read(gateway, AUTOMATION) == 3

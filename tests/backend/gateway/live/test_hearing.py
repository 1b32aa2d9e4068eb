"""What a client hears: each event once, in order, under its topic; and what it missed, from any gateway."""

from typing import Any

import aiohttp
import msgspec
import pytest

from gateway.live import subscriptions
from gateway.live.topics import LEAST_ROLE
from shared.bus import Bus
from shared.contracts.live import OFFSET_HEADER
from shared.contracts.wire import EVENTS_STREAM
from shared.envelope import Envelope
from tests.backend.gateway.conftest import AUTOMATION, HealthOnBus, token_of
from tests.backend.gateway.live.conftest import Gateway, StartLive
from tests.contracts.shop import events, ws
from tests.fixtures.live import changed, checked, live, message_of, say
from tests.fixtures.waiting import until

SERVICES = "/api/v1/admin/health/services"


def services_of(told: list[dict[str, Any]]) -> list[str]:
    return [message["data"]["service_id"] for message in told]


async def reached(gateway: Gateway, offset: int) -> None:
    assert await gateway.hub.fanout.reached(offset, 30)


async def test_every_event_is_told_under_its_topic_by_its_class(live_gateway: Gateway, bus: Bus) -> None:
    """I2.3.3: events have an offset and an id, states the key they replace, logs neither."""
    async with live(live_gateway.url, AUTOMATION) as client:
        for topic in ("health", "latency", "alerts", "pipeline", "ws"):
            assert (await client.subscribe(topic))["recovered"] is True
        stored = await say(bus, *events.EVENTS, *ws.EVENTS)
        told = {message["kind"]: message for message in await client.hear(11)}

    assert {kind: message["topic"] for kind, message in told.items()} == {
        "health.changed": "health",
        "health.checked": "health",
        "health.declared": "health",
        "latency.summarised": "latency",
        "pipeline.changed": "pipeline",
        "pipeline.applied": "pipeline",
        "pipeline.confirmed": "pipeline",
        "pipeline.measured": "pipeline",
        "ws.status": "ws",
        "ws.failed": "ws",
        "ws.closed": "ws",
    }
    assert told["health.changed"]["event_id"] == stored[0]
    assert told["health.declared"]["offset"] == told["health.changed"]["offset"] + 1
    assert (told["health.checked"]["key"], told["latency.summarised"]["key"]) == ("search", "payments-api")
    assert told["ws.status"]["key"] == "fleet"
    assert all("offset" not in told[kind] and "key" not in told[kind] for kind in ("ws.failed", "ws.closed"))
    assert told["health.changed"]["data"] == msgspec.to_builtins(events.EVENTS[0])


async def test_a_client_hears_what_it_subscribed_to_and_no_more(live_gateway: Gateway, bus: Bus) -> None:
    async with live(live_gateway.url, AUTOMATION) as one, live(live_gateway.url, AUTOMATION) as other:
        await one.subscribe("health")
        await other.subscribe("latency")
        await say(bus, *(changed(f"s-{number}") for number in range(40)))
        assert services_of(await one.hear(40)) == [f"s-{number}" for number in range(40)]

        assert (await one.ask(unsubscribe={"topic": "health"}))["unsubscribed"] == {"topic": "health"}
        await say(bus, changed("unheard"), events.EVENTS[3])
        assert [message["topic"] for message in await other.hear(1)] == ["latency"]
        assert (await one.ask(subscribe={"topic": "ws"}))["subscribed"]["topic"] == "ws"
        assert len(one.told) == 40


async def test_of_states_within_a_tick_the_newest_is_told(start_live: StartLive, bus: Bus) -> None:
    gateway = await start_live(ws_tick_ms=1_000)
    async with live(gateway.url, AUTOMATION) as client:
        await client.subscribe("health")
        await say(bus, *(checked("warm-up") for _ in range(3)))
        await client.hear(1)
        before = len(client.told)
        await say(bus, *(checked(f"s-{number % 5}", f"run-{number}") for number in range(60)))
        while client.told[-1]["data"]["run_id"] != "run-59":
            await client.hear(len(client.told) + 1)

    told = [message["data"] for message in client.told[before:] if message["data"]["service_id"] != "warm-up"]
    assert {each["service_id"]: each["run_id"] for each in told} == {f"s-{n}": f"run-{55 + n}" for n in range(5)}
    assert len(told) < 60


async def test_who_comes_back_misses_nothing_and_hears_nothing_twice(
    live_gateway: Gateway, start_live: StartLive, bus: Bus
) -> None:
    """To the same gateway and to another one, out of its memory and out of the stream."""
    other = await start_live()
    async with live(live_gateway.url, AUTOMATION) as client:
        await client.subscribe("health")
        await say(bus, *(changed(f"s-{number}") for number in range(10)))
        told = await client.hear(10)
    epoch, offset = live_gateway.hub.fanout.epoch, told[4]["offset"]
    await say(bus, *(changed(f"s-{number}") for number in range(10, 20)), events.EVENTS[4])

    for gateway, remembers in ((live_gateway, True), (other, True), (other, False)):
        await reached(gateway, offset + 15)
        if not remembers:
            gateway.hub.fanout.ring.begin(gateway.hub.fanout.served)
        async with live(gateway.url, AUTOMATION) as client:
            subscribed = await client.subscribe("health", offset=offset, epoch=epoch)
            missed = services_of(await client.hear(15))[:15]
            await say(bus, changed("live-again"))
            assert services_of(await client.hear(len(client.told) + 1))[-1] == "live-again"
            last = client.told[-1]["offset"]
            assert (await client.subscribe("health", offset=last, epoch=epoch))["offset"] == last
        assert subscribed["recovered"] is True
        assert missed == [f"s-{number}" for number in range(5, 20)]
        offsets = [message["offset"] for message in client.told]
        assert offsets == sorted(set(offsets))


async def test_a_gateway_that_has_heard_less_waits_until_it_has_caught_up(live_gateway: Gateway, bus: Bus) -> None:
    """The client was told more by another gateway; told again, it would hear events twice."""
    fanout = live_gateway.hub.fanout
    ahead = fanout.served + 2
    async with live(live_gateway.url, AUTOMATION) as client:
        await client.socket.send_json(
            {"id": 1, "subscribe": {"topic": "health", "offset": ahead, "epoch": fanout.epoch}}
        )
        await client.frame("connected")
        await say(bus, *(changed(f"s-{number}") for number in range(3)))
        subscribed = (await client.frame("subscribed"))["subscribed"]
        assert (subscribed["recovered"], services_of(await client.hear(1))) == (True, ["s-2"])


async def test_what_cannot_be_recovered_is_said(
    live_gateway: Gateway, bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another epoch, a place that is no more, one that never was, more than anyone would want: never a part."""
    monkeypatch.setattr(subscriptions, "MOST_MISSED", 20)
    monkeypatch.setattr(subscriptions, "CATCH_UP_SECONDS", 0.2)
    fanout = live_gateway.hub.fanout
    start = fanout.served
    await say(bus, *(changed(f"s-{number}") for number in range(21)))
    await reached(live_gateway, start + 21)
    places: tuple[dict[str, Any], ...] = (
        {"offset": start, "epoch": fanout.epoch},
        {"offset": start + 21, "epoch": "another"},
        {"offset": start + 21},
        {"offset": start + 10_000, "epoch": fanout.epoch},
    )
    async with live(live_gateway.url, AUTOMATION) as client:
        for place in places:
            answer = await client.subscribe("health", **place)
            assert (answer["recovered"], answer["offset"], answer["epoch"]) == (False, start + 21, fanout.epoch)
        assert (await client.subscribe("health", offset=start + 1, epoch=fanout.epoch))["recovered"] is True
        assert len(await client.hear(20)) == 20


async def test_a_role_hears_only_its_topics(live_gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LEAST_ROLE, "ws", "admin")
    async with live(live_gateway.url, await token_of(live_gateway.client, "operator")) as client:
        assert (await client.frame("connected"))["connected"]["topics"] == ["health", "latency", "alerts", "pipeline"]
        refused = (await client.ask(subscribe={"topic": "ws"}))["error"]
        assert (refused["status"], "operator" in refused["message"]) == (403, True)
        assert (await client.subscribe("health"))["recovered"] is True


async def test_what_no_client_could_read_is_not_told(live_gateway: Gateway, bus: Bus) -> None:
    """Anyone with the right may say anything; one bad body must not end every connection."""
    sealed = message_of(changed("good"))
    async with live(live_gateway.url, AUTOMATION) as client:
        await client.subscribe("health")
        for body in (b"", b"no json", b"[1]", b'"text"', b'{"a": "\xff"}', b'{"a": 1} {'):
            bus.publish_raw(Envelope(sealed.subject, {"ce-id": "bad"}, body))
        await until(lambda: _unreadable(live_gateway), lambda count: count >= 6)
        await say(bus, changed("good"))
        assert services_of(await client.hear(1)) == ["good"]


async def _unreadable(gateway: Gateway) -> int:
    return gateway.hub.fanout.totals.unreadable_total


async def test_every_read_says_from_where_to_listen_on(
    start_live: StartLive, health_on_bus: HealthOnBus, bus: Bus
) -> None:
    """Whoever subscribes from there hears all that is newer than the answer, however long the answer was kept."""
    gateway = await start_live()
    await say(bus, changed("older"))
    async with aiohttp.ClientSession(headers=AUTOMATION) as session:
        async with session.get(f"{gateway.url}{SERVICES}") as answer:
            epoch, offset = answer.headers[OFFSET_HEADER].rsplit(":", 1)
            tag = answer.headers["ETag"]
        async with session.get(f"{gateway.url}{SERVICES}", headers={"If-None-Match": tag}) as answer:
            assert (answer.status, OFFSET_HEADER in answer.headers) == (304, True)
        async with session.get(f"{gateway.url}/api/v1/admin/about") as answer:
            assert OFFSET_HEADER in answer.headers
        async with session.get(f"{gateway.url}/api/v1/auth/me") as answer:
            assert OFFSET_HEADER not in answer.headers
    assert epoch == (await bus.extent(EVENTS_STREAM)).epoch
    await say(bus, changed("newer"))
    async with live(gateway.url, AUTOMATION) as client:
        assert (await client.subscribe("health", offset=int(offset), epoch=epoch))["recovered"] is True
        while "newer" not in services_of(client.told):
            await client.hear(len(client.told) + 1)
    offsets = [message["offset"] for message in client.told]
    assert offsets == sorted(set(offsets))
    assert offsets[0] > int(offset)

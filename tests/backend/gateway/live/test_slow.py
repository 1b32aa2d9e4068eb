"""Clients that read too slowly: what each class of messages does then, and when it ends."""

import asyncio
from typing import Any

import pytest

from gateway.live import upkeep
from gateway.live.client import HARD_BYTES, SOFT_BYTES
from shared.bus import Bus
from shared.contracts.live import SLOW
from tests.backend.gateway.conftest import AUTOMATION
from tests.backend.gateway.live.conftest import Gateway
from tests.contracts.shop import ws
from tests.fixtures.live import LiveClient, changed, checked, live, say
from tests.fixtures.waiting import until

LONG = "x" * 20_000


async def filled_up(gateway: Gateway, bus: Bus) -> None:
    """Who does not ask for frames reads none; its side takes no more at some time, and then ours."""
    fanout = gateway.hub.fanout
    while not fanout.totals.resyncs_total:
        await say(bus, *(changed(f"s-{number}", reason=LONG) for number in range(4)))
        await fanout.reached(fanout.heard, 30)


async def test_a_client_that_lags_gets_newest_states_a_resync_and_the_count_of_what_it_missed(
    live_gateway: Gateway, bus: Bus
) -> None:
    async with live(live_gateway.url, AUTOMATION) as slow, live(live_gateway.url, AUTOMATION) as other:
        for client in (slow, other):
            await client.subscribe("health")
            await client.subscribe("ws")
        reading = asyncio.create_task(other.hear(10_000))
        await filled_up(live_gateway, bus)
        await say(bus, changed("left-out"), *(checked("s", f"run-{number}") for number in range(50)))
        await say(bus, *[event for event in ws.EVENTS for _ in range(3)])
        await until(lambda: heard_the_last(other), bool)

        resync = (await slow.frame("resync"))["resync"]
        warnings = [await slow.frame("lag") for kept in list(slow.waiting) if "lag" in kept]
        lag = warnings[-1]["lag"]  # those before are of times that it caught up again
        caught_up = (await slow.frame("lag"))["lag"]
        assert resync["topic"] == "health"
        assert resync["epoch"] == live_gateway.hub.fanout.epoch
        assert SOFT_BYTES // 2 < lag["pending_bytes"] < HARD_BYTES  # behind: from the one, until half of it is left
        assert caught_up["pending_bytes"] < SOFT_BYTES
        assert caught_up["dropped"] > lag["dropped"]
        assert [message["kind"] for message in slow.told if message["topic"] == "ws"] == ["ws.status"]

        subscribed = await slow.subscribe("health", offset=resync["offset"], epoch=resync["epoch"])
        assert subscribed["recovered"] is True
        await until(lambda: _hear(slow, "left-out"), bool)
        assert facts(slow) == facts(other)
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


def facts(client: LiveClient) -> list[int]:
    return [message["offset"] for message in client.told if message["kind"] == "health.changed"]


async def heard_the_last(client: LiveClient) -> bool:
    return any(message["kind"] == "ws.status" for message in client.told)


async def _hear(client: LiveClient, service_id: str) -> bool:
    def found() -> bool:
        return any(message["data"].get("service_id") == service_id for message in client.told)

    while not found():
        await client.hear(len(client.told) + 1)
    return True


async def test_who_does_not_catch_up_is_told_and_closed(
    live_gateway: Gateway, bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "SLOW_SECONDS", 0.5)
    monkeypatch.setattr(upkeep, "LINGER_SECONDS", 60)
    async with live(live_gateway.url, AUTOMATION) as slow:
        await slow.subscribe("health")
        await filled_up(live_gateway, bus)
        await until(lambda: open_connections(live_gateway), lambda count: count == 0)

        goodbye = (await slow.frame("disconnect"))["disconnect"]
        assert (goodbye["code"], goodbye["reconnect"], goodbye["after_ms"] < 1_000) == (SLOW.code, True, True)
        assert await slow.ended() == SLOW.code
    figures = upkeep.figures(live_gateway.hub)
    assert (figures.slow_closed_total, figures.failed_total, figures.lagging) == (1, 1, 0)


async def open_connections(gateway: Gateway) -> int:
    return len(gateway.hub.registry)


async def test_more_than_the_hard_limit_ends_at_once(live_gateway: Gateway, bus: Bus) -> None:
    """Whatever is sent to it alone: answers to commands of a client that reads none."""
    async with live(live_gateway.url, AUTOMATION) as slow:
        await slow.subscribe("health")
        await filled_up(live_gateway, bus)
        (client,) = live_gateway.hub.registry
        client.write(b"x" * HARD_BYTES)
        live_gateway.hub.fanout.move(client, 1)
        await say(bus, changed("one-more"))
        await until(lambda: open_connections(live_gateway), lambda count: count == 0)
    assert upkeep.figures(live_gateway.hub).slow_closed_total == 1


async def test_who_does_not_even_answer_a_goodbye_is_cut_off(
    live_gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "LINGER_SECONDS", 0.2)

    async def leaving() -> Any:
        return len(live_gateway.hub.leaving)

    async with live(live_gateway.url, AUTOMATION) as mute:
        await mute.frame("connected")
        (client,) = live_gateway.hub.registry
        live_gateway.hub.dismiss(client, SLOW)
        assert await leaving() == 1
        await until(leaving, lambda count: count == 0)

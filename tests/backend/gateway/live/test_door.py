"""Who may connect to the live channel: by which credential, from which page, and how many at a time."""

import asyncio
from collections.abc import Mapping
from typing import Any

import aiohttp
import pytest

from deploy.nats.streams import BUCKETS
from gateway.live.tickets import BUCKET, TICKET_SECONDS
from shared.contracts.live import BAD_TICKET, TOO_MANY_CONNECTIONS
from tests.backend.gateway.chains import run
from tests.backend.gateway.conftest import AUTOMATION, sign_in, token_of
from tests.backend.gateway.live.conftest import Gateway, StartLive
from tests.fixtures.live import PATH, live

TICKET_PATH = "/api/v1/auth/ws-ticket"


async def refused(gateway: Gateway, headers: Mapping[str, str] | None = None, path: str = PATH) -> int:
    """The HTTP status of a handshake that is refused."""
    with pytest.raises(aiohttp.WSServerHandshakeError) as error:
        async with aiohttp.ClientSession() as session, session.ws_connect(f"{gateway.url}{path}", headers=headers):
            pass
    return error.value.status


async def said(gateway: Gateway, headers: Mapping[str, str], query: str = "") -> dict[str, Any]:
    """The first frame."""
    target = f"{gateway.url}{PATH}{query}"
    async with aiohttp.ClientSession() as session, session.ws_connect(target, headers=headers) as socket:
        frame: dict[str, Any] = await socket.receive_json(timeout=30)
        return frame


async def ticket_of(gateway: Gateway, headers: Mapping[str, str]) -> str:
    target = f"{gateway.url}{TICKET_PATH}"
    async with aiohttp.ClientSession() as session, session.post(target, headers=headers) as answer:
        made = await answer.json()
        assert (answer.status, made["expires_in_seconds"]) == (200, TICKET_SECONDS)
        return str(made["ticket"])


async def cookie_of(gateway: Gateway) -> dict[str, str]:
    """The headers of a signed-in browser, without an origin."""
    csrf = await sign_in(gateway.client)
    jar = gateway.client.session.cookie_jar.filter_cookies(gateway.client.make_url("/"))
    return {"Cookie": "; ".join(f"{name}={morsel.value}" for name, morsel in jar.items()), **csrf}


async def test_a_program_connects_with_its_token_and_hears_what_its_role_may(live_gateway: Gateway) -> None:
    for headers, role in ((AUTOMATION, "admin"), (await token_of(live_gateway.client, "viewer"), "viewer")):
        async with live(live_gateway.url, headers) as client:
            hello = (await client.frame("connected"))["connected"]
        assert (hello["role"], hello["node"]) == (role, live_gateway.hub.report.node.id)
        assert hello["topics"] == ["health", "latency", "alerts", "pipeline", "ws"]
        assert hello["epoch"] == live_gateway.hub.fanout.epoch
        assert hello["ping_seconds"] == 25


async def test_nobody_comes_in_without_a_credential(live_gateway: Gateway) -> None:
    wrong: list[dict[str, str]] = [
        {"Authorization": "Bearer bf_unknown"},
        {"Authorization": "Basic YTpi"},
        {"Cookie": "belfry_session=x"},
        {},
    ]

    assert [await refused(live_gateway, headers) for headers in wrong] == [401] * 4
    assert len(live_gateway.hub.registry) == 0


async def test_a_cookie_counts_only_for_a_page_of_ours(start_live: StartLive) -> None:
    """Exactly: another scheme, port, or a longer name is another site."""
    gateway = await start_live(public_url="https://belfry.example", ws_origins=("https://wall.example:8443",))
    cookie, own = await cookie_of(gateway), gateway.url
    foreign = (
        "https://evil.example", "null", own.replace("http", "https"), f"{own}0", f"{own}/", own.upper(),
        "http://belfry.example", "https://belfry.example:8443", "https://wall.example", "https://a.wall.example:8443",
    )  # fmt: skip

    for origin in (own, "https://belfry.example", "https://wall.example:8443"):
        frame = await said(gateway, {**cookie, "Origin": origin})
        assert frame["connected"]["user"] == "admin"
        assert frame["connected"]["expires_at"]
    assert [await refused(gateway, {**cookie, "Origin": origin}) for origin in foreign] == [403] * len(foreign)
    assert await refused(gateway, cookie) == 403
    assert await refused(gateway, {**AUTOMATION, "Origin": "https://evil.example"}) == 403


async def test_a_ticket_lets_one_in_once(live_gateway: Gateway, start_live: StartLive) -> None:
    """Of many who come with it at the same time, at two gateways, one wins."""
    other = await start_live()
    viewer = await token_of(live_gateway.client, "viewer")
    ticket = await ticket_of(live_gateway, viewer)

    frames = await asyncio.gather(
        *(said(gateway, {}, f"?ticket={ticket}") for gateway in (live_gateway, other) for _ in range(5))
    )

    welcome = [frame["connected"] for frame in frames if "connected" in frame]
    sent_away = [frame["disconnect"] for frame in frames if "disconnect" in frame]
    assert [hello["role"] for hello in welcome] == ["viewer"]
    assert [(goodbye["code"], goodbye["reconnect"]) for goodbye in sent_away] == [(BAD_TICKET.code, False)] * 9


async def test_a_ticket_is_good_only_from_where_it_was_asked_for(live_gateway: Gateway) -> None:
    cookie, own = await cookie_of(live_gateway), {"Origin": live_gateway.url}
    for asked_from, used_from, welcome in ((own, own, True), (own, {}, False), ({}, own, False), ({}, {}, True)):
        ticket = await ticket_of(live_gateway, {**cookie, **asked_from})
        frame = await said(live_gateway, used_from, f"?ticket={ticket}")
        assert ("connected" in frame) is welcome


async def test_a_scheme_that_is_switched_off_lets_nobody_in(live_gateway: Gateway) -> None:
    """Nor does a ticket that was asked for by it before; the other scheme goes on."""
    own = {"Origin": live_gateway.url}
    cookie = {**await cookie_of(live_gateway), **own}
    for off, on, taken in ((cookie, {**AUTOMATION, **own}, "bearer"), ({**AUTOMATION, **own}, cookie, "cookie")):
        run(live_gateway.client)
        tickets = {"off": await ticket_of(live_gateway, off), "on": await ticket_of(live_gateway, on)}
        run(live_gateway.client, auth={"schemes": [taken]})
        assert await refused(live_gateway, off) == 401
        assert "connected" in await said(live_gateway, on)
        assert "disconnect" in await said(live_gateway, own, f"?ticket={tickets['off']}")
        assert "connected" in await said(live_gateway, own, f"?ticket={tickets['on']}")


async def test_a_ticket_is_worth_what_its_owner_is_worth_when_it_is_used(live_gateway: Gateway) -> None:
    viewer = await token_of(live_gateway.client, "viewer")
    ticket = await ticket_of(live_gateway, viewer)
    tokens = (await (await live_gateway.client.get("/api/v1/auth/tokens", headers=AUTOMATION)).json())["tokens"]
    await live_gateway.client.delete(f"/api/v1/auth/tokens/{tokens[0]['id']}", headers=AUTOMATION)

    frame = await said(live_gateway, {}, f"?ticket={ticket}")

    assert frame["disconnect"]["code"] == BAD_TICKET.code
    assert (await said(live_gateway, {}, "?ticket=no-such-ticket"))["disconnect"]["code"] == BAD_TICKET.code


def test_tickets_live_as_long_as_their_bucket_says() -> None:
    assert next(bucket.ttl_seconds for bucket in BUCKETS if bucket.name == BUCKET) == TICKET_SECONDS


async def test_nobody_makes_a_ticket_without_signing_in(live_gateway: Gateway) -> None:
    by_cookie = await cookie_of(live_gateway)
    del by_cookie["X-CSRF-Token"]
    async with aiohttp.ClientSession() as session:
        for headers, status in (({}, 401), (by_cookie, 403)):
            async with session.post(f"{live_gateway.url}{TICKET_PATH}", headers=headers) as answer:
                assert answer.status == status


async def test_too_many_connections_are_sent_away(start_live: StartLive) -> None:
    """In all, of one user, from one address; whoever leaves makes room."""
    for limit in ("ws_max_connections", "ws_max_per_user", "ws_max_per_ip"):
        gateway = await start_live(**{limit: 2})
        async with live(gateway.url, AUTOMATION) as one, live(gateway.url, AUTOMATION) as two:
            await one.frame("connected")
            await two.frame("connected")
            async with live(gateway.url, AUTOMATION) as three:
                goodbye = (await three.frame("disconnect"))["disconnect"]
                assert (goodbye["code"], goodbye["reconnect"]) == (TOO_MANY_CONNECTIONS.code, False)
                assert "at most 2 connections" in goodbye["reason"]
                assert await three.ended() == TOO_MANY_CONNECTIONS.code
            await two.socket.close()
            async with live(gateway.url, AUTOMATION) as four:
                await four.frame("connected")


async def test_a_first_password_opens_nothing(start_live: StartLive) -> None:
    gateway = await start_live(admin_password_generated=True)
    cookie = await cookie_of(gateway)

    assert await refused(gateway, {**cookie, "Origin": gateway.url}) == 403


async def test_a_gateway_without_its_bus_says_so(start_live: StartLive) -> None:
    gateway = await start_live(nats_url="nats://127.0.0.1:1")

    assert await refused(gateway, AUTOMATION) == 503

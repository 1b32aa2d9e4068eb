"""How a connection is kept and ended: heartbeats, bad commands, sessions and roles that end, the end of the gateway."""

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg

from gateway.live.heartbeats import Heartbeats
from shared.contracts.live import (
    BAD_REQUEST,
    EXPIRED,
    NO_PONG,
    REVOKED,
    SHUTDOWN,
    TOO_MANY_COMMANDS,
    TOO_MANY_ERRORS,
    CloseCode,
)
from tests.backend.gateway.conftest import AUTOMATION, PASSWORD, sign_in, token_of
from tests.backend.gateway.live.conftest import Gateway, StartLive
from tests.backend.gateway.live.test_door import cookie_of, ticket_of
from tests.fixtures.live import LiveClient, live
from tests.fixtures.waiting import until

USERS = "/api/v1/auth/users"


async def is_sent_away(client: LiveClient, code: CloseCode, words: str = "") -> dict[str, Any]:
    """The disconnect frame comes first, because some proxies hide the close frame."""
    goodbye: dict[str, Any] = (await client.frame("disconnect"))["disconnect"]
    assert (goodbye["code"], goodbye["reconnect"]) == (code.code, code.reconnect)
    assert goodbye["reason"] == (words or code.reason)
    assert await client.ended() == code.code
    return goodbye


async def test_the_silent_are_asked_and_those_who_do_not_answer_are_closed(live_gateway: Gateway) -> None:
    live_gateway.hub.heartbeats = Heartbeats(0.5, 4.0)
    async with live(live_gateway.url, AUTOMATION) as answering, live(live_gateway.url, AUTOMATION) as mute:
        await answering.frame("connected")
        await mute.frame("connected")
        mute.answers_pings = False
        reading = asyncio.create_task(answering.frame("disconnect"))  # answers pings meanwhile

        await is_sent_away(mute, NO_PONG)

        (client,) = live_gateway.hub.registry
        assert client.rtt_seconds is not None
        assert 0 < client.rtt_seconds < 4
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


async def test_a_bad_command_is_answered_and_many_are_too_many(live_gateway: Gateway) -> None:
    bad: list[tuple[dict[str, Any], str]] = [
        ({"id": 7}, "exactly one of"),
        ({"id": 7, "subscribe": {"topic": "weather"}}, "subscribe.topic"),
        ({"id": 7, "subscribe": {"topic": "health", "offset": -1}}, "subscribe.offset"),
        ({"id": 7, "subscribe": {"topic": "health"}, "unsubscribe": {"topic": "health"}}, "exactly one of"),
        ({"id": 7, "subscribe": {"topic": "health", "since": 1}}, "since"),
        ({"id": 7, "refresh": {"ticket": "short"}}, "refresh.ticket"),
        ({"id": 7, "shout": {}}, "shout"),
        ({"subscribe": {"topic": "health"}}, "id must be given"),
        ({"id": "seven", "subscribe": {"topic": "health"}}, "id"),
        ({"id": 7, "refresh": {"ticket": "x" * 20}}, "unknown, used or too old"),
    ]
    async with live(live_gateway.url, AUTOMATION) as client:
        for command, words in bad:
            await client.socket.send_json(command)
            error = await client.frame("error")
            assert words in error["error"]["message"], command
            assert error.get("id") == (7 if command.get("id") == 7 else None)
            assert error["error"]["status"] == (403 if "used" in words else 422)
        await client.socket.send_json({"id": 8})
        await client.socket.send_json({"id": 9})
        await is_sent_away(client, TOO_MANY_ERRORS)


async def test_more_commands_than_allowed_end_the_connection(start_live: StartLive) -> None:
    gateway = await start_live(ws_commands_per_second=3)
    async with live(gateway.url, AUTOMATION) as client:
        for _ in range(40):
            await client.socket.send_str("{}")
        assert (await is_sent_away(client, TOO_MANY_COMMANDS))["code"] == TOO_MANY_COMMANDS.code
    async with live(gateway.url, AUTOMATION) as client:
        await client.socket.send_str("what?")
        assert (await is_sent_away(client, BAD_REQUEST))["code"] == BAD_REQUEST.code


async def connected(held: AsyncExitStack, gateways: list[Gateway], headers: dict[str, str]) -> list[LiveClient]:
    """One at each gateway; who comes by a cookie comes from its page."""
    clients = []
    for gateway in gateways:
        origin = {"Origin": gateway.url} if "Cookie" in headers else {}
        clients.append(await held.enter_async_context(live(gateway.url, {**headers, **origin})))
        await clients[-1].frame("connected")
    return clients


async def test_who_signs_out_or_loses_a_token_is_sent_away_on_every_gateway(
    live_gateway: Gateway, start_live: StartLive
) -> None:
    gateways, client = [live_gateway, await start_live()], live_gateway.client
    cookie, viewer = await cookie_of(live_gateway), await token_of(client, "viewer")
    tokens = (await (await client.get("/api/v1/auth/tokens", headers=AUTOMATION)).json())["tokens"]
    async with AsyncExitStack() as held:
        by_cookie, by_token, others = [await connected(held, gateways, each) for each in (cookie, viewer, AUTOMATION)]

        assert (await client.post("/api/v1/auth/logout", headers=cookie)).status == 204
        for one in by_cookie:
            await is_sent_away(one, REVOKED)
        assert (await client.delete(f"/api/v1/auth/tokens/{tokens[0]['id']}", headers=AUTOMATION)).status == 204
        for one in by_token:
            await is_sent_away(one, REVOKED)
        for one in others:
            assert (await one.subscribe("health"))["recovered"] is True


async def test_another_role_asks_to_come_again_and_another_password_does_not(live_gateway: Gateway) -> None:
    """Only who made the change stays, when it is the password; nobody of the user, when the user is disabled."""
    client = live_gateway.client
    cookie = await cookie_of(live_gateway)
    dana = {"name": "dana", "role": "operator", "password": PASSWORD}
    assert (await client.post(USERS, json=dana, headers=AUTOMATION)).status == 201
    assert (await client.post(USERS, json={**dana, "name": "eve", "role": "admin"}, headers=AUTOMATION)).status == 201
    async with AsyncExitStack() as held:
        (admin,) = await connected(held, [live_gateway], cookie)
        csrf = await sign_in(client)
        change = {"current_password": PASSWORD, "new_password": f"{PASSWORD} anew"}
        assert (await client.post("/api/v1/auth/password", json=change, headers=csrf)).status == 204
        await is_sent_away(admin, REVOKED)  # the older session of the two

        mine = await current_cookie(live_gateway)
        (admin,) = await connected(held, [live_gateway], mine)
        assert (await client.patch(f"{USERS}/eve", json={"role": "viewer"}, headers=AUTOMATION)).status == 200
        assert (await admin.subscribe("health"))["recovered"] is True
        assert (await client.patch(f"{USERS}/eve", json={"role": "admin"}, headers=AUTOMATION)).status == 200
        assert (await client.patch(f"{USERS}/admin", json={"role": "viewer"}, headers=AUTOMATION)).status == 200
        await is_sent_away(admin, EXPIRED, "The role has changed")

        (admin,) = await connected(held, [live_gateway], mine)
        assert (await client.patch(f"{USERS}/admin", json={"disabled": True}, headers=AUTOMATION)).status == 200
        await is_sent_away(admin, REVOKED)


async def current_cookie(gateway: Gateway) -> dict[str, str]:
    jar = gateway.client.session.cookie_jar.filter_cookies(gateway.client.make_url("/"))
    return {"Cookie": "; ".join(f"{name}={morsel.value}" for name, morsel in jar.items())}


async def test_a_connection_ends_with_its_session_unless_it_is_refreshed(live_gateway: Gateway, database: str) -> None:
    """By a ticket of the same user; or because requests have prolonged the session meanwhile."""
    cookie = await cookie_of(live_gateway)
    page = {**cookie, "Origin": live_gateway.url}
    viewer = await token_of(live_gateway.client, "viewer")
    async with live(live_gateway.url, page) as client, live(live_gateway.url, AUTOMATION) as program:
        until_first = (await client.frame("connected"))["connected"]["expires_at"]
        foreign = await ticket_of(live_gateway, {**viewer, "Origin": live_gateway.url})
        assert (await client.ask(refresh={"ticket": foreign}))["error"]["status"] == 403
        await _set_end(database, timedelta(hours=24))
        ticket = await ticket_of(live_gateway, page)
        refreshed = (await client.ask(refresh={"ticket": ticket}))["refreshed"]
        assert refreshed["expires_at"] > until_first
        assert (await client.ask(refresh={"ticket": ticket}))["error"]["status"] == 403

        await program.frame("connected")
        for connection in live_gateway.hub.registry:
            connection.expires_at = 0.0 if connection.identity.kind == "session" else None
        await until(lambda: _ends(live_gateway), lambda ends: ends[0] > datetime.now(UTC).timestamp() + 20 * 3600)
        await _set_end(database, timedelta(seconds=-1))
        for connection in live_gateway.hub.registry:
            connection.expires_at = 0.0 if connection.identity.kind == "session" else None
        await is_sent_away(client, EXPIRED)
        assert (await program.subscribe("health"))["recovered"] is True


async def _ends(gateway: Gateway) -> list[float]:
    return [client.expires_at for client in gateway.hub.registry if client.expires_at is not None]


async def _set_end(database: str, after: timedelta) -> None:
    connection = await asyncpg.connect(database)
    await connection.execute("UPDATE gateway.sessions SET idle_end = now() + $1::interval", after)
    await connection.close()


async def test_a_gateway_that_ends_sends_all_away_and_spreads_their_return(start_live: StartLive) -> None:
    gateway = await start_live()
    async with AsyncExitStack() as held:
        clients = [await held.enter_async_context(live(gateway.url, AUTOMATION)) for _ in range(20)]
        for client in clients:
            await client.frame("connected")
        ending = asyncio.create_task(gateway.client.close())

        goodbyes = await asyncio.gather(*(is_sent_away(client, SHUTDOWN) for client in clients))

        await ending
    waits = {goodbye["after_ms"] for goodbye in goodbyes}
    assert len(waits) > 10
    assert max(waits) - min(waits) > 1_000
    assert max(waits) < 5_000

"""WebSocket connections: stats, connection list, force disconnect; and pages that hear what happens."""

import asyncio
import re
from functools import partial
from itertools import pairwise
from typing import Any

import aiohttp
import pytest
from playwright.async_api import Page, Request, Route, StorageState, WebSocketRoute, expect

from tests.e2e.board import (
    MARKS,
    SERVICES,
    WAIT_MS,
    asked_at,
    card,
    child,
    indicator,
    until_status,
    with_noted_requests,
    without_socket,
)
from tests.e2e.conftest import OpenPage
from tests.e2e.started import Belfry
from tests.fixtures.waiting import until

pytestmark = MARKS

WEBSOCKET = "/api/v1/admin/websocket"
AGENT = "A browser of the test"
LIVE, POLLING = re.compile("^Live$"), re.compile("^Polling$")


async def read(api: aiohttp.ClientSession, what: str, **query: str) -> dict[str, Any]:
    async with api.get(f"{WEBSOCKET}/{what}", params=query) as answer:
        assert answer.status == 200, await answer.text()
        told: dict[str, Any] = await answer.json()
        return told


async def connection_of(api: aiohttp.ClientSession, agent: str) -> dict[str, Any]:
    """The newest open connection of a browser, `{}` when there is none."""
    found = (await read(api, "connections"))["connections"]
    return next((one for one in found if one["agent"] == agent), {})


async def live_browser(open_page: OpenPage, session: StorageState, path: str = "/admin/health", **more: Any) -> Page:
    page = await open_page(storage_state=session, user_agent=AGENT, **more)
    await page.goto(path)
    await expect(indicator(page)).to_have_text(LIVE, timeout=WAIT_MS)
    return page


async def test_from_the_stats_to_the_list_to_the_disconnect(
    page: Page, open_page: OpenPage, session: StorageState, api: aiohttp.ClientSession
) -> None:
    """F2.3.1, F2.3.2, F2.3.3, F2.3.4, I2.3.2: an admin finds a browser among the connections and closes it; it hears
    why, does not come back by itself, and comes back when its user asks for it."""
    client = await live_browser(open_page, session)
    await page.goto("/admin")
    meter = page.get_by_role("meter", name="Connection pool", exact=True)
    await expect(meter).to_have_attribute(
        "aria-valuetext", re.compile(r"^\d+ of [\d,]+ connections, "), timeout=WAIT_MS
    )
    await expect(meter).to_have_attribute("aria-valuenow", re.compile(r"^([2-9]|\d{2,})$"), timeout=WAIT_MS)
    rates = page.get_by_role("slider", name="Messages per second over 10 minutes", exact=True)
    await expect(rates).to_have_attribute("aria-valuetext", re.compile(r"now: sent [\d.,]+/s, received [\d.,]+/s"))
    await expect(rates.locator("canvas")).to_be_visible()

    await page.get_by_role("link", name="Connections", exact=True).click()
    panel = page.get_by_role("dialog", name=re.compile("WebSocket connections"))
    told = await until(partial(connection_of, api, AGENT), lambda one: len(one.get("subscriptions", [])) >= 3)
    row = panel.locator(f'tr[data-connection="{told["id"]}"]')
    await expect(row).to_contain_text("127.0.0.1", timeout=WAIT_MS)
    await expect(row).to_contain_text(re.compile(r"\d+ (s|min)"))
    await expect(row).to_contain_text("health, alerts")
    await row.get_by_role("button", name=re.compile("127.0.0.1 ?admin")).click()
    await expect(panel.get_by_text(AGENT)).to_be_visible()

    await row.get_by_role("button", name=re.compile("^Disconnect admin")).click()
    question = page.locator("form", has_text="Disconnect admin on 127.0.0.1?")
    await question.get_by_label("Reason, optional").fill("Old tab")
    await question.get_by_role("button", name="Disconnect", exact=True).click()
    await expect(row).to_contain_text("Closed by you, 4503", timeout=WAIT_MS)

    await expect(indicator(client)).to_have_text(POLLING, timeout=WAIT_MS)
    await client.get_by_role("button", name="Reconnect", exact=True).click()
    await expect(indicator(client)).to_have_text(LIVE, timeout=WAIT_MS)
    await until(partial(connection_of, api, AGENT), lambda one: one.get("id", told["id"]) != told["id"])

    await panel.get_by_role("button", name="Closed, 5 min", exact=True).click()
    closed = panel.get_by_role("table", name="Closed connections", exact=True).locator(
        f'tr[data-connection="{told["id"]}"]'
    )
    await expect(closed).to_contain_text(re.compile("4503 Closed by admin: Old tab"), timeout=WAIT_MS)
    async with api.get("/api/v1/auth/audit", params={"limit": "20"}) as answer:
        trail = (await answer.json())["entries"]
    assert any(told["id"] in entry["object"] and entry["actor"] == "admin" for entry in trail), trail


async def test_an_error_is_told_with_its_meaning(page: Page, belfry: Belfry) -> None:
    """F2.3.5: a client that is turned away stands in the panel within seconds: time, code, meaning, who."""
    async with aiohttp.ClientSession() as program:
        socket = await program.ws_connect(f"{belfry.url}/api/v1/ws?ticket=nobody-ever-made-this")
        assert (await socket.receive_json())["disconnect"]["code"] == 4500
        await socket.close()
    await page.goto("/admin?panel=connections")
    errors = page.get_by_role("table", name="Last errors", exact=True).locator("tbody tr")
    refused = errors.filter(has_text="4500").first
    await expect(refused).to_contain_text("ticket", timeout=WAIT_MS)
    await expect(refused).to_contain_text(re.compile(r"\d\d:\d\d:\d\d"))
    await expect(refused).to_contain_text("closed")
    await refused.get_by_role("button").click()
    await expect(page.get_by_label("Search connections")).to_have_value("127.0.0.1")


async def test_what_the_interface_answers(
    open_page: OpenPage, session: StorageState, api: aiohttp.ClientSession, belfry: Belfry
) -> None:
    """R2.3.1, R2.3.2, R2.3.3, I2.3.2: the fields of stats and connections; 403 without the role admin, 404 for an
    unknown connection, 409 for one that is gone."""
    client = await live_browser(open_page, session)
    stats = await read(api, "stats")
    assert {"active", "max", "msg_in_rate", "msg_out_rate", "error_rate"} <= stats.keys()
    told = await until(partial(connection_of, api, AGENT), bool)
    assert {"id", "client_ip", "connected_at", "subscriptions"} <= told.keys()
    path = f"{WEBSOCKET}/connections/{told['id']}/disconnect"

    async with api.post("/api/v1/auth/tokens", json={"label": "reads only", "role": "operator"}) as answer:
        secret = (await answer.json())["secret"]
    async with aiohttp.ClientSession(belfry.url, headers={"Authorization": f"Bearer {secret}"}) as program:
        for refused in (path, f"{WEBSOCKET}/disconnect"):
            async with program.post(refused, json={}) as answer:
                assert (answer.status, answer.content_type) == (403, "application/problem+json")

    async with api.post(f"{WEBSOCKET}/connections/c-nobody/disconnect", json={}) as answer:
        assert answer.status == 404
    await client.context.close()

    async def status() -> int:
        async with api.post(path, json={}) as answer:
            return answer.status

    await until(status, (409).__eq__)


async def test_a_change_is_seen_without_asking(
    open_page: OpenPage, session: StorageState, belfry: Belfry, api: aiohttp.ClientSession
) -> None:
    """I2.3.3: with everything else cut off, the socket alone brings a change of status to the page."""
    await belfry.targets.switch.set("ok")
    await until_status(api, "ledger", "healthy")
    page = await live_browser(open_page, session, "/admin/health?view=grid")
    await expect(card(page, "ledger")).to_have_attribute("data-status", "healthy", timeout=WAIT_MS)

    async def fail(route: Route) -> None:
        await route.fulfill(status=503, json={"status": 503, "title": "Unavailable"})

    await page.route("**/api/v1/admin/health/**", fail)
    await belfry.targets.switch.set("fail")
    try:
        await expect(card(page, "ledger")).to_have_attribute("data-status", "down", timeout=WAIT_MS)
    finally:
        await belfry.targets.switch.set("ok")


async def test_a_lost_socket_lets_the_page_ask_until_it_is_back(page: Page) -> None:
    """I2.3.1, I2.3.3: behind a proxy that lets no WebSocket through any more the page says Polling and asks for the
    stats every 5 s; it is Live again, and asks no more, when the socket is."""
    passes = True
    opened: list[WebSocketRoute] = []

    async def proxy(socket: WebSocketRoute) -> None:
        if passes:
            socket.connect_to_server()
            opened.append(socket)
        else:
            await socket.close(code=1011)

    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request) if f"{WEBSOCKET}/stats" in request.url else None)
    await page.route_web_socket("**/api/v1/ws", proxy)
    await page.goto("/admin")
    await expect(indicator(page)).to_have_text(LIVE, timeout=WAIT_MS)
    await expect(page.get_by_role("meter", name="Connection pool", exact=True)).to_be_visible(timeout=WAIT_MS)

    passes = False
    await opened[-1].close(code=1011)
    await expect(indicator(page)).to_have_text(POLLING, timeout=WAIT_MS)
    before = len(asked)
    await until(lambda: _count(asked), lambda count: count >= before + 2)

    passes = True
    await expect(indicator(page)).to_have_text(LIVE, timeout=60_000)
    await page.reload()
    await expect(indicator(page)).to_have_text(LIVE, timeout=WAIT_MS)


async def _count(asked: list[Request]) -> int:
    return len(asked)


async def test_the_stats_are_asked_for_every_5_s_without_a_socket(page: Page) -> None:
    """I2.3.1: when the page opens, and five seconds after each answer."""
    await without_socket(page)
    await with_noted_requests(page)
    await page.clock.install()
    await page.goto("/admin")
    await expect(page.get_by_role("meter", name="Connection pool", exact=True)).to_be_visible(timeout=WAIT_MS)
    for _ in range(3):
        async with page.expect_response(re.compile(f"{WEBSOCKET}/stats")) as answered:
            await page.clock.run_for(5_100)
        assert (await answered.value).ok
    gaps = [later - earlier for earlier, later in pairwise(await asked_at(page, f"{WEBSOCKET}/stats"))]
    assert len(gaps) >= 3
    assert 5_000 <= min(gaps) < 10_000, gaps  # a slow answer may make one longer


async def test_a_killed_gateway_is_told_and_comes_back_with_what_was_missed(
    open_page: OpenPage, session: StorageState, belfry: Belfry, api: aiohttp.ClientSession
) -> None:
    """I2.3.3: the gateway dies and is started again: the page is Live again, and knows what happened meanwhile."""
    await belfry.targets.switch.set("ok")
    await until_status(api, "ledger", "healthy")
    page = await live_browser(open_page, session, "/admin/health?view=grid")
    await expect(card(page, "ledger")).to_have_attribute("data-status", "healthy", timeout=WAIT_MS)
    gateway = child(belfry, "gateway")
    gateway.kill()
    await asyncio.to_thread(gateway.wait)
    await belfry.targets.switch.set("fail")
    try:
        await expect(card(page, "ledger")).to_have_attribute("data-status", "down", timeout=60_000)
        await expect(indicator(page)).to_have_text(LIVE, timeout=60_000)
    finally:
        await belfry.targets.switch.set("ok")
    await until_status(api, "ledger", "healthy")


@pytest.mark.parametrize("path", [SERVICES, f"{WEBSOCKET}/stats"])
async def test_answers_say_from_where_to_listen_on(api: aiohttp.ClientSession, path: str) -> None:
    """I2.3.3: the place in the stream that a page goes on from stands on what it has read."""
    async with api.get(path) as answer:
        assert re.fullmatch(r".+:\d+", answer.headers["Belfry-Offset"])

"""Alert rules and channels in a browser: made, tested, and what a real receiver hears."""

import base64
import hashlib
import hmac
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from playwright.async_api import Locator, Page, StorageState, expect

from tests.e2e.board import MARKS, WAIT_MS
from tests.e2e.conftest import OpenPage
from tests.e2e.incidents import ALERTS, receiving

pytestmark = [*MARKS, pytest.mark.usefixtures("open_shop")]

NAME = "Checkout is slow"


def card(page: Page, name: str) -> Locator:
    return page.locator("[data-rule]").filter(has_text=name)


async def rules(api: aiohttp.ClientSession) -> dict[str, dict[str, Any]]:
    async with api.get(f"{ALERTS}/rules") as answer:
        return {one["name"]: one for one in (await answer.json())["rules"]}


@asynccontextmanager
async def cleared(api: aiohttp.ClientSession, *made: str) -> AsyncIterator[None]:
    """What the test made (`rules/id`, `channels/id`) is gone afterwards, in this order."""
    try:
        yield
    finally:
        for path in made:
            async with api.delete(f"{ALERTS}/{path}") as answer:
                assert answer.status in (204, 404), await answer.text()


def is_signed(headers: Mapping[str, str], body: bytes, secret: str) -> bool:
    """As Standard Webhooks say."""
    signed = b".".join([headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body])
    key = base64.b64decode(secret.removeprefix("whsec_"))
    wanted = "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    return wanted in headers["webhook-signature"].split()


async def make_channel(page: Page, address: str) -> str:
    """A webhook, tested before it is saved. Returns its signing secret."""
    await page.goto("/admin/alerts-config?tab=channels")
    await page.get_by_role("button", name="New channel", exact=True).click()
    await page.get_by_role("button", name=re.compile("^Webhook")).click()
    await page.get_by_label("Name", exact=True).fill("Receiver")
    await page.get_by_role("button", name="Send test", exact=True).click()
    await expect(page.get_by_text("1 field to fix")).to_be_visible()
    await expect(page.get_by_label("Address", exact=True)).to_be_focused()
    await page.get_by_label("Address", exact=True).fill(address)
    await page.get_by_role("button", name="Make one", exact=True).click()
    secret = await page.locator("code").inner_text()
    await page.get_by_role("button", name="Send test", exact=True).click()
    await expect(page.get_by_text(re.compile(r"^The receiver answered 204 in \d+ ms"))).to_be_visible(timeout=WAIT_MS)
    await page.get_by_role("button", name="Create channel", exact=True).click()
    await expect(
        page.get_by_role("region", name="Receiver", exact=True).get_by_role(
            "button", name="Replace address", exact=True
        )
    ).to_be_visible()
    await expect(page.locator("body")).not_to_contain_text(secret)
    return secret


async def make_rule(page: Page) -> None:
    """From the endpoint that it is about: filled in, previewed, corrected, saved."""
    await page.goto("/admin/latency?open=POST+shop+/checkout")
    await page.get_by_role("link", name="Create alert", exact=True).click()
    editor = page.get_by_role("region", name="New rule", exact=True)
    await expect(editor.get_by_role("combobox", name="Metric", exact=True)).to_have_value("latency.p99")
    for pill in ("service = shop", "method = POST", "path = /checkout"):
        await expect(editor.get_by_text(pill, exact=True)).to_be_visible()
    await editor.get_by_label("Name", exact=True).fill(NAME)
    await editor.get_by_label("Recovers below").fill("540")
    await expect(editor.get_by_text(re.compile("^Recovery must be below 500 ms"))).to_be_visible(timeout=WAIT_MS)
    await expect(editor.get_by_label("Recovers below")).to_have_attribute("aria-invalid", "true")
    await editor.get_by_role("button", name="Use 400", exact=True).click()
    await expect(editor.get_by_role("region", name="Preview", exact=True)).to_contain_text(
        re.compile("Would|No series"), timeout=WAIT_MS
    )
    await editor.get_by_label("For at least", exact=True).fill("2")
    await editor.get_by_role("combobox", name="Notify", exact=True).click()
    await page.get_by_role("option", name="Receiver").click()
    await editor.get_by_role("button", name="Create rule", exact=True).click()
    await expect(page.get_by_role("region", name=NAME).get_by_text("Version 1")).to_be_visible(timeout=WAIT_MS)


@pytest.mark.timeout(240)
async def test_rule_made_tested_and_heard(
    open_page: OpenPage, session: StorageState, api: aiohttp.ClientSession
) -> None:
    """F2.5.1 to F2.5.5, I2.5.1 to I2.5.4, R2.5.1, R2.5.3: a channel and a rule are made in the browser, with errors at
    their fields; a real receiver hears each test, signed; pausing is seen by others at once."""
    page, other = await open_page(storage_state=session), await open_page(storage_state=session)
    async with receiving() as receiver, cleared(api, "rules/checkout-is-slow", "channels/receiver"):
        secret = await make_channel(page, f"{receiver.url}/hook")
        [tested] = receiver.heard["/hook"]
        assert tested["type"] == "alert.test"
        await other.goto("/admin/alerts-config")
        await make_rule(page)
        made = (await rules(api))[NAME]
        assert (made["metric"], made["operator"], made["threshold"], made["duration"]) == ("latency.p99", ">", 500, 120)
        assert (made["recovery_threshold"], made["channels"], made["enabled"]) == (400, ["receiver"], True)

        await page.get_by_role("button", name="Send test", exact=True).click()
        result = page.get_by_role("region", name="Test", exact=True).or_(
            page.get_by_role("status", name="Test", exact=True)
        )
        await expect(result).to_contain_text(
            re.compile(r"Receiver: The receiver answered 204 in \d+ ms"), timeout=WAIT_MS
        )
        await receiver.until_heard("/hook", 2)
        sample = receiver.heard["/hook"][1]["data"]
        assert (sample["rule_name"], sample["metric"], sample["threshold"]) == (NAME, "latency.p99", 500)
        assert all(is_signed(headers, body, secret) for headers, body in receiver.raw)

        await expect(card(other, NAME)).to_contain_text("Receiver", timeout=WAIT_MS)
        await card(page, NAME).get_by_role("switch").click()
        await expect(card(page, NAME)).to_contain_text("Paused by admin")
        await expect(card(other, NAME)).to_contain_text("Paused by admin", timeout=WAIT_MS)
        assert (await rules(api))[NAME]["enabled"] is False
        await card(page, NAME).get_by_role("switch").click()
        await expect(card(page, NAME).get_by_role("switch")).to_be_checked()

        await page.get_by_role("button", name="Delete", exact=True).click()
        await page.get_by_role("dialog").get_by_role("button", name=f"Delete {NAME}", exact=True).click()
        await expect(card(page, NAME)).to_have_count(0)
        assert NAME not in await rules(api)


async def test_a_rule_by_keyboard(page: Page, api: aiohttp.ClientSession) -> None:
    """F2.5.2: found, filled in and made without a mouse; the name comes by itself."""
    press = page.keyboard.press
    async with cleared(api, "rules/status-at-least-down"):
        await page.goto("/admin")
        await expect(page.get_by_role("heading", name="Dashboard", exact=True)).to_be_visible()
        await page.keyboard.type("ga")  # in one go: the second key has to follow soon
        await expect(page.get_by_role("region", name="Rules", exact=True)).to_be_visible()
        await page.get_by_role("button", name="New rule", exact=True).focus()
        await press("Enter")
        await page.get_by_label("Name", exact=True).focus()
        await press("Tab")
        await expect(page.get_by_role("combobox", name="Metric", exact=True)).to_be_focused()
        await page.keyboard.type("status of")
        await expect(page.get_by_role("option", name=re.compile("health.status"))).to_be_visible()
        await press("ArrowDown")
        await expect(page.locator("[data-combobox-selected]")).to_contain_text("health.status")
        await press("Enter")
        await expect(page.get_by_label("Threshold")).to_have_value("2")
        await expect(page.get_by_role("region", name="Preview", exact=True)).to_contain_text("Would", timeout=WAIT_MS)
        await page.get_by_label("For at least", exact=True).focus()
        await press("Enter")
        await expect(
            page.get_by_role("region", name="Status at least down", exact=True).get_by_text("Version 1")
        ).to_be_visible()
        assert (await rules(api))["Status at least down"]["threshold"] == 2

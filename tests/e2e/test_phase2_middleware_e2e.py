"""The chain that every request passes: seen, reordered, switched, set, applied and rolled back in a browser."""

import re

import aiohttp
from playwright.async_api import Page, StorageState, expect

from tests.e2e.board import MARKS, WAIT_MS
from tests.e2e.conftest import OpenPage
from tests.e2e.middleware import (
    MIDDLEWARE,
    banner,
    drag,
    grip,
    just_before_landing,
    open_steps,
    order,
    pipeline,
    put_back,
    row,
    save_order,
    shown,
    step,
)

pytestmark = MARKS


async def test_a_request_is_seen_passing_each_step(page: Page, api: aiohttp.ClientSession) -> None:
    """F2.4.1, F2.4.4, I2.4.1, R2.4.1: request, steps in running order with their measured times, handler."""
    await open_steps(page)
    told = await pipeline(api)
    steps = told["steps"]
    assert [one["order"] for one in steps] == list(range(1, len(steps) + 1))
    assert all({"id", "name", "order", "enabled", "avg_ms"} <= one.keys() for one in steps)

    ids = [one["id"] for one in steps]
    assert await shown(page) == ids
    drawn = page.locator(".react-flow__node-step")
    await expect(drawn).to_have_count(len(ids), timeout=WAIT_MS)
    assert await drawn.evaluate_all("all => all.map((one) => one.dataset.id)") == ids
    for end in ("Request", "Handler"):
        await expect(page.locator(".react-flow__node-end", has_text=end)).to_be_visible()
    await expect(page.locator('.react-flow__node[data-id="auth"]')).to_contain_text(re.compile(r"auth(< )?[\d.]+"))
    await expect(row(page, "auth").get_by_role("cell").nth(3)).to_have_text(re.compile(r"^(< )?[\d.]+ m?s$"))
    await page.locator('.react-flow__node[data-id="auth"]').hover()
    await expect(row(page, "auth").locator("[data-lit]")).to_be_visible()


async def test_reordered_by_mouse_saved_and_applied(page: Page, api: aiohttp.ClientSession) -> None:
    """F2.4.2, I2.4.2, I2.4.4, R2.4.3: dragged where rules allow it, put as a whole order, applied without a restart."""
    async with put_back(api) as before:
        await open_steps(page)
        ids = await order(api)
        wanted = [one for one in ids if one != "compression"]
        wanted.insert(ids.index("cache"), "compression")

        await drag(page, "compression", over="request_id", says="Not above request_id")
        await expect(row(page, "request_id")).to_contain_text("Every other step names the request by its id")
        async with just_before_landing(page):  # lifted again at once
            await page.keyboard.press("Escape")
            assert await shown(page) == ids
            await page.mouse.up()
            await drag(page, "compression", over="cache", says=f"Drop as step {ids.index('cache') + 1}")
        await page.mouse.up()
        await expect(page.get_by_text("1 move not saved")).to_be_visible()
        assert await shown(page) == wanted

        answer = await save_order(page, "Pack before it is kept")
        sent = answer.request.post_data_json
        assert sent == {"order": wanted, "base_revision": before, "comment": "Pack before it is kept"}
        latest = before + 1
        await expect(banner(page, f"Revision {latest} is saved.")).to_be_visible()
        await expect(banner(page, "Restart required.")).to_be_visible()
        await expect(page.get_by_role("link", name=re.compile("Middleware.*restart"))).to_be_visible()
        assert await order(api) == wanted
        assert {node["revision"] for node in (await pipeline(api))["nodes"]} == {before}

        await page.get_by_role("button", name="Show changes", exact=True).click()
        await expect(page.get_by_role("dialog")).to_contain_text("compression")
        await page.keyboard.press("Escape")
        await page.get_by_role("button", name="Apply without restart", exact=True).click()
        await expect(banner(page, f"Revision {latest} runs everywhere.")).to_be_visible(timeout=WAIT_MS)
        assert {node["revision"] for node in (await pipeline(api))["nodes"]} == {latest}


async def test_reordered_by_keyboard(page: Page, api: aiohttp.ClientSession) -> None:
    """F2.4.2: Space lifts, arrows move, forbidden places cannot be reached, Space drops; all of it is told."""
    async with put_back(api):
        await open_steps(page)
        ids = await order(api)
        press, said = page.keyboard.press, page.locator('[aria-live="assertive"]').last
        await grip(page, "rate_limit").focus()
        await press("Space")
        await expect(said).to_have_text(re.compile(r"^rate_limit lifted, place \d+ of \d+\. Can go to"))
        await press("Home")
        first = ids.index("auth") + 1
        await press("ArrowUp")
        await expect(page.get_by_role("status").filter(has_text="Cannot go above auth")).to_have_count(1)
        await press("ArrowDown")
        await expect(said).to_contain_text(f"Place {first + 2}, after")
        await press("Space")
        await expect(said).to_contain_text("rate_limit dropped at place")
        await expect(grip(page, "rate_limit")).to_be_focused()
        moved = await shown(page)
        assert moved == [*ids[:first], ids[first + 1], "rate_limit", *ids[first + 2 :]]
        assert (await save_order(page, "")).status == 200
        assert await order(api) == moved

        await page.get_by_role("button", name="Move rate_limit up or down", exact=True).focus()
        await press("Enter")
        await expect(page.get_by_role("menu").locator(":focus")).to_have_count(1)
        await press("ArrowDown")
        await expect(page.get_by_role("menuitem", name="Move up", exact=True)).to_be_focused()
        await press("Enter")
        await expect(page.get_by_text("1 move not saved")).to_be_visible()
        assert await shown(page) == ids
        await page.get_by_role("navigation", name="Main", exact=True).get_by_role("link", name="Health").click()
        await page.get_by_role("button", name="Discard and leave", exact=True).click()
        await page.wait_for_url("**/admin/health")


async def test_switched(page: Page, api: aiohttp.ClientSession) -> None:
    """F2.4.3, I2.4.3: a switch patches at once; what is always on, or needed, says so."""
    async with put_back(api):
        await open_steps(page)
        switch = page.get_by_role("switch", name="compression", exact=True)
        async with page.expect_request(lambda request: request.method == "PATCH") as patched:
            await switch.click()
        assert (await patched.value).post_data_json == {"enabled": False}
        assert (await patched.value).url.endswith(f"{MIDDLEWARE}/compression")
        await expect(banner(page, "Restart required.")).to_be_visible()
        await expect(switch).not_to_be_checked()
        assert (await step(api, "compression"))["enabled"] is False
        await expect(page.locator('.react-flow__node[data-id="compression"]')).to_contain_text("off")

        async with page.expect_response(lambda answer: answer.request.method == "PATCH"):
            await page.get_by_role("switch", name="fault_injection", exact=True).click()
        timeout = page.get_by_role("switch", name="timeout", exact=True)
        await expect(timeout).to_have_accessible_description(re.compile("fault_injection needs it"))
        await page.get_by_role("switch", name="auth", exact=True).hover()
        await expect(page.get_by_role("tooltip").filter(has_text="Always on")).to_be_visible()
        await page.mouse.down()
        await page.mouse.up()
        assert (await step(api, "auth"))["enabled"] is True


async def test_settings_are_edited_tried_and_kept(page: Page, api: aiohttp.ClientSession) -> None:
    """F2.4.5: errors stand at their field before saving; a risky change runs on trial until someone keeps it."""
    async with put_back(api) as before:
        await open_steps(page)
        await page.get_by_role("button", name="Settings of rate_limit", exact=True).click()
        burst = page.get_by_label("Burst")
        await burst.fill("1")
        await expect(page.get_by_text(re.compile("^Must be at least .* a tenth of requests"))).to_be_visible()
        await page.get_by_role("button", name="Save settings", exact=True).click()
        await expect(burst).to_be_focused()
        await expect(page.get_by_text("1 field to fix")).to_be_visible()
        await burst.fill("2000")
        await expect(page.get_by_text("+ burst: 2000")).to_be_visible()
        await expect(page.get_by_text("has to be confirmed within 60 s")).to_be_visible()
        await page.get_by_placeholder("Why, for those who come after you").fill("Sale day")
        await page.get_by_role("button", name="Save settings", exact=True).click()
        await expect(banner(page, f"Revision {before + 1} is saved.")).to_be_visible()
        assert (await step(api, "rate_limit"))["settings"]["burst"] == 2000
        await expect(row(page, "rate_limit")).to_contain_text("2,000 at once")

        await page.get_by_role("button", name="Apply without restart", exact=True).click()
        await expect(banner(page, f"Revision {before + 1} runs on trial.")).to_be_visible(timeout=WAIT_MS)
        await page.get_by_role("button", name=f"Keep revision {before + 1}", exact=True).click()
        await expect(banner(page, f"Revision {before + 1} runs everywhere.")).to_be_visible(timeout=WAIT_MS)
        assert (await pipeline(api))["confirmation"] is None


async def test_two_browsers_reorder_at_once(
    page: Page, open_page: OpenPage, session: StorageState, api: aiohttp.ClientSession
) -> None:
    """R2.4.2: the second is told, sees both orders, and saves both: nothing is lost."""
    async with put_back(api) as before:
        other = await open_page(storage_state=session)
        ids = await order(api)
        for one, step_id in ((page, "tracing"), (other, "compression")):
            await open_steps(one)
            await one.get_by_role("button", name=f"Move {step_id} up or down", exact=True).click()
            await one.get_by_role("menuitem", name="Move up", exact=True).click()
        assert (await save_order(page, "Trace the log, too")).status == 200
        theirs = await order(api)
        assert (await save_order(other, "Pack before it is kept")).status == 409
        dialog = other.get_by_role("dialog", name="admin saved another order first", exact=True)
        await expect(dialog).to_contain_text("“Trace the log, too”")
        await expect(
            dialog.get_by_role("region", name="Saved by admin", exact=True).locator('[data-by="theirs"]')
        ).to_have_count(1)
        await expect(
            dialog.get_by_role("region", name="Yours", exact=True).locator('[data-by="mine"]')
        ).to_contain_text("compression")
        await expect(dialog.get_by_text("The combined order passes all constraints.")).to_be_visible()
        await dialog.get_by_role("button", name=f"Save both as {before + 2}", exact=True).click()
        await expect(dialog).to_be_hidden()

        both = await order(api)
        assert both.index("tracing") == ids.index("tracing") - 1
        assert both.index("compression") == ids.index("compression") - 1
        assert sorted(both) == sorted(ids)
        assert both != theirs


async def test_rolled_back(page: Page, api: aiohttp.ClientSession) -> None:
    """Who changed what is told, and an earlier chain is saved again after showing what that changes."""
    async with put_back(api) as before:
        slower = {"settings": {"seconds": 20}, "comment": "Slow day"}
        async with api.patch(f"{MIDDLEWARE}/timeout", json=slower) as told:
            assert told.status == 200
        await open_steps(page)
        revisions = page.get_by_role("region", name="Revisions", exact=True)
        await expect(revisions.get_by_role("listitem").first).to_contain_text("Slow day")
        await revisions.get_by_role("button", name=f"Roll back to revision {before}", exact=True).click()
        dialog = page.get_by_role("dialog", name=f"Roll back to revision {before}", exact=True)
        await expect(dialog).to_contain_text("- seconds: 20")
        await dialog.get_by_role("button", name=f"Roll back to {before}", exact=True).click()
        await expect(dialog).to_be_hidden()
        await expect(revisions.get_by_role("listitem").first).to_contain_text(f"Rolled back to {before}")
        assert (await step(api, "timeout"))["settings"]["seconds"] != 20

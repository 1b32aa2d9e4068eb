"""The health page with a thousand services, in a real browser: first paint, filtering, scrolling."""

import asyncio
from statistics import median

import aiohttp
from playwright.async_api import Page, async_playwright

from tests import chromium
from tests.bench.figures import Figure, within
from tests.bench.health_load import tell, warm_up
from tests.bench.page_live import measure_live
from tests.bench.stage import PASSWORD, TOKEN, Stage, staged

WATCH = """
window.longTasks = [];
new PerformanceObserver((list) => window.longTasks.push(...list.getEntries().map((task) => task.duration)))
  .observe({ type: 'longtask', buffered: true });
"""
HEADING, CARD = "h2 button[aria-expanded]", "article[data-service]"
PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0].startTime"
NOW = "() => performance.now()"
TAKE_LONG_TASKS = "() => Math.max(0, ...window.longTasks.splice(0))"
FILTER = """
async (team) => {
  const field = document.querySelector('input[type=search]');
  const shown = () => [...document.querySelectorAll('article[data-service]')].map((card) => card.dataset.service);
  const before = performance.now();
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(field, `tag:team-${team}`);
  field.dispatchEvent(new Event('input', { bubbles: true }));
  for (let frame = 0; frame < 300; frame += 1) {
    if (shown().length && shown().every((id) => id.slice(2) % 7 === team)) return performance.now() - before;
    await new Promise(requestAnimationFrame);
  }
  throw new Error(`Not only team ${team} is shown`);
}
"""
TEAMS = (0, 1, 2, 3, 4, 5, 6)


def measure_page() -> dict[str, Figure]:
    """About a minute."""
    tell("starting Belfry for the browser")
    with staged() as stage:
        return asyncio.run(measured(stage))


async def measured(stage: Stage) -> dict[str, Figure]:
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {TOKEN}"}) as session:
        await warm_up(session, stage, checks=1)
    tell("opening the page")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium.find(), args=list(chromium.FLAGS))
        context = await browser.new_context(base_url=stage.gateway.url, viewport={"width": 1440, "height": 900})
        await context.add_init_script(WATCH)
        login = {"username": "admin", "password": PASSWORD}
        await context.request.post("/api/v1/auth/login", data=login, fail_on_status_code=True)
        page = await context.new_page()
        found = await in_browser(page)
        tell("from an event to the page")
        found |= await measure_live(page, stage.servers.nats.url)
        await browser.close()
    return found


async def in_browser(page: Page) -> dict[str, Figure]:
    await page.goto("/admin/health?view=grid")
    await page.wait_for_selector(HEADING)
    painted, complete = await page.evaluate(PAINT), await page.evaluate(NOW)
    await page.wait_for_timeout(1_000)
    loading = await page.evaluate(TAKE_LONG_TASKS)
    filtered = [await page.evaluate(FILTER, team) for team in TEAMS]
    filtering = await page.evaluate(TAKE_LONG_TASKS)
    await page.get_by_label("Filter services").fill("Service")  # all of them, and every group open
    await page.wait_for_selector(CARD)
    await page.wait_for_timeout(500)
    await page.evaluate(TAKE_LONG_TASKS)
    for _ in range(30):
        await page.mouse.wheel(0, 900)
        await page.wait_for_timeout(50)
    scrolling = await page.evaluate(TAKE_LONG_TASKS)
    return {
        "first_paint": within(painted, "ms", at_most=1_000),
        "board_shown": within(complete, "ms", at_most=2_000),
        "filter": within(median(filtered), "ms", at_most=50),
        "filter_slowest": within(max(filtered), "ms"),
        "longest_task_loading": within(loading, "ms"),
        "longest_task_filtering": within(filtering, "ms", at_most=50),
        "longest_task_scrolling": within(scrolling, "ms", at_most=100),
    }

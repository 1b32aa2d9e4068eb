"""From an event on the bus to the pixel: how long a page that is open takes to show what has changed."""

import time
from statistics import median

from playwright.async_api import Page

from shared.bus import Bus
from shared.jetstream import store
from shared.settings import Settings
from tests.bench.figures import Figure, p95, within
from tests.fixtures.live import changed, message_of

CHANGES = 60
PAUSE_MS = 150
STATUSES = ("down", "degraded")
PAGE = "/admin/health?view=grid&q=tag:team-0"
FIRST = "() => document.querySelector('article[data-service]').dataset.service"
WATCH = """
([id, status]) => {
  const isShown = () => document.querySelector(`article[data-service="${id}"]`)?.dataset.status === status;
  window.shownAt = new Promise((resolve) => {
    const observer = new MutationObserver(() => {
      if (!isShown()) return;
      observer.disconnect();
      requestAnimationFrame(() => setTimeout(() => resolve(Date.now())));
    });
    observer.observe(document.body, { subtree: true, childList: true, attributes: true });
  });
}
"""
SHOWN_AT_MS = "() => window.shownAt"


async def measure_live(page: Page, nats_url: str) -> dict[str, Figure]:
    """The clock starts before the event is stored, and stops when the frame that shows it was drawn."""
    await page.goto(PAGE)
    await page.wait_for_selector("article[data-service]")
    await page.get_by_role("status").filter(has_text="Live").first.wait_for()
    service_id = await page.evaluate(FIRST)
    bus = await Bus.connect(Settings(service="bench", nats_url=nats_url))
    delays_ms = []
    for number in range(CHANGES):
        status = STATUSES[number % 2]
        await page.evaluate(WATCH, [service_id, status])
        message = message_of(changed(service_id, to_status=status, reason=f"change {number}"))
        began_ms = time.time() * 1000
        await store(bus, [message])
        delays_ms.append(await page.evaluate(SHOWN_AT_MS) - began_ms)
        await page.wait_for_timeout(PAUSE_MS)
    await bus.close()
    return {
        "event_to_page_p50": within(median(delays_ms), "ms"),
        "event_to_page_p95": within(p95(delays_ms), "ms", at_most=300),
    }

"""No finding of axe on the pages of incidents, alerts and middleware, in either theme; all of them fit on a phone."""

import aiohttp
import pytest
from playwright.async_api import StorageState

from tests.e2e.axe import CALM, findings_on
from tests.e2e.board import MARKS, until_status
from tests.e2e.conftest import OpenPage

pytestmark = [*MARKS, pytest.mark.usefixtures("open_shop")]

PAGES = {
    "/admin/incidents": "Service down",
    "/admin/incidents?state=resolved&severity=info": "Clear filters",
    "/admin/incidents?panel=silence-any": "all of them have to hold",
    "/admin/alerts-config?tab=escalation": "There is no escalation policy yet.",
    "/admin/alerts-config?tab=escalation&policy=new": "Add step",
    "/admin/alerts-config?tab=silences": "There is no mute timing yet.",
    "/admin/alerts-config?tab=silences&timing=new": "Days of the month",
    "/admin/middleware": "Where the time goes",
    "/admin/middleware?time=p95": "they do not add up",
    "/admin/middleware?panel=settings&step=rate_limit": "Counter store",
    "/admin/middleware?panel=settings&step=cors&tab=json": "All settings",
    "/admin/middleware?panel=settings&step=auth&tab=docs": "Where it may stand",
    "/admin/middleware?panel=diff&revision=1": "The two are the same.",
    "/admin/middleware?panel=restore&revision=1": "is saved again as a new revision",
    "/admin/middleware?panel=revisions": "As Belfry comes",
    "/admin/middleware?panel=costs": "Copy as CSV",
    "/admin/alerts-config": "No rule is open.",
    "/admin/alerts-config?q=nothing": "Clear filters",
    "/admin/alerts-config?rule=endpoint-slow": "Grouping, quiet hours, description, runbook",
    "/admin/alerts-config?new=latency.p99&service=shop&method=POST&route=/checkout": "Create rule",
    "/admin/alerts-config?rule=service-down&panel=why": "Compared",
    "/admin/alerts-config?rule=service-down&panel=versions": "made it",
    "/admin/alerts-config?rule=service-down&panel=preview": "as table",
    "/admin/alerts-config?rule=service-down&panel=silence": "Until tomorrow",
    "/admin/alerts-config?rule=service-down&panel=delete": "To stop it for a while, pause it.",
    "/admin/alerts-config?panel=import": "Show the plan",
    "/admin/alerts-config?tab=channels": "No channel is open.",
    "/admin/alerts-config?tab=channels&channel=new": "Where do messages go?",
}


@pytest.mark.timeout(480)  # dozens of pages, each loaded and read by axe
async def test_axe_finds_nothing_on_pages_of_alerts_and_middleware(
    open_page: OpenPage, session: StorageState, api: aiohttp.ClientSession
) -> None:
    """Every main state, in both themes: not one finding, of any impact; 390 px wide, none scrolls sideways."""
    await until_status(api, "reports", "down")
    page = await open_page(storage_state=session, **CALM)
    assert await findings_on(page, PAGES) == {}

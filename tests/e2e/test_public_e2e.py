"""What anybody sees: status page, badges, the documents of the interface; and what a browser is told of safety."""

import re
from functools import partial
from xml.etree import ElementTree

import aiohttp
import pytest
from playwright.async_api import expect

from tests.e2e.board import MARKS, until_status
from tests.e2e.conftest import OpenPage
from tests.e2e.started import PASSWORD, Belfry
from tests.fixtures.waiting import until

pytestmark = MARKS

LARGEST_BYTES = 30_000
GROUNDS = {"light": "rgb(246, 247, 249)", "dark": "rgb(13, 16, 20)"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_status_page_needs_no_script_and_no_login(
    open_page: OpenPage, api: aiohttp.ClientSession, scheme: str
) -> None:
    """Headline in words, only what is public, under its public name; small; as light or dark as the system."""
    await until_status(api, "ledger", "healthy")
    page = await open_page(java_script_enabled=False, color_scheme=scheme)

    async def html_of() -> str:
        answer = await page.goto("/status")
        assert answer is not None
        return await answer.text()

    html = await until(html_of, lambda found: "All systems are healthy" in found)  # some seconds old at most
    assert len(html.encode()) < LARGEST_BYTES
    assert "<script" not in html
    for private in ("reports", "storefront", "127.0.0.1"):
        assert private not in html
    await expect(page.get_by_role("heading", level=1)).to_have_text("All systems are healthy")
    await expect(page.get_by_role("article")).to_contain_text(re.compile("Payments ledger.*Healthy"))
    await expect(page.locator("body")).to_have_css("background-color", GROUNDS[scheme])


async def title_of(anybody: aiohttp.ClientSession, badge: str) -> str:
    async with anybody.get(badge) as answer:
        assert answer.content_type == "image/svg+xml"
        return (ElementTree.fromstring(await answer.text()).findtext("{http://www.w3.org/2000/svg}title") or "").lower()


async def test_status_in_other_forms(belfry: Belfry, api: aiohttp.ClientSession) -> None:
    """JSON, RSS and a badge with its title; a badge of what is not public does not exist."""
    await until_status(api, "ledger", "healthy")
    async with aiohttp.ClientSession(belfry.url) as anybody:
        async with anybody.get("/status.json") as answer:
            assert "Payments ledger" in await answer.text()
        async with anybody.get("/status.rss") as answer:
            assert ElementTree.fromstring(await answer.text()).tag == "rss"
        title = await until(partial(title_of, anybody, "/badges/ledger.svg"), lambda words: "healthy" in words)
        assert "ledger" in title
        async with anybody.get("/badges/reports.svg") as answer:
            assert answer.status == 404


async def test_the_interface_is_documented_for_people_and_programs(open_page: OpenPage, belfry: Belfry) -> None:
    """/docs renders without a script; OpenAPI 3.1 and AsyncAPI 3 are served."""
    page = await open_page(java_script_enabled=False)
    await page.goto("/docs")
    await page.get_by_text("/api/v1/admin/health/services/{service_id}/check", exact=True).click()
    await expect(page.get_by_role("cell", name=re.compile("CheckRun")).filter(visible=True).first).to_be_visible()
    async with aiohttp.ClientSession(belfry.url) as anybody:
        for path, key, version in (("openapi", "openapi", "3.1"), ("asyncapi", "asyncapi", "3.")):
            async with anybody.get(f"/api/v1/{path}.json") as answer:
                assert (await answer.json())[key].startswith(version)


@pytest.mark.parametrize("path", ["/", "/login", "/status", "/docs", "/api/v1/auth/me", "/api/v1/nowhere"])
async def test_every_answer_tells_the_browser_what_it_may_do(belfry: Belfry, path: str) -> None:
    """Own scripts only, framed by nobody, nothing guessed, no versions told."""
    async with aiohttp.ClientSession(belfry.url) as anybody, anybody.get(path) as answer:
        headers = answer.headers
    assert "script-src 'self'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "'unsafe-inline'" not in re.findall(r"script-src [^;]*", headers["Content-Security-Policy"])[0]
    assert (headers["X-Content-Type-Options"], headers["X-Frame-Options"]) == ("nosniff", "DENY")
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Server"] == "Belfry"


async def test_the_session_is_out_of_reach_of_scripts(open_page: OpenPage, belfry: Belfry) -> None:
    """The cookie of a session is HttpOnly and of this site only; without the CSRF token it changes nothing."""
    page = await open_page()
    credentials = {"username": "admin", "password": PASSWORD}
    assert (await page.request.post("/api/v1/auth/login", data=credentials)).ok
    cookie = next(one for one in await page.context.cookies() if one["name"] == "belfry_session")
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")
    assert (await page.request.post("/api/v1/auth/logout")).status == 403
    assert (await page.request.get("/api/v1/auth/me")).ok

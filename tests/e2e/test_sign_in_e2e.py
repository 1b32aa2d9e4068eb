"""Who one is and what one may do, from the sign-in page to the last button."""

import asyncio
import re

import aiohttp
from playwright.async_api import Page, expect

from tests.e2e.board import MARKS, SERVICES, WAIT_MS, card
from tests.e2e.conftest import OpenPage
from tests.e2e.started import PASSWORD, Belfry, sign_in
from tests.fixtures.oidc import LocalProvider

pytestmark = MARKS

LONG_ENOUGH_SECONDS = 4  # for the page to be seen counting, on a slow machine too
LOGIN = "/api/v1/auth/login"
WANTED = "/admin/health?view=table&q=ledger"


async def submit(page: Page, name: str, password: str) -> None:
    await page.get_by_label("Name").fill(name)
    await page.get_by_label("Password", exact=True).fill(password)
    await page.get_by_role("button", name="Sign in", exact=True).click()


async def test_signing_in_leads_to_the_page_one_wanted_and_signing_out_ends_it(stranger: Page) -> None:
    """A link is followed after signing in; nobody learns from a refusal which half was wrong."""
    await stranger.goto(WANTED)
    await expect(stranger).to_have_url(re.compile(r"/login\?next=%2Fadmin%2Fhealth%3Fview%3Dtable%26q%3Dledger$"))
    for name in ("admin", "nobody"):
        await submit(stranger, name, "not the password")
        await expect(stranger.get_by_role("alert")).to_have_text(
            "Name or password is wrong, or the account is disabled."
        )
    await submit(stranger, "admin", PASSWORD)
    await expect(stranger).to_have_url(re.compile(re.escape(WANTED) + "$"))
    await expect(stranger.get_by_role("row", name=re.compile("ledger"))).to_be_visible()

    await stranger.get_by_role("button", name=re.compile("signed in as admin")).click()
    await stranger.get_by_role("button", name="Sign out", exact=True).click()
    await expect(stranger).to_have_url(re.compile("/login"))
    await stranger.goto("/admin/settings/users")
    await expect(stranger.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()


async def test_people_of_the_company_sign_in_at_its_provider(
    stranger: Page, page: Page, provider: LocalProvider
) -> None:
    """There and back to the page one wanted, as who the provider says one is; who has no role there reads why."""
    provider.person = {"sub": "u-1", "preferred_username": "ana.o", "groups": ["guests"]}
    await stranger.goto(WANTED)
    await stranger.get_by_role("link", name="Sign in with Example ID", exact=True).click()
    await stranger.get_by_role("link", name="Go on as ana", exact=True).click()
    await expect(stranger.get_by_role("alert")).to_contain_text("none of your groups has a role here")

    provider.person["groups"] = ["staff"]
    await stranger.goto(WANTED)
    await stranger.get_by_role("link", name="Sign in with Example ID", exact=True).click()
    await stranger.get_by_role("link", name="Go on as ana", exact=True).click()
    await expect(stranger).to_have_url(re.compile(re.escape(WANTED) + "$"))
    await page.goto("/admin/settings/users")
    await expect(page.get_by_role("row", name=re.compile("ana.o"))).to_contain_text("Example ID")

    await stranger.get_by_role("button", name=re.compile("signed in as ana.o")).click()
    await stranger.get_by_role("button", name="Sign out").click()
    await expect(stranger.get_by_role("heading", name="Sign in")).to_be_visible()
    assert provider.asked["/logout"] == 1
    await stranger.goto("/admin/settings/users")
    await expect(stranger.get_by_role("heading", name="Sign in")).to_be_visible()


async def test_too_many_tries_are_counted_down(stranger: Page, api: aiohttp.ClientSession) -> None:
    """429 with Retry-After; the page waits for it and then lets one try again."""
    await stranger.clock.install()
    await stranger.goto("/login")
    for _ in range(20):
        async with api.post(LOGIN, json={"username": "mallory", "password": "guess"}) as answer:
            wait_seconds = int(answer.headers.get("Retry-After", "0"))
        if wait_seconds > LONG_ENOUGH_SECONDS:
            break
        await asyncio.sleep(wait_seconds)
    else:
        raise AssertionError("twenty wrong tries in a row were all looked at")
    wait_seconds = 0
    while wait_seconds < LONG_ENOUGH_SECONDS:  # a page that came too late made the wait of the next try longer
        async with stranger.expect_response(f"**{LOGIN}") as answered:
            await submit(stranger, "mallory", "guess")
        wait_seconds = int((await answered.value).headers.get("retry-after", "0"))
    button = stranger.get_by_role("button", name=re.compile(r"Again in \d+ s"))
    await expect(button).to_be_disabled()
    await expect(stranger.get_by_role("alert")).to_have_text(re.compile(r"Too many tries\. Again in \d+ s\."))
    await stranger.clock.fast_forward(1000 * (wait_seconds + 1))
    await expect(stranger.get_by_role("button", name="Sign in", exact=True)).to_be_enabled(timeout=WAIT_MS)


async def test_a_session_that_ends_keeps_what_was_typed(stranger: Page) -> None:
    """Over the page comes a dialog to sign in again; the form behind it is as it was."""
    await stranger.goto("/login?next=/admin/health?panel%3Dadd")
    await submit(stranger, "admin", PASSWORD)
    await stranger.get_by_role("button", name=re.compile("^TCP")).click()
    await stranger.get_by_label("Name", exact=True).fill("Half typed")
    await stranger.get_by_label("Host").fill("localhost")
    await stranger.context.clear_cookies()
    # As an event, since a poll of the page may find out first and cover the button with the dialog.
    await stranger.get_by_role("button", name="Try it", exact=True, include_hidden=True).dispatch_event("click")

    dialog = stranger.get_by_role("dialog", name="Your session ended", exact=True)
    await dialog.get_by_label("Password", exact=True).fill(PASSWORD)
    await dialog.get_by_role("button", name="Sign in", exact=True).click()
    await expect(dialog).to_be_hidden()
    await expect(stranger.get_by_label("Name", exact=True)).to_have_value("Half typed")
    await expect(stranger.get_by_label("Host")).to_have_value("localhost")


async def test_a_viewer_made_in_the_browser_reads_and_changes_nothing(page: Page, open_page: OpenPage) -> None:
    """The first password has to be replaced; what a role may not do says why, and the server refuses it."""
    await page.goto("/admin/settings/users")
    await page.get_by_role("button", name="Add user", exact=True).click()
    form = page.get_by_role("dialog", name="Add user", exact=True)
    await form.get_by_label("Name").fill("vera")
    first_password = await form.get_by_label("First password").input_value()
    await form.get_by_role("button", name="Add user", exact=True).click()
    await expect(page.get_by_role("row", name=re.compile("vera"))).to_contain_text("Must change password")

    viewer = await open_page()
    await sign_in(viewer, "vera", first_password, lands_on="**/login/password**")
    await viewer.get_by_label("Current password").fill(first_password)
    await viewer.get_by_label("New password", exact=True).fill(PASSWORD)
    await viewer.get_by_label("New password again").fill(PASSWORD)
    await viewer.get_by_role("button", name="Save password", exact=True).click()
    await viewer.wait_for_url("**/admin")

    await viewer.goto("/admin/health?view=grid&open=ledger")
    add = viewer.get_by_role("button", name="Add service", exact=True)
    await expect(add).to_have_attribute("aria-disabled", "true")
    await add.hover()
    await expect(viewer.get_by_role("tooltip").filter(has_text="Needs the admin role")).to_be_visible()
    check = card(viewer, "ledger").get_by_role("button", name="Check now: ledger", exact=True).first
    await expect(check).to_have_attribute("aria-description", "Needs the operator role")

    token = (await (await viewer.request.get("/api/v1/auth/me")).json())["csrf_token"]
    for method, path in (("POST", f"{SERVICES}/ledger/check"), ("DELETE", f"{SERVICES}/ledger")):
        answer = await viewer.request.fetch(path, method=method, headers={"X-CSRF-Token": token})
        assert (answer.status, answer.headers["content-type"]) == (403, "application/problem+json")


async def test_a_token_made_in_the_browser_works_until_it_is_revoked(page: Page, belfry: Belfry) -> None:
    """Its secret is shown once; it reads as a viewer, does no more, and ends with one click."""
    await page.goto("/admin/settings/tokens")
    await page.get_by_role("button", name="Create token", exact=True).click()
    form = page.get_by_role("dialog", name="Create token", exact=True)
    await form.get_by_label("Name").fill("Deploy pipeline")
    await form.get_by_label("Role").select_option("viewer")
    await form.get_by_role("button", name="Create token", exact=True).click()
    secret = await page.get_by_role("dialog", name="Store the secret now", exact=True).locator("code").inner_text()
    await page.get_by_role("button", name="I have stored it", exact=True).click()

    async with aiohttp.ClientSession(belfry.url, headers={"Authorization": f"Bearer {secret}"}) as program:
        assert (await program.get(SERVICES)).status == 200
        assert (await program.post(f"{SERVICES}/ledger/check")).status == 403
        await page.get_by_role("button", name="Revoke Deploy pipeline", exact=True).click()
        await page.get_by_role("button", name="Revoke", exact=True).click()
        await expect(page.get_by_role("row", name=re.compile("Deploy pipeline"))).to_have_count(0)
        assert (await program.get(SERVICES)).status == 401

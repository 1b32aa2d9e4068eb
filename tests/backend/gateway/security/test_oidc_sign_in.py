"""Signing in at the provider: the code flow with PKCE over HTTP, and everything that must not get in by it."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from gateway.app import create_app
from gateway.auth.oidc.flow import own_path
from gateway.settings import GatewaySettings
from shared.process import USAGE_ERROR
from tests.backend.gateway.conftest import AUTOMATION, Client
from tests.backend.gateway.security.conftest import CALLBACK, HOME, StartWithProvider, provider_of
from tests.fixtures.oidc import CLIENT_ID, LocalProvider
from tests.fixtures.waiting import until

START, ME, METHODS = "/api/v1/auth/oidc/start", "/api/v1/auth/me", "/api/v1/auth/methods"
AUDIT, LOGIN = "/api/v1/auth/audit", "/login?refused="


async def begin(client: Client, **query: str) -> str:
    """The address at the provider that the browser is sent to."""
    answer = await client.get(START, params=query, allow_redirects=False)
    assert (answer.status, answer.headers["Cache-Control"]) == (303, "no-store")
    return answer.headers["Location"]


async def approve(address: str) -> str:
    """The person says yes there; where the browser is sent back to, as a path of ours."""
    address = address.replace("/authorize?", "/approve?")
    async with aiohttp.ClientSession() as http, http.get(address, allow_redirects=False) as answer:
        assert answer.status == 302, await answer.text()
        back = answer.headers["Location"]
    assert back.startswith(f"{HOME}{CALLBACK}?")
    return back.removeprefix(HOME)


async def come_back(client: Client, path: str, **more: Any) -> str:
    """Where the browser is in the end."""
    answer = await client.get(path, allow_redirects=False, **more)
    assert answer.status == 303, await answer.text()
    return answer.headers["Location"]


async def test_signing_in_at_the_provider_gives_a_session_like_any_other(
    start_with_provider: StartWithProvider, provider: LocalProvider
) -> None:
    """State, nonce and challenge go out, the code comes back once; cookie, CSRF, sign-out and trail are as usual."""
    client = await start_with_provider()
    methods = await (await client.get(METHODS)).json()
    assert methods == {"oidc": {"name": "Example ID", "start_at": START}}

    address = await begin(client, next="/admin/health?view=table")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert (asked["redirect_uri"], asked["client_id"]) == (HOME + CALLBACK, CLIENT_ID)
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3
    back = await approve(address)
    assert await come_back(client, back) == "/admin/health?view=table"

    me = await (await client.get(ME)).json()
    assert (me["user"]["name"], me["user"]["role"], me["user"]["source"]) == ("ana", "admin", "oidc")
    assert me["sign_out_at"].startswith(f"{provider.issuer}/logout?client_id=belfry&post_logout_redirect_uri=https%3A")
    unsafe = {"label": "x", "role": "viewer"}
    assert (await client.post("/api/v1/auth/tokens", json=unsafe)).status == 403
    csrf = {"X-CSRF-Token": me["csrf_token"]}
    assert (await client.post("/api/v1/auth/tokens", json=unsafe, headers=csrf)).status == 201
    change = {"current_password": "whatever it was", "new_password": "a longer and better one"}
    assert (await client.post("/api/v1/auth/password", json=change, headers=csrf)).status == 409

    assert await come_back(client, back) == f"{LOGIN}expired", "an answer of the provider counts once"
    assert (await client.get(ME)).status == 200
    assert (await client.post("/api/v1/auth/logout", headers=csrf)).status == 204
    assert (await client.get(ME)).status == 401
    trail = (await (await client.get(AUDIT, params={"action": "callback"}, headers=AUTOMATION)).json())["entries"]
    assert [(entry["actor"], entry["outcome"], entry["role"]) for entry in trail] == [("ana", "done", "admin")]


async def test_a_session_of_the_provider_ends_when_the_settings_say(
    start_with_provider: StartWithProvider, provider: LocalProvider
) -> None:
    client = await start_with_provider(oidc_session_hours=1)

    answer = await client.get(await approve(await begin(client)), allow_redirects=False)

    cookies = answer.headers.getall("Set-Cookie")
    session = next(cookie for cookie in cookies if cookie.startswith("belfry_session="))
    assert all(word in session for word in ("HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=3600"))
    assert any(cookie.startswith('belfry_oidc=""') for cookie in cookies)


async def test_who_is_not_let_in_reads_why(start_with_provider: StartWithProvider, provider: LocalProvider) -> None:
    """No role, a name that is taken, disabled: each has a reason of its own, no session, and stands in the trail."""
    client = await start_with_provider()

    async def ends_at(**claims: Any) -> str:
        provider.spoiled = claims
        return await come_back(client, await approve(await begin(client)))

    assert await ends_at(groups=["guests"]) == f"{LOGIN}no_role"
    assert await ends_at(preferred_username="admin") == f"{LOGIN}name_taken"
    assert await ends_at(preferred_username="<b>") == f"{LOGIN}no_name"
    assert await ends_at(nonce="of another sign-in") == f"{LOGIN}invalid"
    assert await ends_at(aud="somebody-else") == f"{LOGIN}invalid"
    assert await ends_at(azp="somebody-else") == f"{LOGIN}invalid"
    assert await ends_at(iss="https://evil.example") == f"{LOGIN}invalid"
    assert (await client.get(ME)).status == 401
    provider.person["groups"] = ["staff"]
    assert await ends_at() == "/admin"
    assert (await (await client.get(ME)).json())["user"]["role"] == "viewer"
    trail = (await (await client.get(AUDIT, params={"action": "callback"}, headers=AUTOMATION)).json())["entries"]
    assert [entry["outcome"] for entry in trail] == ["done", *["refused"] * 7]


async def test_a_lower_group_lowers_a_session_that_stands(
    start_with_provider: StartWithProvider, provider: LocalProvider
) -> None:
    """What the provider says at the next sign-in holds for every session and token of the person, on every gateway."""
    here, there = await start_with_provider(), await start_with_provider()
    await come_back(here, await approve(await begin(here)))
    assert (await (await here.get(ME)).json())["user"]["role"] == "admin"

    provider.person["groups"] = ["staff"]
    await come_back(there, await approve(await begin(there)))

    async def role() -> str:
        return str((await (await here.get(ME)).json())["user"]["role"])

    assert await until(role, "viewer".__eq__) == "viewer"


async def test_answers_that_nobody_asked_for_lead_nowhere(
    start_with_provider: StartWithProvider, provider: LocalProvider
) -> None:
    """Another browser, a changed or missing state, another issuer, an error, a code of somebody else."""
    client, other = await start_with_provider(), await start_with_provider()
    back = await approve(await begin(client))
    code = parse_qs(urlsplit(back).query)["code"][0]

    assert await come_back(other, back) == f"{LOGIN}expired", "another browser brings no cookie"
    await begin(other)
    assert await come_back(other, back) == f"{LOGIN}expired", "nor with a cookie of its own"
    assert await come_back(client, f"{CALLBACK}?code={code}&state=guessed") == f"{LOGIN}expired"
    assert await come_back(client, f"{CALLBACK}?code={code}") == f"{LOGIN}expired"
    assert await come_back(client, CALLBACK) == f"{LOGIN}expired"
    assert await come_back(client, back) == "/admin", "the one it belongs to"

    async def state() -> str:
        return parse_qs(urlsplit(await begin(client)).query)["state"][0]

    issuer = f"&iss={provider.issuer}"
    for rest, reason in (
        (f"&error=access_denied{issuer}", "denied"),
        (f"&error=server_error{issuer}", "provider"),
        (f"&code={code}&iss=https://evil.example", "invalid"),
        (f"&code={code}", "invalid"),
        (f"&code={code}{issuer}", "provider"),
        (f"&code=unknown{issuer}", "provider"),
        (issuer, "provider"),
    ):
        assert await come_back(client, f"{CALLBACK}?state={await state()}{rest}") == LOGIN + reason
    twice = await client.get(f"{CALLBACK}?state=a&state=b", allow_redirects=False)
    long = await client.get(f"{CALLBACK}?state={'x' * 5000}", allow_redirects=False)
    assert [twice.status, long.status] == [422, 422]


@pytest.mark.parametrize(
    ("wanted", "leads_to"),
    [
        ("/admin/health?q=a%20b&open=x#top", "/admin/health?q=a%20b&open=x%23top"),
        ("/admin/ä", "/admin/%C3%A4"),
        *[
            (bad, "/admin")
            for bad in (
                "https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example",
                "/\r\nSet-Cookie: a=b", "javascript:alert(1)", "", "evil", "/api/v1/auth/oidc/start",
            )
        ],
    ],
)  # fmt: skip
def test_after_signing_in_one_is_on_a_page_of_ours(wanted: str, leads_to: str) -> None:
    assert own_path(wanted) == leads_to


async def test_while_the_provider_is_away_a_sign_in_says_so(
    start_with_provider: StartWithProvider, provider: LocalProvider
) -> None:
    client = await start_with_provider()
    back = await approve(await begin(client))

    provider.away = True

    assert await come_back(client, back) == f"{LOGIN}provider"
    assert provider_of(client).known is not None


async def test_without_a_provider_there_is_nothing_to_start(gateway: Client) -> None:
    assert await (await gateway.get(METHODS)).json() == {"oidc": None}
    assert [(await gateway.get(path, allow_redirects=False)).status for path in (START, CALLBACK)] == [404, 404]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "BELFRY_OIDC_CLIENT_ID, BELFRY_PUBLIC_URL, one of BELFRY_OIDC_ADMINS"),
        ({"oidc_client_id": "belfry", "public_url": HOME}, "one of BELFRY_OIDC_ADMINS"),
        ({"oidc_client_id": "belfry", "oidc_admins": ("a",)}, "BELFRY_PUBLIC_URL"),
    ],
)
def test_a_provider_that_is_half_described_is_refused_at_the_start(
    given: dict[str, Any], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        create_app(GatewaySettings(oidc_issuer="https://id.example", **given))

    assert ended.value.code == USAGE_ERROR
    assert words in capsys.readouterr().err


async def test_sign_ins_that_nobody_ends_are_bounded(start_with_provider: StartWithProvider) -> None:
    """After a hundred from one network the next waits; what is left over goes by itself."""
    client = await start_with_provider()
    statuses = [(await client.get(START, allow_redirects=False)).status for _ in range(101)]

    assert statuses == [*[303] * 100, 429]


def test_the_secret_of_the_client_is_shown_nowhere() -> None:
    assert "hunter2" not in repr(GatewaySettings(oidc_client_secret="hunter2"))

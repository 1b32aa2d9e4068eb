"""Who may do what: every row of the route tables, every role, closed by default."""

import re

import pytest

from gateway.auth import identity
from gateway.auth.gatekeeper import GATEKEEPER
from gateway.operations import OPEN, OPERATIONS
from gateway.routes import ROUTES
from shared.contracts.wire import ROLES
from tests.backend.gateway.conftest import AUTOMATION, Client, HealthOnBus, StartGateway, sign_in, token_of
from tests.fixtures.waiting import until

CLOSED = [route for route in ROUTES if route.access != "public"]


def filled(path: str) -> str:
    return re.sub(r"{\w+}", "some-id", path)


async def test_nobody_uses_an_operation_without_signing_in(gateway: Client) -> None:
    statuses = {
        route.summary: (await gateway.request(route.method, filled(route.path), json={})).status for route in CLOSED
    }

    assert {summary: status for summary, status in statuses.items() if status != 401} == {}


async def test_each_role_does_what_is_its_own_and_no_more(
    gateway: Client, health_on_bus: HealthOnBus, others_on_bus: None
) -> None:
    """Each operation, as each role: 403 exactly when the role is too low."""
    tokens = {role: await token_of(gateway, role) for role in ROLES}
    wrong = []
    for route in CLOSED:
        for role in ROLES:
            answer = await gateway.request(route.method, filled(route.path), json={}, headers=tokens[role])
            refused = answer.status == 403 and (await answer.json()).get("code") == "role"
            needs = ROLES.index(route.access) if route.access != "self" else 0
            if refused != (ROLES.index(role) < needs) or answer.status >= 500:
                wrong.append(f"{role} {route.method} {route.path}: {answer.status}")
    assert wrong == []


async def test_every_route_names_who_may_use_it(gateway: Client) -> None:
    app = gateway.app
    assert app is not None
    unnamed = [
        route for route in app.router.routes() if route not in app[OPERATIONS] and route.resource not in app[OPEN]
    ]

    assert unnamed == []


async def test_pages_and_probes_answer_to_a_look_at_their_head(gateway: Client) -> None:
    for path in ("/healthz", "/docs", "/api/v1/openapi.json"):
        assert (await gateway.head(path)).status == 200


async def test_a_route_that_names_no_role_lets_nobody_in(start_gateway: StartGateway) -> None:
    client = await start_gateway()
    app = client.app
    assert app is not None
    forgotten = next(route for route in app[OPERATIONS] if app[OPERATIONS][route].path == "/api/v1/auth/me")
    del app[OPERATIONS][forgotten]

    answer = await client.get("/api/v1/auth/me", headers=AUTOMATION)

    assert answer.status == 403


async def test_an_unsafe_request_by_cookie_must_repeat_the_csrf_token(gateway: Client) -> None:
    headers = await sign_in(gateway)
    body = {"label": "x", "role": "viewer"}

    without = await gateway.post("/api/v1/auth/tokens", json=body)
    wrong = await gateway.post("/api/v1/auth/tokens", json=body, headers={"X-CSRF-Token": "0" * 64})
    right = await gateway.post("/api/v1/auth/tokens", json=body, headers=headers)

    assert [without.status, wrong.status, right.status] == [403, 403, 201]
    assert (await without.json())["code"] == "csrf"


@pytest.mark.parametrize(
    ("header", "value"),
    [("Origin", "https://evil.example"), ("Origin", "null"), ("Origin", "http://["), ("Sec-Fetch-Site", "cross-site")],
)
async def test_another_sites_page_cannot_even_sign_in(gateway: Client, header: str, value: str) -> None:
    body = {"username": "admin", "password": "whatever it is"}

    answer = await gateway.post("/api/v1/auth/login", json=body, headers={header: value})

    assert (answer.status, (await answer.json())["code"]) == (403, "origin")


async def test_the_public_address_is_an_own_origin(start_gateway: StartGateway) -> None:
    client = await start_gateway(public_url="https://belfry.example")

    answer = await client.post("/api/v1/auth/logout", headers={**AUTOMATION, "Origin": "https://belfry.example"})

    assert (await answer.json()).get("code") != "origin"


async def test_a_token_revoked_on_one_gateway_is_refused_by_all(
    start_gateway: StartGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identity, "CACHE_SECONDS", 600.0)  # it does not end by itself
    one, other = await start_gateway(), await start_gateway()
    headers = await token_of(one, "viewer")
    assert (await other.get("/api/v1/auth/me", headers=headers)).status == 200
    token_id = (await (await one.get("/api/v1/auth/tokens", headers=AUTOMATION)).json())["tokens"][0]["id"]

    revoked = await one.delete(f"/api/v1/auth/tokens/{token_id}", headers=AUTOMATION)

    assert revoked.status == 204
    assert (await one.get("/api/v1/auth/me", headers=headers)).status == 401

    async def status() -> int:
        return (await other.get("/api/v1/auth/me", headers=headers)).status

    await until(status, (401).__eq__)


async def test_bad_bearer_tokens_are_refused(gateway: Client) -> None:
    for value in ("Bearer", "Bearer bf_unknown", "Bearer \udcff\udcfe", "Basic YTpi", f"Bearer {'x' * 4000}"):
        assert (await gateway.get("/api/v1/auth/me", headers={"Authorization": value})).status == 401
    assert gateway.app is not None
    assert gateway.app[GATEKEEPER].cache.get("") is None


async def test_unknown_paths_and_methods_are_problems(gateway: Client) -> None:
    missing = await gateway.get("/api/v1/nothing")
    method = await gateway.get("/api/v1/auth/login")

    assert (missing.status, method.status) == (404, 405)
    assert method.headers["Allow"] == "POST"
    assert {missing.content_type, method.content_type} == {"application/problem+json"}

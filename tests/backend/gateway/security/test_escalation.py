"""Every operation of the route table against everyone who should not use it, and every way around the table."""

import re
from collections.abc import Mapping
from typing import Any

import pytest
from yarl import URL

from gateway.auth.gatekeeper import GATEKEEPER
from gateway.auth.identity import hash_of, new_secret
from gateway.auth.sessions import COOKIE, add_session
from gateway.operations import ADMIN
from gateway.routes import ROUTES
from shared.contracts.wire import ROLES, Role
from tests.backend.gateway.conftest import AUTOMATION, PASSWORD, Client, HealthOnBus
from tests.backend.gateway.security.conftest import StartWithProvider, bearer
from tests.fixtures.oidc import LocalProvider

ENDS_IT = ("/auth/logout", "/auth/sessions")  # nobody is signed in after them
CLOSED = [route for route in ROUTES if route.access != "public" and not route.path.endswith(ENDS_IT)]
UNSAFE = [route for route in ROUTES if route.access != "public" and route.unsafe]
GROUPS: dict[Role, str] = {"viewer": "staff", "operator": "on-call", "admin": "belfry-admins"}

Headers = Mapping[str, str]


def path_of(route: Any) -> str:
    return re.sub(r"{\w+}", "some-id", route.path)


async def session_of(client: Client, role: Role) -> dict[str, str]:
    """The headers of a browser that a person of this role has signed in with."""
    assert client.app is not None
    keeper, secret = client.app[GATEKEEPER], new_secret()
    await keeper.pool.execute(
        "INSERT INTO users (name, role, password_hash) VALUES ($1, $2, '-') ON CONFLICT DO NOTHING", f"a-{role}", role
    )
    await add_session(keeper.pool, hash_of(secret), f"a-{role}", "127.0.0.1", "tests")
    cookie = {"Cookie": f"{COOKIE}={secret}"}
    me = await (await client.get("/api/v1/auth/me", headers=cookie)).json()
    return {**cookie, "X-CSRF-Token": me["csrf_token"]}


async def refusals(client: Client, headers: Headers, routes: list[Any]) -> dict[str, str]:
    """For each route the status, and the code of a refusal."""
    found = {}
    for route in routes:
        answer = await client.request(route.method, path_of(route), json={}, headers=headers)
        body = await answer.json(content_type=None) if answer.status in (401, 403) else {}
        found[f"{route.method} {route.path}"] = f"{answer.status} {body.get('code', '')}".strip()
    return found


async def test_every_route_is_for_its_role_whoever_asks_and_however(
    start_with_provider: StartWithProvider,
    provider: LocalProvider,
    health_on_bus: HealthOnBus,
    others_on_bus: None,
) -> None:
    """Sessions of people and tokens of the provider, of each role, on every operation: refused exactly when the role
    is too low; nothing fails."""
    client = await start_with_provider()
    wrong = []
    for role in ROLES:
        token = provider.token(sub=f"u-{role}", preferred_username=f"{role}-by-token", groups=[GROUPS[role]])
        for who, headers in (("session", await session_of(client, role)), ("token", bearer(token))):
            for operation, status in (await refusals(client, headers, CLOSED)).items():
                access = next(route.access for route in CLOSED if f"{route.method} {route.path}" == operation)
                too_low = access != "self" and ROLES.index(role) < ROLES.index(access)
                if (status == "403 role") != too_low or (status.startswith(("401", "5")) and "503" not in status):
                    wrong.append(f"{who} of {role}: {operation}: {status}")

    assert wrong == []


async def test_a_cookie_alone_changes_nothing(gateway: Client, health_on_bus: HealthOnBus) -> None:
    """Every operation that changes something, with the cookie of an admin: without the CSRF token, with a made-up one,
    and with the one of another session."""
    mine, others = await session_of(gateway, "admin"), await session_of(gateway, "admin")
    cookie = {"Cookie": mine["Cookie"]}
    for csrf in ({}, {"X-CSRF-Token": "0" * 64}, {"X-CSRF-Token": others["X-CSRF-Token"]}, {"X-CSRF-Token": ""}):
        statuses = await refusals(gateway, {**cookie, **csrf}, UNSAFE)
        assert {operation: status for operation, status in statuses.items() if status != "403 csrf"} == {}
    assert health_on_bus.asked == []


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
async def test_a_form_on_another_site_does_nothing(gateway: Client, kind: str) -> None:
    """What a page can send without asking beforehand: from another site 403, and nowhere is it JSON."""
    mine = await session_of(gateway, "admin")
    body = b'{"name": "eve", "role": "admin", "password": "one of mine, not yours"}'

    foreign = {**mine, "Content-Type": kind, "Origin": "https://evil.example"}
    by_hand = {**AUTOMATION, "Content-Type": kind}
    sandboxed = {"Cookie": mine["Cookie"], "Content-Type": kind, "Origin": "null"}

    statuses = [
        (await gateway.post("/api/v1/auth/users", data=body, headers=headers)).status
        for headers in (foreign, sandboxed, by_hand)
    ]
    assert statuses == [403, 403, 415]


WAYS_AROUND = (
    "/api/v1/auth/users/", "//api/v1/auth/users", "/api//v1/auth/users", "/API/V1/AUTH/USERS", "/api/v1/auth/./users",
    "/api/v1/auth/me/../users", "/api/v1/auth/me/..%2fusers", "/api%2fv1%2fauth%2fusers", "/api/v1/auth%2fusers",
    "/api/v1/auth/users%00", "/api/v1/auth/users;x=1", "/api/v1/auth/users%20", "/status/../api/v1/auth/users",
    "/docs/..%2fapi/v1/auth/users", "/api/v1/auth/users?x=/healthz", "/healthz/../api/v1/auth/users",
)  # fmt: skip
DISGUISES: tuple[Headers, ...] = (
    {"X-Original-URL": "/healthz"},
    {"X-Rewrite-URL": "/healthz"},
    {"X-HTTP-Method-Override": "GET"},
    {"X-Forwarded-User": "admin", "Remote-User": "admin", "X-Forwarded-For": "127.0.0.1"},
    {"Cookie": f"{COOKIE}=1; {COOKIE}=2"},
    {"Cookie": f'{COOKIE}="\\"; DROP TABLE users'},
    {"Authorization": "Bearer null"},
    {"Authorization": "bearer automation"},
    {"Authorization": "Bearer  "},
)


async def test_there_is_no_way_around_the_table(gateway: Client) -> None:
    """Other spellings of a path, and headers that some proxies believe, give nobody the list of users."""
    requests: list[tuple[str, Headers]] = [(path, {}) for path in WAYS_AROUND] + [
        ("/api/v1/auth/users", headers) for headers in DISGUISES
    ]
    given = {}
    for path, headers in requests:
        address = URL(str(gateway.make_url("/")).rstrip("/") + path, encoded=True)
        answer = await gateway.session.get(address, headers=headers)
        told = "must_change_password" in await answer.text()
        page = answer.content_type == "text/html"  # of the application, built or not
        if told or not (page or answer.status in (401, 404)):
            given[path, str(headers)] = answer.status

    assert given == {}


async def test_a_session_that_somebody_chose_is_not_begun(gateway: Client) -> None:
    """The secret of a session is made at the sign-in, each time anew, whatever cookie the browser came with."""
    chosen = {"Cookie": f"{COOKIE}=chosen-by-somebody-else"}
    login = {"username": "admin", "password": PASSWORD}

    first = await gateway.post("/api/v1/auth/login", json=login, headers=chosen)
    given = first.cookies[COOKIE].value
    gateway.session.cookie_jar.clear()
    again = await gateway.post("/api/v1/auth/login", json=login, headers={"Cookie": f"{COOKIE}={given}"})
    gateway.session.cookie_jar.clear()

    assert len({"chosen-by-somebody-else", given, again.cookies[COOKIE].value}) == 3
    assert (await gateway.get("/api/v1/auth/me", headers=chosen)).status == 401


def test_everything_below_admin_needs_a_role() -> None:
    assert [route.path for route in ROUTES if route.path.startswith(ADMIN) and route.access in ("public", "self")] == []

"""Signing in with name and password, over HTTP, with real PostgreSQL and NATS."""

import asyncio

from tests.backend.gateway.conftest import PASSWORD, Client, StartGateway, sign_in, token_of

LOGIN, ME = "/api/v1/auth/login", "/api/v1/auth/me"


async def test_the_first_admin_signs_in_and_is_known(gateway: Client) -> None:
    await sign_in(gateway)

    me = await (await gateway.get(ME)).json()

    assert (me["user"]["name"], me["user"]["role"], me["user"]["must_change_password"]) == ("admin", "admin", False)
    assert me["expires_at"] is not None


async def test_the_cookie_is_for_this_site_only_and_out_of_reach_of_scripts(gateway: Client) -> None:
    answer = await gateway.post(
        LOGIN, json={"username": "admin", "password": PASSWORD}, headers={"X-Forwarded-Proto": "https"}
    )

    cookie = answer.headers["Set-Cookie"]

    assert cookie.startswith("belfry_session=")
    assert all(word in cookie for word in ("HttpOnly", "SameSite=Lax", "Path=/", "Secure", "Max-Age=604800"))


async def test_both_wrong_halves_give_the_same_answer(gateway: Client) -> None:
    wrong_name = await gateway.post(LOGIN, json={"username": "nobody", "password": PASSWORD})
    wrong_password = await gateway.post(LOGIN, json={"username": "admin", "password": "not it at all"})

    first, second = await wrong_name.json(), await wrong_password.json()

    assert (wrong_name.status, wrong_password.status) == (401, 401)
    assert {**first, "instance": ""} == {**second, "instance": ""}
    assert wrong_name.headers["Content-Type"].startswith("application/problem+json")


async def test_nobody_gets_in_without_signing_in(gateway: Client) -> None:
    answer = await gateway.get(ME)
    assert answer.status == 401
    assert (await answer.json())["title"] == "Sign-in needed"


async def test_too_many_tries_must_wait_and_the_wait_is_told(gateway: Client) -> None:
    for _ in range(5):
        await gateway.post(LOGIN, json={"username": "admin", "password": "not it at all"})

    answer = await gateway.post(LOGIN, json={"username": "admin", "password": PASSWORD})

    assert answer.status == 429
    assert int(answer.headers["Retry-After"]) >= 1
    assert (await answer.json())["retry_after_seconds"] == int(answer.headers["Retry-After"])


async def test_tries_at_the_same_time_are_all_counted(gateway: Client) -> None:
    tries = [gateway.post(LOGIN, json={"username": "admin", "password": f"wrong number {n}"}) for n in range(12)]
    statuses = [answer.status for answer in await asyncio.gather(*tries)]

    assert set(statuses) == {401, 429}
    assert statuses.count(401) <= 5


async def test_signing_out_ends_the_session(gateway: Client) -> None:
    headers = await sign_in(gateway)
    cookies = gateway.session.cookie_jar.filter_cookies(gateway.make_url("/"))
    cookie = {"Cookie": f"belfry_session={cookies['belfry_session'].value}"}

    out = await gateway.post("/api/v1/auth/logout", headers=headers)

    assert out.status == 204
    assert (await gateway.get(ME, headers=cookie)).status == 401


async def test_a_secret_counts_only_in_the_way_it_was_given_for(gateway: Client) -> None:
    """Also while who it is of is remembered: a cookie is no token, and a token no cookie."""
    token = await token_of(gateway, "viewer")
    await sign_in(gateway)
    cookies = gateway.session.cookie_jar.filter_cookies(gateway.make_url("/"))
    session = cookies["belfry_session"].value
    gateway.session.cookie_jar.clear()
    right = [{"Cookie": f"belfry_session={session}"}, token]
    wrong = [
        {"Authorization": f"Bearer {session}"},
        {"Cookie": f"belfry_session={token['Authorization'].removeprefix('Bearer ')}"},
    ]

    for _ in range(2):
        assert [(await gateway.get(ME, headers=headers)).status for headers in (*right, *wrong)] == [200, 200, 401, 401]


async def test_a_generated_password_must_be_changed_first(start_gateway: StartGateway) -> None:
    client = await start_gateway(admin_password_generated=True)
    headers = await sign_in(client)

    refused = await client.get("/api/v1/admin/health/services")
    weak = await client.post(
        "/api/v1/auth/password", json={"current_password": PASSWORD, "new_password": PASSWORD}, headers=headers
    )
    wrong = await client.post(
        "/api/v1/auth/password",
        json={"current_password": "no", "new_password": "a longer and better one"},
        headers=headers,
    )
    changed = await client.post(
        "/api/v1/auth/password",
        json={"current_password": PASSWORD, "new_password": "a longer and better one"},
        headers=headers,
    )
    me = await (await client.get(ME)).json()

    assert (refused.status, (await refused.json())["code"]) == (403, "must_change_password")
    assert (weak.status, (await weak.json())["errors"][0]["field"]) == (422, "new_password")
    assert (wrong.status, changed.status) == (403, 204)
    assert me["user"]["must_change_password"] is False
    assert (await client.get("/api/v1/auth/users")).status == 200


async def test_the_given_password_counts_only_while_there_is_no_user(start_gateway: StartGateway) -> None:
    await start_gateway()
    second = await start_gateway(admin_password="another password")

    answer = await second.post(LOGIN, json={"username": "admin", "password": "another password"})

    assert answer.status == 401
    await sign_in(second)


async def test_all_sessions_are_listed_and_ended_at_once(start_gateway: StartGateway) -> None:
    here, there = await start_gateway(), await start_gateway()
    headers = await sign_in(here)
    await sign_in(there)

    sessions = (await (await here.get("/api/v1/auth/sessions")).json())["sessions"]
    ended = await here.delete("/api/v1/auth/sessions", headers=headers)

    assert [session["current"] for session in sessions] == [True, False]
    assert sessions[0]["client_ip"] == "127.0.0.1"
    assert ended.status == 204
    assert (await here.get(ME)).status == 401


async def test_a_bad_login_body_names_every_field(gateway: Client) -> None:
    answer = await gateway.post(LOGIN, json={"username": "", "pasword": "x"})

    errors = {error["field"] for error in (await answer.json())["errors"]}

    assert answer.status == 422
    assert errors == {"username", "password", "pasword"}

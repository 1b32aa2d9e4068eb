"""Users, API tokens and the audit trail, over HTTP."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.backend.gateway.conftest import AUTOMATION, Client, HealthOnBus, StartGateway, sign_in, token_of

USERS, TOKENS, AUDIT = "/api/v1/auth/users", "/api/v1/auth/tokens", "/api/v1/auth/audit"
FIRST_PASSWORD = "a first one to change"


async def add_user(client: Client, name: str, role: str) -> Any:
    answer = await client.post(USERS, json={"name": name, "role": role, "password": FIRST_PASSWORD}, headers=AUTOMATION)
    assert answer.status == 201, await answer.text()
    return await answer.json()


async def test_a_user_is_added_changed_and_removed(gateway: Client) -> None:
    made = await add_user(gateway, "dana.o", "operator")
    again = await gateway.post(USERS, json={"name": "dana.o", "password": FIRST_PASSWORD}, headers=AUTOMATION)
    changed = await gateway.patch(f"{USERS}/dana.o", json={"role": "viewer"}, headers=AUTOMATION)
    names = [user["name"] for user in (await (await gateway.get(USERS, headers=AUTOMATION)).json())["users"]]
    removed = await gateway.delete(f"{USERS}/dana.o", headers=AUTOMATION)
    gone = await gateway.patch(f"{USERS}/dana.o", json={}, headers=AUTOMATION)

    assert (made["role"], made["must_change_password"]) == ("operator", True)
    assert (again.status, (await changed.json())["role"], names) == (409, "viewer", ["admin", "dana.o"])
    assert (removed.status, gone.status) == (204, 404)


async def test_the_last_admin_stays(gateway: Client) -> None:
    lowered = await gateway.patch(f"{USERS}/admin", json={"role": "operator"}, headers=AUTOMATION)
    disabled = await gateway.patch(f"{USERS}/admin", json={"disabled": True}, headers=AUTOMATION)
    removed = await gateway.delete(f"{USERS}/admin", headers=AUTOMATION)
    await add_user(gateway, "ana", "admin")

    assert [lowered.status, disabled.status, removed.status] == [409, 409, 409]
    assert (await removed.json())["code"] == "last_admin"
    assert (await gateway.delete(f"{USERS}/admin", headers=AUTOMATION)).status == 204


async def test_a_disabled_user_is_out_at_once_and_cannot_come_back(start_gateway: StartGateway) -> None:
    client, admin = await start_gateway(), await start_gateway()
    await add_user(admin, "kim", "viewer")
    await sign_in(client, "kim", FIRST_PASSWORD)

    await admin.patch(f"{USERS}/kim", json={"disabled": True}, headers=AUTOMATION)
    answer = await client.post("/api/v1/auth/login", json={"username": "kim", "password": FIRST_PASSWORD})

    assert answer.status == 401
    assert (await (await admin.get(USERS, headers=AUTOMATION)).json())["users"][1]["disabled"] is True


async def test_a_token_works_until_its_end_and_shows_when_it_was_used(gateway: Client) -> None:
    headers = await token_of(gateway, "viewer")

    me = await (await gateway.get("/api/v1/auth/me", headers=headers)).json()
    token = (await (await gateway.get(TOKENS, headers=AUTOMATION)).json())["tokens"][0]

    assert me["user"]["role"] == "viewer"
    assert me["csrf_token"] == ""
    assert (token["last_used_ip"], token["label"]) == ("127.0.0.1", "viewer")
    assert "secret" not in token


async def test_a_token_is_never_worth_more_than_its_maker(gateway: Client) -> None:
    operator = await token_of(gateway, "operator")
    past = (datetime.now(UTC) - timedelta(days=1)).isoformat()

    higher = await gateway.post(TOKENS, json={"label": "x", "role": "admin"}, headers=operator)
    ended = await gateway.post(TOKENS, json={"label": "x", "expires_at": past}, headers=operator)

    assert (higher.status, (await higher.json())["errors"][0]["field"]) == (422, "role")
    assert (ended.status, (await ended.json())["errors"][0]["field"]) == (422, "expires_at")


async def test_the_tokens_of_a_lowered_user_are_lowered_too(gateway: Client) -> None:
    await add_user(gateway, "dana", "admin")
    signed_in = await sign_in(gateway, "dana", FIRST_PASSWORD)
    await gateway.post(
        "/api/v1/auth/password",
        json={"current_password": FIRST_PASSWORD, "new_password": "quite another one"},
        headers=signed_in,
    )
    made = await gateway.post(TOKENS, json={"label": "deploy", "role": "admin"}, headers=signed_in)
    token = {"Authorization": f"Bearer {(await made.json())['secret']}"}
    gateway.session.cookie_jar.clear()
    before = await gateway.get(USERS, headers=token)

    await gateway.patch(f"{USERS}/dana", json={"role": "viewer"}, headers=AUTOMATION)

    assert before.status == 200
    assert (await gateway.get(USERS, headers=token)).status == 403


async def test_the_trail_tells_who_did_what_without_secrets(gateway: Client, health_on_bus: HealthOnBus) -> None:
    viewer = await token_of(gateway, "viewer")
    await gateway.put(
        "/api/v1/admin/health/services/ledger-db",
        json={
            "id": "ledger-db",
            "checks": [{"kind": "http", "url": "https://u:hunter2@x/", "headers": {"X-Api-Key": "hunter2"}}],
        },
        headers=AUTOMATION,
    )
    await gateway.delete("/api/v1/admin/health/services/search", headers=viewer)
    await gateway.post("/api/v1/auth/login", json={"username": "admin", "password": "hunter2 hunter2"})

    trail = await gateway.get(AUDIT, headers=AUTOMATION)
    entries = (await trail.json())["entries"]

    assert "hunter2" not in await trail.text()
    assert [(entry["actor"], entry["action"], entry["object"], entry["outcome"]) for entry in entries[:3]] == [
        ("admin", "POST /api/v1/auth/login", "admin", "refused"),
        (entries[1]["actor"], "DELETE /api/v1/admin/health/services/{service_id}", "search", "refused"),
        ("token:automation", "PUT /api/v1/admin/health/services/{service_id}", "ledger-db", "done"),
    ]
    assert "replication-lag" in entries[2]["before"]
    assert "https://u:***@x/" in entries[2]["after"]
    assert (entries[2]["client_ip"], entries[1]["role"]) == ("127.0.0.1", "viewer")


async def test_the_trail_is_filtered_and_paged(gateway: Client) -> None:
    for name in ("a", "b", "c"):
        await token_of(gateway, "viewer")
        await add_user(gateway, name, "viewer")

    first = await (await gateway.get(f"{AUDIT}?action=users&limit=2", headers=AUTOMATION)).json()
    rest = await (
        await gateway.get(f"{AUDIT}?action=users&limit=2&cursor={first['next_cursor']}", headers=AUTOMATION)
    ).json()
    bad = await gateway.get(f"{AUDIT}?cursor=x", headers=AUTOMATION)

    assert [entry["object"] for entry in first["entries"] + rest["entries"]] == ["c", "b", "a"]
    assert rest["next_cursor"] is None
    assert bad.status == 422

"""Services and maintenance by the health API: declared, changed, tried, removed; and every mistake named."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from shared.contracts.health.board import Board, ServiceDetail
from shared.contracts.health.maintenance import Maintenance
from tests.backend.api.conftest import Api
from tests.backend.api.services import HEALTH, SERVICES, create, detail, read, until_status, watched
from tests.fixtures.waiting import until

pytestmark = [pytest.mark.integration, pytest.mark.asyncio(loop_scope="module")]


async def test_lists_page_by_cursor(api: Api) -> None:
    await create(api, watched("paged", {"kind": "http", "url": f"{api.targets.at.http}/ok"}, interval_seconds=3600))
    for _ in range(3):
        async with api.admin.post(f"{SERVICES}/paged/check") as answer:
            assert answer.status == 200
    first = await read(api, f"{SERVICES}/paged/checks?limit=2", dict)
    rest = await read(api, f"{SERVICES}/paged/checks?limit=2&cursor={first['next_cursor']}", dict)
    ids = [r["id"] for r in first["runs"] + rest["runs"]]
    assert len(ids) == len(set(ids)) >= 3
    moments = [r["started_at"] for r in first["runs"] + rest["runs"]]
    assert moments == sorted(moments, reverse=True)
    failed = await read(api, f"{SERVICES}/paged/checks?result=fail", dict)
    assert failed["runs"] == []
    async with api.admin.get(f"{SERVICES}/paged/checks?cursor=nonsense") as answer:
        assert answer.status == 422
        assert (await answer.json())["errors"][0]["field"] == "cursor"


async def test_change_pause_and_removal(api: Api) -> None:
    spec = watched("edited", {"kind": "http", "url": f"{api.targets.at.http}/ok"})
    created = await create(api, spec)
    await until_status(api, "edited", "healthy")
    changed = {**spec, "name": "Edited", "paused": True}
    async with api.admin.put(
        f"{SERVICES}/edited", json=changed, headers={"If-Match": f'"{created.version}"'}
    ) as answer:
        assert answer.status == 200, await answer.text()
        paused = msgspec.json.decode(await answer.read(), type=ServiceDetail)
    assert (paused.service.name, paused.service.overlays, paused.service.status) == ("Edited", ["paused"], "unknown")
    async with api.admin.put(f"{SERVICES}/edited", json=spec, headers={"If-Match": f'"{created.version}"'}) as answer:
        assert answer.status == 412
    async with api.admin.put(f"{SERVICES}/edited", json=spec) as answer:
        assert answer.status == 200
    await until_status(api, "edited", "healthy")
    async with api.admin.delete(f"{SERVICES}/edited") as answer:
        assert answer.status == 204
    async with api.admin.get(f"{SERVICES}/edited") as answer:
        assert answer.status == 404
        assert answer.content_type == "application/problem+json"


async def test_every_bad_field_is_named_at_once(api: Api) -> None:
    bad = {
        "id": "Not An Id",
        "intervall_seconds": 5,
        "timeout_seconds": 0,
        "checks": [{"kind": "http", "url": "ftp://x"}, {"kind": "nope"}],
    }
    async with api.admin.post(SERVICES, json=bad) as answer:
        assert answer.status == 422
        fields = {e["field"] for e in (await answer.json())["errors"]}
    assert {"id", "intervall_seconds", "timeout_seconds", "checks[0].url", "checks[1].kind"} <= fields


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"dependencies": [{"id": "wrong"}]}, "dependencies[0].id"),
        ({"dependencies": [{"id": "a"}, {"id": "a"}]}, "dependencies[1].id"),
        ({"timeout_seconds": 9, "interval_seconds": 5}, "timeout_seconds"),
        (
            {"checks": [{"kind": "tcp", "host": "x", "port": 1}, {"kind": "tcp", "host": "x", "port": 2}]},
            "checks[1].name",
        ),
        ({"checks": [{"kind": "tcp", "host": "x", "port": 1, "expect": "("}]}, "checks[0].expect"),
        ({"checks": [{"kind": "heartbeat"}, {"kind": "heartbeat", "name": "b"}]}, "checks"),
        ({"checks": [{"kind": "http", "url": "http://x", "expect_body": "(?=a)"}]}, "checks[0].expect_body"),
        (
            {"checks": [{"kind": "http", "url": "http://x", "assertions": [{"path": "$["}]}]},
            "checks[0].assertions[0].path",
        ),
        ({"checks": [{"kind": "nats", "url": "nats://x", "service": "y"}]}, "checks[0].service"),
    ],
)
async def test_mistakes_between_fields_are_named(api: Api, change: dict[str, Any], field: str) -> None:
    spec = {"id": "wrong", "checks": [{"kind": "heartbeat"}], **change}
    async with api.admin.post(SERVICES, json=spec) as answer:
        assert answer.status == 422
        assert field in {e["field"] for e in (await answer.json())["errors"]}


async def test_conflicts_say_where_to_change(api: Api) -> None:
    await create(api, watched("twice", {"kind": "heartbeat"}))
    async with api.admin.post(SERVICES, json=watched("twice", {"kind": "heartbeat"})) as answer:
        assert answer.status == 409
    async with api.admin.put(f"{SERVICES}/twice", json=watched("other", {"kind": "heartbeat"})) as answer:
        assert answer.status == 422
    own = await until(lambda: detail(api, "belfry-nats"), lambda d: d.service.status == "healthy")
    async with api.admin.put(f"{SERVICES}/belfry-nats", json=msgspec.to_builtins(own.spec)) as answer:
        assert answer.status == 409
        assert "Belfry itself" in (await answer.json())["detail"]


@pytest.mark.parametrize("path", ["", "/history", "/checks"])
async def test_an_unknown_service_is_404(api: Api, path: str) -> None:
    async with api.admin.get(f"{SERVICES}/nobody{path}") as answer:
        assert answer.status == 404
    async with api.admin.post(f"{SERVICES}/nobody/check") as answer:
        assert answer.status == 404


async def test_try_runs_the_checks_and_stores_nothing(api: Api) -> None:
    spec = watched("tried", {"kind": "http", "url": f"{api.targets.at.http}/ok"})
    async with api.admin.post(f"{HEALTH}/try", json=spec) as answer:
        assert answer.status == 200
        assert (await answer.json())["result"] == "pass"
    async with api.admin.get(f"{SERVICES}/tried") as answer:
        assert answer.status == 404


async def test_maintenance_covers_is_listed_and_removed(api: Api) -> None:
    await create(api, watched("planned", {"kind": "http", "url": f"{api.targets.at.http}/status/500"}))
    window = {
        "title": "Upgrade",
        "service_ids": ["planned"],
        "starts_at": datetime.now(UTC).isoformat(),
        "duration_seconds": 600,
    }
    async with api.admin.post(f"{HEALTH}/maintenance", json=window) as answer:
        assert answer.status == 201, await answer.text()
        made = msgspec.json.decode(await answer.read(), type=Maintenance)
    assert made.active
    card = (await detail(api, "planned")).service
    assert (card.overlays, card.maintenance_until) == (["maintenance"], made.occurrence_ends_at)
    async with api.admin.put(f"{HEALTH}/maintenance/{made.id}", json={**window, "title": "Longer"}) as answer:
        assert (await answer.json())["spec"]["title"] == "Longer"
    assert made.id in [m["id"] for m in (await read(api, f"{HEALTH}/maintenance", dict))["maintenance"]]
    async with api.admin.delete(f"{HEALTH}/maintenance/{made.id}") as answer:
        assert answer.status == 204
    assert (await detail(api, "planned")).service.overlays == []
    async with api.admin.delete(f"{HEALTH}/maintenance/{made.id}") as answer:
        assert answer.status == 404
    async with api.admin.post(f"{HEALTH}/maintenance", json={**window, "rrule": "FREQ=SECONDLY"}) as answer:
        assert answer.status == 422
        assert (await answer.json())["errors"][0]["field"] == "rrule"


async def test_the_file_is_followed_and_a_bad_one_never_replaces_a_good_one(api: Api) -> None:
    good = f"services:\n  - id: from-file\n    checks: [{{kind: http, url: '{api.targets.at.http}/ok'}}]\n"
    api.config.write_text(good)
    found = await until(lambda: read(api, SERVICES, Board), lambda b: any(c.id == "from-file" for c in b.services))
    card = next(c for c in found.services if c.id == "from-file")
    assert (card.source.kind, card.source.path, card.source.line) == ("file", "belfry.yaml", 2)
    async with api.admin.delete(f"{SERVICES}/from-file") as answer:
        assert answer.status == 409
        assert "belfry.yaml line 2" in (await answer.json())["detail"]
    api.config.write_text(good.replace("url:", "uri:"))
    bad = await until(lambda: read(api, SERVICES, Board), lambda b: bool(b.config and b.config.errors))
    assert any(e.startswith("belfry.yaml:3: services[0].checks[0].uri") for e in bad.config.errors)
    assert any(c.id == "from-file" for c in bad.services)
    api.config.write_text("services: []\n")
    await until(
        lambda: read(api, SERVICES, Board),
        lambda b: not b.config.errors and all(c.id != "from-file" for c in b.services),
    )

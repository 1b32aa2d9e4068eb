"""The health API as a client sees it: gateway, bus, health_svc, database and targets are all real."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from shared.contracts.health.board import Board, ServiceDetail
from shared.contracts.health.graph import DependencyMap
from shared.contracts.health.history import HealthIncidents, UptimeHistory
from shared.contracts.health.maintenance import Maintenance
from shared.contracts.health.runs import CheckRun
from tests.backend.api.conftest import Api

pytestmark = [pytest.mark.integration, pytest.mark.asyncio(loop_scope="module")]

HEALTH = "/api/v1/admin/health"
SERVICES = f"{HEALTH}/services"
QUICK = {"interval_seconds": 1, "timeout_seconds": 1, "failure_threshold": 2, "success_threshold": 1}


def watched(service_id: str, *checks: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": service_id, **QUICK, "checks": list(checks), **more}


async def read(api: Api, path: str, type_: Any) -> Any:
    async with api.admin.get(path) as answer:
        body = await answer.read()
        assert answer.status == 200, body
        return msgspec.json.decode(body, type=type_)


async def create(api: Api, spec: dict[str, Any]) -> ServiceDetail:
    async with api.admin.post(SERVICES, json=spec) as answer:
        body = await answer.read()
        assert answer.status == 201, body
        return msgspec.json.decode(body, type=ServiceDetail)


async def until(
    api: Api, ask: Callable[[], Awaitable[Any]], holds: Callable[[Any], bool], seconds: float = 30.0
) -> Any:
    """Asks again after every event of health_svc, until the answer is as it should be."""
    async with asyncio.timeout(seconds):
        while True:
            api.news.clear()
            if holds(found := await ask()):
                return found
            await api.news.wait()


async def detail(api: Api, service_id: str) -> ServiceDetail:
    found: ServiceDetail = await read(api, f"{SERVICES}/{service_id}", ServiceDetail)
    return found


async def until_status(api: Api, service_id: str, status: str) -> ServiceDetail:
    found: ServiceDetail = await until(api, lambda: detail(api, service_id), lambda d: d.service.status == status)
    return found


async def test_board_has_every_service_failing_first(api: Api) -> None:
    """R2.1.1, I2.1.4: `{id, name, status, last_check, uptime_pct, dependencies[]}`, failed services on top."""
    await create(
        api,
        watched(
            "board-well", {"kind": "http", "url": f"{api.targets.at.http}/ok"}, dependencies=[{"id": "board-sick"}]
        ),
    )
    await create(api, watched("board-sick", {"kind": "http", "url": f"{api.targets.at.http}/status/500"}))
    await until_status(api, "board-sick", "down")
    await until_status(api, "board-well", "healthy")
    board: Board = await until(
        api,
        lambda: read(api, SERVICES, Board),
        lambda b: [c.effective for c in b.services if c.id.startswith("board-")] == ["down", "degraded"],
    )
    rank = {"down": 0, "degraded": 1, "unknown": 2, "healthy": 3}
    ranks = [rank[c.effective] for c in board.services if "maintenance" not in c.overlays]
    assert ranks == sorted(ranks)
    well = next(c for c in board.services if c.id == "board-well")
    assert (well.status, well.dependencies, well.root_causes) == ("healthy", ["board-sick"], ["board-sick"])
    assert well.last_check is not None
    async with api.admin.get(SERVICES) as answer:
        raw = (await answer.json())["services"][0]
    assert {"id", "name", "status", "last_check", "uptime_pct", "dependencies"} <= raw.keys()


async def test_check_now_runs_at_once_counts_and_is_listed(api: Api) -> None:
    """F2.1.4, I2.1.3: a check by hand answers with the real result, which is recorded."""
    await create(
        api, watched("by-hand", {"kind": "http", "url": f"{api.targets.at.http}/status/503"}, interval_seconds=3600)
    )
    started = datetime.now(UTC)
    async with api.admin.post(f"{SERVICES}/by-hand/check") as answer:
        assert answer.status == 200
        run = msgspec.json.decode(await answer.read(), type=CheckRun)
    assert datetime.now(UTC) - started < timedelta(seconds=5)
    assert (run.result, run.trigger) == ("fail", "manual")
    assert "503" in run.reason
    listed = await read(api, f"{SERVICES}/by-hand/checks", dict)
    assert run.id in [r["id"] for r in listed["runs"]]
    assert (await detail(api, "by-hand")).service.status == "down"


async def test_partial_failure_is_degraded_with_the_component_named(api: Api) -> None:
    """R2.1.3: one of two components fails: degraded, and it says which."""
    refused = {"kind": "tcp", "name": "queue", "host": "127.0.0.1", "port": api.targets.at.refused_port}
    await create(api, watched("partial", {"kind": "http", "name": "page", "url": f"{api.targets.at.http}/ok"}, refused))
    found = await until_status(api, "partial", "degraded")
    assert found.service.affected == ["queue"]
    assert "refused" in found.service.reason
    assert found.last_run is not None
    assert {c.component: c.result for c in found.last_run.components} == {"page": "pass", "queue": "fail"}
    assert found.why


async def test_history_is_thirty_days_of_time(api: Api) -> None:
    """F2.1.2, I2.1.2: thirty UTC days, today last; what was before the service has no data."""
    await create(api, watched("history", {"kind": "http", "url": f"{api.targets.at.http}/ok"}))
    await until_status(api, "history", "healthy")
    found: UptimeHistory = await until(
        api, lambda: read(api, f"{SERVICES}/history/history", UptimeHistory), lambda h: h.uptime_pct is not None
    )
    assert len(found.days) == 30
    assert found.days[-1].date == datetime.now(UTC).date().isoformat()
    assert (found.uptime_pct, found.days[-1].worst, found.days[0].worst) == (100.0, "healthy", "no_data")
    assert found.days[0].uptime_pct is None
    assert len((await read(api, f"{SERVICES}/history/history?days=7", UptimeHistory)).days) == 7


async def test_dependency_map_shows_own_and_effective_status(api: Api) -> None:
    """F2.1.3: the fault degrades its dependent, puts the next at risk, and is named as the root cause."""
    ok, broken = f"{api.targets.at.http}/ok", f"{api.targets.at.http}/status/500"
    await create(api, watched("map-c", {"kind": "http", "url": broken}))
    await create(api, watched("map-b", {"kind": "http", "url": ok}, dependencies=[{"id": "map-c"}]))
    await create(
        api,
        watched(
            "map-a",
            {"kind": "http", "url": ok},
            dependencies=[{"id": "map-b"}, {"id": "map-ghost", "kind": "optional"}],
        ),
    )
    found: DependencyMap = await until(
        api,
        lambda: read(api, f"{HEALTH}/dependencies", DependencyMap),
        lambda m: (
            {n.id: n.effective for n in m.nodes if n.id.startswith("map-")}
            == {"map-a": "healthy", "map-b": "degraded", "map-c": "down", "map-ghost": "unknown"}
        ),
    )
    nodes = {n.id: n for n in found.nodes}
    assert (nodes["map-b"].status, nodes["map-a"].at_risk, nodes["map-a"].root_causes) == ("healthy", True, ["map-c"])
    assert nodes["map-c"].is_root_cause
    assert not nodes["map-ghost"].known
    assert next(r for r in found.root_causes if r.members == ["map-c"]).affects == ["map-a", "map-b"]
    impaired = {(e.source, e.target): e.impaired for e in found.edges if e.source.startswith("map-")}
    assert impaired == {("map-a", "map-b"): True, ("map-a", "map-ghost"): False, ("map-b", "map-c"): True}
    top = await detail(api, "map-a")
    assert top.cause_path == ["map-a", "map-b", "map-c"]
    bottom = await detail(api, "map-c")
    assert [(i.id, i.via) for i in bottom.affects] == [("map-b", []), ("map-a", ["map-b"])]


async def test_recovery_closes_the_incident(api: Api) -> None:
    await api.targets.switch.set("fail")
    await create(api, watched("incident", {"kind": "http", "url": api.targets.switch.url}))
    await until_status(api, "incident", "down")
    path = f"{HEALTH}/incidents?service_id=incident"
    opened: HealthIncidents = await read(api, f"{path}&state=open", HealthIncidents)
    assert [(i.status, i.ended_at) for i in opened.incidents] == [("down", None)]
    assert (await detail(api, "incident")).service.incident_id == opened.incidents[0].id
    await api.targets.switch.set("ok")
    await until_status(api, "incident", "healthy")
    ended: HealthIncidents = await read(api, f"{path}&state=ended", HealthIncidents)
    assert [i.id for i in ended.incidents] == [opened.incidents[0].id]
    assert ended.incidents[0].duration_seconds > 0
    assert not (await read(api, f"{path}&state=open", HealthIncidents)).incidents


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
    own = await until(api, lambda: detail(api, "belfry-nats"), lambda d: d.service.status == "healthy")
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


async def test_the_first_heartbeat_makes_the_service_and_silence_takes_it_down(api: Api) -> None:
    beat = {"status": "pass", "interval_seconds": 1, "grace_seconds": 6}
    async with api.admin.post("/api/v1/heartbeats/nightly", json=beat) as answer:
        assert answer.status == 204, await answer.text()
    found = await until_status(api, "nightly", "healthy")
    assert (found.service.source.kind, found.service.kinds) == ("heartbeat", ["heartbeat"])
    late = await until_status(api, "nightly", "down")
    assert "Last heartbeat" in late.service.reason


async def test_the_file_is_followed_and_a_bad_one_never_replaces_a_good_one(api: Api) -> None:
    good = f"services:\n  - id: from-file\n    checks: [{{kind: http, url: '{api.targets.at.http}/ok'}}]\n"
    api.config.write_text(good)
    found = await until(api, lambda: read(api, SERVICES, Board), lambda b: any(c.id == "from-file" for c in b.services))
    card = next(c for c in found.services if c.id == "from-file")
    assert (card.source.kind, card.source.path, card.source.line) == ("file", "belfry.yaml", 2)
    async with api.admin.delete(f"{SERVICES}/from-file") as answer:
        assert answer.status == 409
        assert "belfry.yaml line 2" in (await answer.json())["detail"]
    api.config.write_text(good.replace("url:", "uri:"))
    bad = await until(api, lambda: read(api, SERVICES, Board), lambda b: bool(b.config and b.config.errors))
    assert any(e.startswith("belfry.yaml:3: services[0].checks[0].uri") for e in bad.config.errors)
    assert any(c.id == "from-file" for c in bad.services)
    api.config.write_text("services: []\n")
    await until(
        api,
        lambda: read(api, SERVICES, Board),
        lambda b: not b.config.errors and all(c.id != "from-file" for c in b.services),
    )


async def test_status_page_shows_only_what_is_public(api: Api) -> None:
    shown = {"public": True, "public_name": "The shop"}
    await create(api, watched("public-one", {"kind": "http", "url": f"{api.targets.at.http}/ok"}, **shown))
    await until_status(api, "public-one", "healthy")
    async with api.anyone() as stranger:
        async with stranger.get("/status.json") as answer:
            assert answer.status == 200
            page = await answer.json()
        assert [s["name"] for s in page["services"]] == ["The shop"]
        assert api.targets.at.http not in str(page)
        async with stranger.get("/badges/public-one.svg") as answer:
            assert answer.content_type == "image/svg+xml"
        async with stranger.get("/badges/by-hand.svg") as answer:
            assert answer.status == 404


async def test_without_a_session_nothing_is_told(api: Api) -> None:
    async with api.anyone() as stranger, stranger.get(SERVICES) as answer:
        assert answer.status == 401
        assert answer.content_type == "application/problem+json"


async def test_a_stopped_health_svc_is_503_naming_it(api: Api) -> None:
    """R2.1.2: the gateway says within a second that health_svc does not answer. The last test: it stays stopped."""
    await api.health.close()
    started = datetime.now(UTC)
    async with api.admin.get(SERVICES) as answer:
        assert answer.status == 503
        assert (await answer.json())["service"] == "health_svc"
    assert datetime.now(UTC) - started < timedelta(seconds=1)

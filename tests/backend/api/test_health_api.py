"""The health API as a client sees it: gateway, bus, health_svc, database and targets are all real."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from shared.contracts.health.board import Board
from shared.contracts.health.graph import DependencyMap
from shared.contracts.health.history import HealthIncidents, UptimeHistory
from shared.contracts.health.runs import CheckRun
from tests.backend.api.conftest import Api
from tests.backend.api.services import HEALTH, SERVICES, create, detail, read, until_status, watched
from tests.fixtures.waiting import until

pytestmark = [pytest.mark.integration, pytest.mark.asyncio(loop_scope="module")]


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
    async with api.admin.post(f"{SERVICES}/by-hand/check") as answer:
        assert answer.status == 200
        run = msgspec.json.decode(await answer.read(), type=CheckRun)
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
    asked_on = datetime.now(UTC).date()
    found: UptimeHistory = await until(
        lambda: read(api, f"{SERVICES}/history/history", UptimeHistory), lambda h: h.uptime_pct is not None
    )
    assert len(found.days) == 30
    assert found.days[-1].date in (asked_on.isoformat(), datetime.now(UTC).date().isoformat())
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


async def test_the_first_heartbeat_makes_the_service_and_silence_takes_it_down(api: Api) -> None:
    beat = {"status": "pass", "interval_seconds": 1, "grace_seconds": 6}
    async with api.admin.post("/api/v1/heartbeats/nightly", json=beat) as answer:
        assert answer.status == 204, await answer.text()
    found = await until_status(api, "nightly", "healthy")
    assert (found.service.source.kind, found.service.kinds) == ("heartbeat", ["heartbeat"])
    late = await until_status(api, "nightly", "down")
    assert "Last heartbeat" in late.service.reason


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
    took = []
    for _ in range(5):
        started = datetime.now(UTC)
        async with api.admin.get(SERVICES) as answer:
            assert (answer.status, (await answer.json())["service"]) == (503, "health_svc")
        took.append(datetime.now(UTC) - started)
    assert min(took) < timedelta(seconds=1)  # a busy machine may delay one, not each

"""The timers of services: JetStream is asked what it holds."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from health_svc.store import runs, services
from shared.contracts.checks import HttpCheck
from shared.contracts.health.board import ServiceDetail
from shared.contracts.health.procedures import (
    CREATE_SERVICE,
    DELETE_SERVICE,
    UPDATE_SERVICE,
    CreateService,
    ServiceRef,
    UpdateService,
)
from shared.contracts.health.services import ServiceSpec, Source
from shared.timers import Timer, schedule
from tests.backend.health_svc.running import Health, running_health, write
from tests.backend.health_svc.stored import declare, finished, open_pool, record_all
from tests.fixtures.jetstream import schedules
from tests.fixtures.processes import StartProcess
from tests.fixtures.targets import Addresses
from tests.fixtures.waiting import until

MEASURED = """
UPDATE service_state SET state = jsonb_set(state, '{last_measured_at}', to_jsonb($2::timestamptz)) WHERE service_id = $1
"""


async def test_a_timer_follows_its_service(
    start_process: StartProcess, service_env: dict[str, str], targets: Addresses, tmp_path: Path
) -> None:
    """F2.1.1: created, changed, paused, resumed and removed with the service."""
    url = service_env["NATS_URL"]
    spec = ServiceSpec(id="shop", interval_seconds=20, checks=[HttpCheck(url=f"{targets.http}/ok")])

    async def holds(expression: str | None) -> None:
        await until(lambda: schedules(url), lambda found: found.get("shop") == expression)

    async def change(health: Health, changed: ServiceSpec) -> None:
        await health.ask(UPDATE_SERVICE, UpdateService(service_id="shop", spec=changed))

    async with running_health(start_process, service_env, tmp_path / "belfry.yaml", []) as health:
        await health.ask(CREATE_SERVICE, CreateService(spec=spec))
        await holds(schedule("shop", 20))
        await change(health, replace(spec, interval_seconds=7))
        await holds("@every 7s")
        await change(health, replace(spec, paused=True))
        await holds(None)
        await change(health, spec)
        await holds(schedule("shop", 20))
        await health.ask(DELETE_SERVICE, ServiceRef(service_id="shop"))
        await holds(None)
        assert "shop" not in await schedules(url)


async def test_a_timer_follows_the_file(
    start_process: StartProcess, service_env: dict[str, str], targets: Addresses, tmp_path: Path
) -> None:
    """F2.1.1: what the file no longer names is no longer checked."""
    config = tmp_path / "belfry.yaml"

    def declared(interval_seconds: float, *ids: str) -> list[dict[str, Any]]:
        checks = [{"kind": "http", "url": f"{targets.http}/ok"}]
        return [{"id": i, "interval_seconds": interval_seconds, "checks": checks} for i in ids]

    async def holds(interval_seconds: float, *ids: str) -> None:
        expected = {i: schedule(i, interval_seconds) for i in ids}

        def as_expected(held: dict[str, str]) -> bool:
            return {i: expression for i, expression in held.items() if i in ("one", "two")} == expected

        await until(lambda: schedules(service_env["NATS_URL"]), as_expected)

    async with running_health(start_process, service_env, config, declared(10, "one", "two")) as health:
        await holds(10, "one", "two")
        write(config, declared(30, "one", "two"))
        await holds(30, "one", "two")
        write(config, declared(30, "two"))
        await holds(30, "two")
        assert {c.id for c in (await health.board()).services} >= {"two"}


async def test_timers_of_services_that_are_gone_are_ended(
    start_process: StartProcess, service_env: dict[str, str], tmp_path: Path
) -> None:
    """A timer that nobody owns, as a restored store of NATS may hold, is removed at the next start."""
    url = service_env["NATS_URL"]
    async with running_health(start_process, service_env, tmp_path / "belfry.yaml", []) as health:
        ghost = Timer("health", "ghost", 60)
        await health.bus.send(ghost.subject, b"", ghost.headers)
        await until(lambda: schedules(url), lambda found: "ghost" in found)
    async with running_health(start_process, service_env, tmp_path / "belfry.yaml", []):
        assert "ghost" not in await until(lambda: schedules(url), lambda found: "ghost" not in found)


async def test_what_is_unknown_since_nobody_worked_is_checked_at_the_start(
    start_process: StartProcess, service_env: dict[str, str], tmp_path: Path
) -> None:
    """Its timer comes once in an hour; nobody who comes back after a night waits so long for a board that knows."""
    last_night = datetime.now(UTC) - timedelta(hours=8)
    async with open_pool(service_env["DATABASE_URL"]) as pool:
        async with pool.acquire() as conn, conn.transaction():
            await runs.keep_partitions(conn, last_night.date())
        for service_id, paused in (("shop", False), ("idle", True)):
            spec = await declare(pool, service_id, interval_seconds=3600.0)
            moment = datetime.now(UTC)
            await record_all(pool, finished(service_id, moment, "pass"))
            async with pool.acquire() as conn, conn.transaction():
                await services.declare(conn, replace(spec, paused=paused), Source(kind="api"), "ana")
                await conn.execute(MEASURED, service_id, last_night)
    async with running_health(start_process, service_env, tmp_path / "belfry.yaml", []) as health:
        found = await until(lambda: health.detail("shop"), lambda detail: _last_check(detail) > moment)
        assert found.service.status == "down", "nothing listens there"
        assert _last_check(await health.detail("idle")) <= moment


def _last_check(detail: ServiceDetail) -> datetime:
    assert detail.service.last_check is not None
    return detail.service.last_check

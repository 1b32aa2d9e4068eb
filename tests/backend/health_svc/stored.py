"""A service in a real database, and runs to record of it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from health_svc.finishing import run_of
from health_svc.store import services
from health_svc.store.recording import Finished, Recorded, record
from health_svc.store.services import Monitored
from shared import db
from shared.contracts.checks import CheckSpec, TcpCheck
from shared.contracts.health.runs import ComponentOutcome
from shared.contracts.health.services import Result, ServiceSpec, Source
from shared.db import Connection, Pool
from shared.settings import Settings

CHECKS: list[CheckSpec] = [TcpCheck(host="shop", port=1)]


@asynccontextmanager
async def open_pool(database_url: str) -> AsyncIterator[Pool]:
    async with await db.connect(Settings(service="health_svc", database_url=database_url)) as pool:
        yield pool


async def declare(pool: Pool, service_id: str = "shop", **more: Any) -> ServiceSpec:
    thresholds = {"failure_threshold": 1, "success_threshold": 1, "interval_seconds": 60.0}
    spec = ServiceSpec(id=service_id, checks=CHECKS, **{**thresholds, **more})
    async with pool.acquire() as conn, conn.transaction():
        await services.declare(conn, spec, Source(kind="api"), "ana")
    return spec


def finished(service_id: str, at: datetime, result: Result) -> Finished:
    outcome = ComponentOutcome(component="tcp", kind="tcp", result=result, reason=f"It is {result}", duration_ms=1)
    return run_of(service_id, "schedule", at, 0.0, [outcome])


async def record_all(pool: Pool, *batch: Finished, maintained: bool = False) -> list[Recorded]:
    async with pool.acquire() as conn, conn.transaction():
        return await record(conn, batch, lambda spec, at: maintained)


async def monitored(conn: Connection | Pool, service_id: str = "shop") -> Monitored:
    found = await services.get_monitored(conn, service_id)  # type: ignore[arg-type]  # a pool queries as well
    assert found is not None
    return found

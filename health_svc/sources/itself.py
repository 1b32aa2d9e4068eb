"""Belfry's own NATS and PostgreSQL, watched from the first second."""

from health_svc.room import Room
from health_svc.store import services
from shared.contracts.checks import NatsCheck, PostgresCheck
from shared.contracts.health.services import ServiceSpec, Source

GROUP = "Belfry"
SERVICES = [
    ServiceSpec(
        id="belfry-nats", name="NATS", group=GROUP, description="The bus that Belfry runs on", interval_seconds=10,
        checks=[NatsCheck(name="bus", degraded_ms=500)],
    ),
    ServiceSpec(
        id="belfry-postgres", name="PostgreSQL", group=GROUP, description="The database that Belfry keeps its facts in",
        interval_seconds=10, checks=[PostgresCheck(name="query", dsn="$DATABASE_URL", degraded_ms=500)],
    ),
]  # fmt: skip


async def declare(room: Room) -> None:
    async with room.pool.acquire(timeout=5) as conn, conn.transaction():
        for spec in SERVICES:
            await services.declare(conn, spec, Source(kind="self"), "belfry")
    room.wake_outbox()

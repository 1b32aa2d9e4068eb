"""The rules that a new installation starts with: a few that are worth it for every service. Nobody is called by them
until a channel is added; they show in the header and among the incidents."""

from alert_svc.store import rules
from shared.contracts.alerts.rules import AlertRuleSpec
from shared.db import Connection, Pool

LOCK = 7_604
ACTOR = "belfry"

DEFAULTS: tuple[AlertRuleSpec, ...] = (
    AlertRuleSpec(
        id="service-down",
        name="Service down",
        metric="health.status",
        operator=">=",
        threshold=2,
        severity="critical",
        description="A service is down: its checks have failed as often in a row as it takes to be sure.",
    ),
    AlertRuleSpec(
        id="service-degraded",
        name="Service degraded for 10 min",
        metric="health.status",
        operator="==",
        threshold=1,
        duration=600,
        description="Some of a service's checks fail, or they are slow, and it does not pass.",
    ),
    AlertRuleSpec(
        id="endpoint-slow",
        name="p99 over 500 ms for 5 min",
        metric="latency.p99",
        operator=">",
        threshold=500,
        recovery_threshold=400,
        duration=300,
        min_samples=100,
        description="One in a hundred requests to an endpoint takes longer than half a second.",
    ),
    AlertRuleSpec(
        id="endpoint-errors",
        name="Error rate over 5 % for 5 min",
        metric="latency.error_rate",
        operator=">",
        threshold=5,
        recovery_threshold=2,
        duration=300,
        min_samples=20,
        description="More than one in twenty requests to an endpoint fails.",
    ),
    AlertRuleSpec(
        id="socket-pool",
        name="WebSocket pool over 80 %",
        metric="ws.pool_pct",
        operator=">",
        threshold=80,
        recovery_threshold=70,
        duration=60,
        group_by=["node"],
        description="A node will soon refuse new WebSocket connections.",
    ),
)


async def add_defaults(pool: Pool) -> int:
    """Once for an installation: where there ever was a rule, none is added. Returns how many were."""
    async with pool.acquire(timeout=5) as conn, conn.transaction():
        await conn.execute("SELECT pg_advisory_xact_lock($1)", LOCK)
        if await rules.ever_any(conn):
            return 0
        return await _add(conn)


async def _add(conn: Connection) -> int:
    for spec in DEFAULTS:
        await rules.add_rule(conn, spec, "default", ACTOR)
    return len(DEFAULTS)

"""What is removed when its time is over, and what stays."""

from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import asyncpg
import pytest

from alert_svc import upkeep
from alert_svc.store import retention

ENDED = """
    WITH ended AS (
        INSERT INTO incident (
            rule_id, group_key, rule, labels, object, severity, state, started_at, fired_at, resolved_at, suppressed_by
        ) SELECT $1, n::text, '{}', '{}', $1, 'warning', 'resolved', at, at, at, $4::bigint
        FROM generate_series(1, $2::int) AS n, (SELECT now() - $3 * interval '1 day' AS at) AS moment
        RETURNING id, resolved_at AS at
    ), entry AS (
        INSERT INTO incident_event (incident_id, at, kind, text) SELECT id, at, 'fired', 'x' FROM ended
        RETURNING id, incident_id, at
    ), first AS (
        INSERT INTO delivery (
            id, key, incident_id, event_id, channel_id, channel_name, kind, reason, message, state, finished_at
        ) SELECT gen_random_uuid(), incident_id || ':f', incident_id, id, 'ops', 'ops', 'webhook', 'fired', '{}',
            'failed', at
        FROM entry RETURNING id, incident_id
    )
    SELECT id FROM ended ORDER BY id
"""
INSTEAD = """
    INSERT INTO delivery (
        id, key, incident_id, channel_id, channel_name, kind, reason, message, state, finished_at, fallback_of
    ) SELECT gen_random_uuid(), key || '/b', incident_id, 'b', 'b', 'webhook', 'fired', '{}', 'accepted', now(), id
    FROM delivery WHERE incident_id = $1
"""
LONE = """
    INSERT INTO delivery (id, key, channel_id, channel_name, kind, reason, message, queued_at, finished_at)
    SELECT gen_random_uuid(), 'lone', 'ops', 'ops', 'webhook', 'test', '{}', at, at
    FROM (SELECT now() - interval '400 days' AS at) AS moment
"""


@pytest.fixture
async def pool(alert_database: str) -> AsyncIterator[Any]:
    async with asyncpg.create_pool(
        alert_database, min_size=1, max_size=2, server_settings={"search_path": "alert"}
    ) as found:
        yield found


async def test_incidents_that_ended_long_ago_go_with_all_that_was_said_of_them(
    pool: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In bounded steps; what is younger, what is open, and the rule's state stay."""
    monkeypatch.setattr(retention, "BATCH", 10)
    old = [row["id"] for row in await pool.fetch(ENDED, "old", 25, 400, None)]
    young = [row["id"] for row in await pool.fetch(ENDED, "young", 1, 300, old[0])]
    await pool.execute(INSTEAD, old[0])
    await pool.execute(LONE)
    await pool.execute(
        "INSERT INTO alert (rule_id, series, labels, memory, seq, incident_id) VALUES ('old', 's', '{}', '{}', 1, $1)",
        old[1],
    )
    await pool.execute(
        "INSERT INTO incident (rule_id, group_key, rule, labels, object, severity, started_at, fired_at)"
        " SELECT 'open', 'g', '{}', '{}', 'open', 'warning', at, at FROM (SELECT now() - interval '500 d' AS at) AS t"
    )
    await upkeep.remove_old(SimpleNamespace(pool=pool, retention_days=365))  # type: ignore[arg-type]
    left = await pool.fetch("SELECT rule_id, suppressed_by FROM incident WHERE rule_id IN ('old', 'young', 'open')")
    assert sorted(tuple(row) for row in left) == [("open", None), ("young", None)]
    for table in ("incident_event", "delivery"):
        rows = await pool.fetch(f"SELECT incident_id FROM {table} WHERE incident_id = ANY($1)", [*old, *young])
        assert [row["incident_id"] for row in rows] == young
    assert await pool.fetchval("SELECT count(*) FROM delivery WHERE key = 'lone'") == 0
    assert await pool.fetchval("SELECT incident_id FROM alert WHERE rule_id = 'old'") is None

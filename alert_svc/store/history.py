"""What rules did: when each of their series fired, as it was recorded."""

from datetime import datetime

from alert_svc.preview import Live
from shared.db import Connection


async def list_firings(conn: Connection, rule_id: str, since: datetime) -> list[Live]:
    """Each firing of a rule that had not ended before `since`, with its incident."""
    rows = await conn.fetch(
        """
        SELECT t.series, t.incident_id::text AS incident_id, t.at AS from_at, ended.at AS to_at
        FROM transition t LEFT JOIN LATERAL (
            SELECT at FROM transition e
            WHERE e.rule_id = t.rule_id AND e.series = t.series AND e.seq >= t.seq AND e.at >= t.at
                AND e.from_state IN ('firing', 'recovering') AND e.to_state NOT IN ('firing', 'recovering')
            ORDER BY e.at LIMIT 1
        ) AS ended ON true
        WHERE t.rule_id = $1 AND t.to_state = 'firing' AND t.from_state <> 'recovering'
            AND t.from_state <> 'firing' AND t.incident_id IS NOT NULL AND (ended.at IS NULL OR ended.at >= $2)
        ORDER BY t.at DESC LIMIT 1000
        """,
        rule_id,
        since,
    )
    return [Live(row["series"], row["incident_id"], row["from_at"], row["to_at"]) for row in rows]

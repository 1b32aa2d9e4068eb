"""What is asked across tables: which names there are, and what became of each rule."""

from datetime import datetime

from shared.db import Connection


async def list_names(conn: Connection) -> tuple[set[str], set[str], set[str]]:
    """The ids of channels, policies and mute timings."""
    rows = await conn.fetch(
        "SELECT 'channel' AS what, id FROM channel UNION ALL SELECT 'policy', id FROM policy "
        "UNION ALL SELECT 'mute_timing', id FROM mute_timing"
    )
    channels, policies, timings = (
        {row["id"] for row in rows if row["what"] == what} for what in ("channel", "policy", "mute_timing")
    )
    return channels, policies, timings


async def of_rules(conn: Connection) -> tuple[dict[str, list[str]], dict[str, datetime]]:
    """By rule: its open incidents, oldest first, and when it last fired."""
    rows = await conn.fetch(
        """
        SELECT rule_id, max(fired_at) AS fired_at,
            array_agg(id::text ORDER BY id) FILTER (WHERE resolved_at IS NULL) AS open
        FROM incident GROUP BY rule_id
        """
    )
    return {row["rule_id"]: row["open"] or [] for row in rows}, {row["rule_id"]: row["fired_at"] for row in rows}

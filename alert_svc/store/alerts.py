"""Alerts: the memory of each state machine, changed only on top of what it was, and every change of state."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import asyncpg
from msgspec import Struct, json

from alert_svc.drafts import Stored, moment
from alert_svc.state import Memory
from shared.contracts.alerts.metrics import Labels
from shared.contracts.alerts.rules import AlertState
from shared.db import Connection

TRANSITIONS_KEPT = timedelta(days=30)

COLUMNS = "rule_id, series, labels::text AS labels, memory::text AS memory, seq, incident_id"

_memory = json.Decoder(Memory)
_labels = json.Decoder(dict[str, str])


class Kept(Struct, frozen=True):
    """An alert as the store has it."""

    rule_id: str
    series: str
    labels: Labels
    memory: Memory
    seq: int
    incident_id: int | None


class Passed(Struct, frozen=True):
    """A change of state that was."""

    series: str
    from_state: AlertState
    to_state: AlertState
    at: datetime
    value: float | None
    reason: str
    incident_id: int | None


async def save_alerts(conn: Connection, alerts: Sequence[Stored]) -> set[tuple[str, str]]:
    """In the caller's transaction. Rule and series of those that were stored: the others were changed by another
    replica meanwhile, or their rule was."""
    rows = await conn.fetch(
        """
        WITH given AS (
            SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[])
                AS g (rule_id, series, labels, memory, seq, version)
        ), held AS (
            SELECT id, version FROM rule WHERE id = ANY($1) ORDER BY id FOR SHARE
        )
        INSERT INTO alert (rule_id, series, labels, memory, seq)
        SELECT g.rule_id, g.series, g.labels::jsonb, g.memory::jsonb, g.seq + 1
        FROM given g JOIN held ON held.id = g.rule_id AND held.version = g.version
        ORDER BY g.rule_id, g.series
        ON CONFLICT (rule_id, series) DO UPDATE SET memory = excluded.memory, seq = excluded.seq
            WHERE alert.seq = excluded.seq - 1
        RETURNING rule_id, series
        """,
        [each.rule.id for each in alerts],
        [each.series for each in alerts],
        [json.encode(each.labels).decode() for each in alerts],
        [json.encode(each.memory).decode() for each in alerts],
        [each.seq for each in alerts],
        [each.rule.version for each in alerts],
    )
    return {(row["rule_id"], row["series"]) for row in rows}


async def overwrite(conn: Connection, changed: Sequence[tuple[Kept, Memory]]) -> None:
    """In the caller's transaction, whatever they were: whoever builds on what they were is refused."""
    await conn.execute(
        """
        UPDATE alert SET memory = u.memory::jsonb, seq = seq + 1
        FROM unnest($1::text[], $2::text[], $3::text[]) AS u (rule_id, series, memory)
        WHERE alert.rule_id = u.rule_id AND alert.series = u.series
        """,
        [kept.rule_id for kept, _ in changed],
        [kept.series for kept, _ in changed],
        [json.encode(memory).decode() for _, memory in changed],
    )


async def list_alerts(conn: Connection, rule_ids: Sequence[str] | None = None) -> list[Kept]:
    """Those of some rules, or all."""
    rows = await conn.fetch(
        f"""
        SELECT {COLUMNS}
        FROM alert WHERE $1::text[] IS NULL OR rule_id = ANY($1)
        """,
        None if rule_ids is None else list(rule_ids),
    )
    return [_kept(row) for row in rows]


async def list_members(conn: Connection, incident_ids: Sequence[int]) -> list[Kept]:
    """The alerts of some incidents."""
    rows = await conn.fetch(
        f"""
        SELECT {COLUMNS}
        FROM alert WHERE incident_id = ANY($1) ORDER BY rule_id, series
        """,
        incident_ids,
    )
    return [_kept(row) for row in rows]


def _kept(row: asyncpg.Record) -> Kept:
    labels, memory = _labels.decode(row["labels"]), _memory.decode(row["memory"])
    return Kept(row["rule_id"], row["series"], labels, memory, row["seq"], row["incident_id"])


async def set_incidents(conn: Connection, homes: Mapping[tuple[str, str], int]) -> None:
    """Which incident each of these alerts belongs to."""
    await conn.execute(
        """
        UPDATE alert SET incident_id = u.incident_id
        FROM unnest($1::text[], $2::text[], $3::bigint[]) AS u (rule_id, series, incident_id)
        WHERE alert.rule_id = u.rule_id AND alert.series = u.series
        """,
        [rule_id for rule_id, _ in homes],
        [series for _, series in homes],
        list(homes.values()),
    )


async def remove_alerts(conn: Connection, rule_id: str) -> None:
    await conn.execute("DELETE FROM alert WHERE rule_id = $1", rule_id)


async def save_transitions(
    conn: Connection, stored: Sequence[Stored], reasons: Sequence[Sequence[str]], homes: Mapping[tuple[str, str], int]
) -> None:
    """Every change of these alerts, with its reason; `homes`: the incident of an alert."""
    rows = [
        (
            moment(change.at), each.rule.id, each.series, each.seq + 1, change.from_state, change.to_state,
            value if value == value else None, reason, homes.get((each.rule.id, each.series)),
        )
        for each, texts in zip(stored, reasons, strict=True)
        for (change, value), reason in zip(each.changes, texts, strict=True)
    ]  # fmt: skip
    if rows:
        await conn.execute(
            """
            INSERT INTO transition (at, rule_id, series, seq, from_state, to_state, value, reason, incident_id)
            SELECT * FROM unnest(
                $1::timestamptz[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::float8[],
                $8::text[], $9::bigint[]
            ) ON CONFLICT DO NOTHING
            """,
            *[list(column) for column in zip(*rows, strict=True)],
        )


async def list_transitions(conn: Connection, rule_id: str, since: datetime, limit: int = 2000) -> list[Passed]:
    """Of a rule, oldest first: the last `limit`."""
    rows = await conn.fetch(
        """
        SELECT * FROM (
            SELECT series, from_state, to_state, at, value, reason, incident_id FROM transition
            WHERE rule_id = $1 AND at >= $2 ORDER BY at DESC LIMIT $3
        ) AS last ORDER BY at
        """,
        rule_id,
        since,
        limit,
    )
    return [Passed(**dict(row)) for row in rows]


def by_key(alerts: Iterable[Kept]) -> dict[tuple[str, str], Kept]:
    return {(each.rule_id, each.series): each for each in alerts}

"""Rules as written, every version of them, and what they name."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import asyncpg
from msgspec import Struct, json

from alert_svc.store import configured
from shared.contracts.alerts.policies import EscalationPolicySpec
from shared.contracts.alerts.rules import AlertRuleSpec, RuleSource, RuleVersion
from shared.db import Connection

RuleChange = Literal["added", "changed", "paused", "resumed", "removed"]

_spec = json.Decoder(AlertRuleSpec)
_policy = json.Decoder(EscalationPolicySpec)

COLUMNS = "id, spec::text AS spec, version, source, created_by, created_at, updated_by, updated_at"


class StoredRule(Struct, frozen=True, kw_only=True):
    id: str
    spec: AlertRuleSpec
    version: int
    source: RuleSource
    created_by: str
    created_at: datetime
    updated_by: str
    updated_at: datetime


async def list_rules(conn: Connection) -> list[StoredRule]:
    return [_read(row) for row in await conn.fetch(f"SELECT {COLUMNS} FROM rule ORDER BY id")]


async def get_rule(conn: Connection, rule_id: str) -> StoredRule | None:
    row = await conn.fetchrow(f"SELECT {COLUMNS} FROM rule WHERE id = $1", rule_id)
    return _read(row) if row else None


async def lock_rule(conn: Connection, rule_id: str) -> StoredRule | None:
    """Nobody evaluates it until the caller's transaction ends."""
    row = await conn.fetchrow(f"SELECT {COLUMNS} FROM rule WHERE id = $1 FOR UPDATE", rule_id)
    return _read(row) if row else None


async def hold_rules(conn: Connection, rule_ids: Sequence[str]) -> None:
    """Nobody changes them until the caller's transaction ends."""
    await conn.execute("SELECT 1 FROM rule WHERE id = ANY($1) ORDER BY id FOR SHARE", list(rule_ids))


async def ever_any(conn: Connection) -> bool:
    """Was there ever a rule?"""
    return bool(await conn.fetchval("SELECT EXISTS (SELECT FROM rule_version)"))


async def add_rule(conn: Connection, spec: AlertRuleSpec, source: RuleSource, actor: str) -> bool:
    """False: there is one of that id."""
    version = await conn.fetchval(
        """
        INSERT INTO rule (id, spec, version, source, created_by, updated_by)
        SELECT $1, $2::text::jsonb, coalesce(max(version), 0) + 1, $3, $4, $4 FROM rule_version WHERE rule_id = $1
        ON CONFLICT DO NOTHING RETURNING version
        """,
        spec.id,
        json.encode(spec).decode(),
        source,
        actor,
    )
    if version is None:
        return False
    await _note(conn, spec, version, "added", actor)
    return True


async def change_rule(
    conn: Connection, rule: StoredRule, spec: AlertRuleSpec, change: RuleChange, actor: str, source: RuleSource
) -> int:
    """The new version of a rule that is locked."""
    version = rule.version + 1
    await conn.execute(
        "UPDATE rule SET spec = $2::text::jsonb, version = $3, updated_by = $4, updated_at = now(), source = $5 "
        "WHERE id = $1",
        rule.id,
        json.encode(spec).decode(),
        version,
        actor,
        source,
    )
    await _note(conn, spec, version, change, actor)
    return version


async def remove_rule(conn: Connection, rule: StoredRule, actor: str) -> None:
    await conn.execute("DELETE FROM rule WHERE id = $1", rule.id)
    await _note(conn, rule.spec, rule.version + 1, "removed", actor)


async def list_versions(conn: Connection, rule_id: str) -> list[RuleVersion]:
    """Newest first."""
    rows = await conn.fetch(
        "SELECT version, change, spec::text AS spec, changed_by, changed_at FROM rule_version WHERE rule_id = $1 "
        "ORDER BY version DESC LIMIT 200",
        rule_id,
    )
    return [
        RuleVersion(
            version=row["version"],
            changed_by=row["changed_by"],
            changed_at=row["changed_at"],
            change=row["change"],
            spec=_spec.decode(row["spec"]),
        )
        for row in rows
    ]


async def list_policies(conn: Connection, policy_ids: Sequence[str]) -> dict[str, EscalationPolicySpec]:
    rows = await conn.fetch("SELECT id, spec::text AS spec FROM policy WHERE id = ANY($1)", list(policy_ids))
    return {row["id"]: _policy.decode(row["spec"]) for row in rows}


def _read(row: asyncpg.Record) -> StoredRule:
    return StoredRule(**{**dict(row), "spec": _spec.decode(row["spec"])})


async def _note(conn: Connection, spec: AlertRuleSpec, version: int, change: RuleChange, actor: str) -> None:
    """In the history, and to all who listen."""
    assert spec.id is not None
    await conn.execute(
        "INSERT INTO rule_version (rule_id, version, change, spec, changed_by) "
        "VALUES ($1, $2, $3, $4::text::jsonb, $5)",
        spec.id,
        version,
        change,
        json.encode(spec).decode(),
        actor,
    )
    await configured.tell(conn, "rule", spec.id, change, version, actor)

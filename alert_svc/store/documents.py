"""What is kept as one document with a version: escalation policies and mute timings."""

from typing import Literal

from msgspec import Struct, json

from alert_svc.store import configured
from shared.contracts.alerts.rules import RuleSource
from shared.db import Connection

Table = Literal["policy", "mute_timing"]


class Document(Struct, frozen=True, kw_only=True):
    """`spec` is JSON."""

    id: str
    spec: str
    version: int
    source: RuleSource


async def list_documents(conn: Connection, table: Table) -> list[Document]:
    rows = await conn.fetch(f"SELECT id, spec::text AS spec, version, source FROM {table} ORDER BY id")
    return [Document(**dict(row)) for row in rows]


async def get_document(conn: Connection, table: Table, id: str, *, lock: bool = False) -> Document | None:
    row = await conn.fetchrow(
        f"SELECT id, spec::text AS spec, version, source FROM {table} WHERE id = $1 {'FOR UPDATE' if lock else ''}", id
    )
    return Document(**dict(row)) if row else None


async def put_document(conn: Connection, table: Table, id: str, spec: Struct, source: RuleSource, actor: str) -> int:
    """Add it, or put it in the place of what is there. Returns its version."""
    row = await conn.fetchrow(
        f"""
        INSERT INTO {table} AS d (id, spec, source, updated_by) VALUES ($1, $2::text::jsonb, $3, $4)
        ON CONFLICT (id) DO UPDATE SET spec = excluded.spec, source = excluded.source, version = d.version + 1,
            updated_by = excluded.updated_by, updated_at = now()
        RETURNING version
        """,
        id,
        json.encode(spec).decode(),
        source,
        actor,
    )
    version: int = row["version"] if row else 1
    await configured.tell(conn, table, id, "added" if version == 1 else "changed", version, actor)
    return version


async def remove_document(conn: Connection, table: Table, document: Document, actor: str) -> None:
    await conn.execute(f"DELETE FROM {table} WHERE id = $1", document.id)
    await configured.tell(conn, table, document.id, "removed", document.version, actor)


async def rules_naming(conn: Connection, field: Literal["escalation_policy", "mute_timings"]) -> dict[str, list[str]]:
    """The rules that name each policy, or each mute timing."""
    if field == "escalation_policy":
        named = "SELECT spec ->> 'escalation_policy' AS name, id FROM rule"
    else:
        named = "SELECT jsonb_array_elements_text(spec -> 'mute_timings') AS name, id FROM rule"
    rows = await conn.fetch(
        f"SELECT name, array_agg(id ORDER BY id) AS ids FROM ({named}) AS n WHERE name IS NOT NULL GROUP BY name"
    )
    return {row["name"]: row["ids"] for row in rows}


async def running_policies(conn: Connection) -> dict[str, list[str]]:
    """The open incidents that escalate by each policy."""
    rows = await conn.fetch(
        """
        SELECT escalation ->> 'policy_id' AS policy, array_agg(id::text ORDER BY id) AS ids FROM incident
        WHERE resolved_at IS NULL AND escalation ->> 'state' = 'running' GROUP BY 1
        """
    )
    return {row["policy"]: row["ids"] for row in rows}

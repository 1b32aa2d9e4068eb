"""Channels: what of them may be shown, their secrets encrypted, and who names them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import asyncpg
from msgspec import Struct, convert, to_builtins

from alert_svc.keyring import Sealed
from alert_svc.store import configured
from shared.contracts.alerts.channels import LastDelivery
from shared.contracts.alerts.deliveries import ChannelKind
from shared.contracts.alerts.rules import RuleSource
from shared.db import Connection

COLUMNS = """
    id, kind, name, enabled, config, secrets, target, fallback, fallback_after_seconds, version, source, updated_by,
    updated_at
"""


class StoredChannel(Struct, frozen=True, kw_only=True):
    id: str
    kind: ChannelKind
    name: str
    enabled: bool
    config: dict[str, Any]
    secrets: dict[str, Sealed]
    target: str
    fallback: str | None
    fallback_after_seconds: float
    version: int
    source: RuleSource
    updated_by: str
    updated_at: datetime


class NewChannel(Struct, frozen=True, kw_only=True):
    """A channel to be written."""

    id: str
    kind: ChannelKind
    name: str
    enabled: bool
    config: Mapping[str, Any]
    secrets: Mapping[str, Sealed]
    target: str
    fallback: str | None
    fallback_after_seconds: float
    source: RuleSource
    actor: str


class Users(Struct, frozen=True):
    """Who names each channel."""

    rules: Mapping[str, list[str]]
    policies: Mapping[str, list[str]]
    fallbacks: Mapping[str, list[str]]


async def list_channels(conn: Connection, ids: Sequence[str] | None = None) -> list[StoredChannel]:
    """All, or some, by name."""
    rows = await conn.fetch(
        f"SELECT {COLUMNS} FROM channel WHERE $1::text[] IS NULL OR id = ANY($1) ORDER BY lower(name), id",
        None if ids is None else list(ids),
    )
    return [_read(row) for row in rows]


async def get_channel(conn: Connection, channel_id: str, *, lock: bool = False) -> StoredChannel | None:
    row = await conn.fetchrow(f"SELECT {COLUMNS} FROM channel WHERE id = $1 {'FOR UPDATE' if lock else ''}", channel_id)
    return _read(row) if row else None


async def add_channel(conn: Connection, new: NewChannel) -> bool:
    """False: there is one of that id."""
    added = await conn.fetchval(
        """
        INSERT INTO channel (
            id, kind, name, enabled, config, secrets, target, fallback, fallback_after_seconds, source, updated_by
        )
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING RETURNING true
        """,
        *_columns(new),
    )
    if added:
        await configured.tell(conn, "channel", new.id, "added", 1, new.actor)
    return bool(added)


async def change_channel(conn: Connection, new: NewChannel) -> int:
    """Its new version. It is locked by the caller's transaction."""
    version: int = await conn.fetchval(
        """
        UPDATE channel SET kind = $2, name = $3, enabled = $4, config = $5, secrets = $6, target = $7, fallback = $8,
            fallback_after_seconds = $9, source = $10, updated_by = $11, version = version + 1, updated_at = now()
        WHERE id = $1 RETURNING version
        """,
        *_columns(new),
    )
    await configured.tell(conn, "channel", new.id, "changed", version, new.actor)
    return version


async def set_secrets(conn: Connection, channel_id: str, secrets: Mapping[str, Sealed]) -> None:
    """The same secrets under another key: nothing that anyone sees has changed."""
    await conn.execute("UPDATE channel SET secrets = $2 WHERE id = $1", channel_id, to_builtins(secrets))


async def remove_channel(conn: Connection, channel: StoredChannel, actor: str) -> None:
    await conn.execute("DELETE FROM channel WHERE id = $1", channel.id)
    await configured.tell(conn, "channel", channel.id, "removed", channel.version, actor)


async def users_of_channels(conn: Connection) -> Users:
    rows = await conn.fetch(
        """
        SELECT what, channel, array_agg(DISTINCT id ORDER BY id) AS ids FROM (
            SELECT 'rule' AS what, jsonb_array_elements_text(spec -> 'channels') AS channel, id FROM rule
            UNION ALL
            SELECT 'policy', jsonb_array_elements_text(step -> 'channels'), id
            FROM policy, jsonb_array_elements(spec -> 'steps') AS step
            UNION ALL
            SELECT 'fallback', fallback, id FROM channel WHERE fallback IS NOT NULL
        ) AS named GROUP BY what, channel
        """
    )
    found: dict[str, dict[str, list[str]]] = {"rule": {}, "policy": {}, "fallback": {}}
    for row in rows:
        found[row["what"]][row["channel"]] = row["ids"]
    return Users(found["rule"], found["policy"], found["fallback"])


async def last_deliveries(conn: Connection) -> dict[str, LastDelivery]:
    """By channel: how the last message went, of those that were tried."""
    rows = await conn.fetch(
        """
        SELECT channel.id, last.state, last.step FROM channel CROSS JOIN LATERAL (
            SELECT state, steps -> -1 AS step FROM delivery
            WHERE channel_id = channel.id AND attempts > 0 ORDER BY queued_at DESC LIMIT 1
        ) AS last
        """
    )
    return {
        row["id"]: LastDelivery(
            at=convert(row["step"]["at"], datetime), state=row["state"], detail=row["step"].get("detail", "")
        )
        for row in rows
    }


def _columns(new: NewChannel) -> tuple[Any, ...]:
    return (
        new.id, new.kind, new.name, new.enabled, new.config, to_builtins(new.secrets), new.target, new.fallback,
        new.fallback_after_seconds, new.source, new.actor,
    )  # fmt: skip


def _read(row: asyncpg.Record) -> StoredChannel:
    return convert(dict(row), StoredChannel)

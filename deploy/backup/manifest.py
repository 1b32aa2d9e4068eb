"""What a backup says of itself."""

from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

FORMAT = 1
NAME = "manifest.json"
OF_SCHEMA = 'SELECT max(version) FROM "{schema}".applied_migrations'
KEYS = "SELECT DISTINCT sealed.value->>'key' FROM alert.channel, jsonb_each(secrets) AS sealed ORDER BY 1"
COUNTED = {
    "services": "SELECT count(*) FROM health.service",
    "incidents": "SELECT count(*) FROM alert.incident",
    "rules": "SELECT count(*) FROM alert.rule",
    "channels": "SELECT count(*) FROM alert.channel",
    "users": "SELECT count(*) FROM gateway.users",
}


class Manifest(Struct, frozen=True, kw_only=True):
    """`schemas`: each with the version of its last migration. `keys`: ids of the keys that the secrets of channels are
    encrypted with; the keys themselves are not in the backup."""

    format: int
    created_at: datetime
    release: str
    schemas: dict[str, int]
    keys: list[str]
    counts: dict[str, int]


class BackupError(Exception):
    """It cannot be made, read or restored; the message says why and what to do."""


async def describe(connection: Any, schemas: list[str], release: str, now: datetime) -> Manifest:
    """Of what a database holds now. Raises BackupError when a schema is missing."""
    existing = "SELECT nspname::text FROM pg_namespace WHERE nspname = ANY($1::text[])"
    found = {row[0] for row in await connection.fetch(existing, schemas)}
    if missing := sorted(set(schemas) - found):
        raise BackupError(f"no schema {', '.join(missing)}: this is no database of Belfry, or its migrations never ran")
    return Manifest(
        format=FORMAT,
        created_at=now,
        release=release,
        schemas={schema: await connection.fetchval(OF_SCHEMA.format(schema=schema)) for schema in schemas},
        keys=[row[0] for row in await connection.fetch(KEYS)],
        counts={name: await connection.fetchval(sql) for name, sql in COUNTED.items()},
    )


def read(data: bytes) -> Manifest:
    """Raises BackupError for one that this release does not know."""
    try:
        manifest = msgspec.json.decode(data, type=Manifest)
    except msgspec.MsgspecError as error:
        raise BackupError(f"its {NAME} cannot be read: {error}") from error
    if manifest.format != FORMAT:
        raise BackupError(
            f"it has format {manifest.format}, and this release reads {FORMAT}. Use the release that made it"
        )
    return manifest


def in_words(manifest: Manifest) -> str:
    counts = ", ".join(f"{count} {name}" for name, count in manifest.counts.items())
    return f"made {manifest.created_at:%Y-%m-%d %H:%M:%S} UTC by release {manifest.release}: {counts}"

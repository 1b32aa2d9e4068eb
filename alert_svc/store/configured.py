"""Says on the bus that something was configured, once the caller's transaction is committed."""

from datetime import UTC, datetime
from typing import Literal

from shared import outbox
from shared.contracts.alerts.events import AlertConfigured
from shared.db import Connection

Kind = Literal["rule", "channel", "policy", "silence", "mute_timing"]
Change = Literal["added", "changed", "paused", "resumed", "removed"]


async def tell(conn: Connection, kind: Kind, id: str, change: Change, version: int, actor: str) -> None:
    event = AlertConfigured(kind=kind, id=id, change=change, version=version, actor=actor, at=datetime.now(UTC))
    await outbox.add(conn, [event])

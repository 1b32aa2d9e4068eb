"""What latency_svc's endpoints share, put together once by app.py."""

from collections.abc import Callable
from datetime import UTC, datetime

from msgspec import Struct, field

from latency_svc.store.endpoints import Names
from shared.db import Pool


class Room(Struct, frozen=True):
    """The collaborators of every endpoint. `thresholds_ms`: from where on a duration is slow, and very slow;
    `otlp_port`: where OpenTelemetry's door listens; `trace_url`: where a trace is shown, with `{trace_id}` in it."""

    pool: Pool
    thresholds_ms: tuple[float, float] = (100.0, 500.0)
    otlp_port: int = 4318
    trace_url: str | None = None
    names: Names = field(default_factory=Names)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

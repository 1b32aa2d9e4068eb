"""A row of a histogram table, before it is stored and after it was read."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from latency_svc.histogram import Histogram

Resolution = Literal["1m", "10m", "1h", "1d"]
STEP_SECONDS: dict[Resolution, int] = {"1m": 60, "10m": 600, "1h": 3600, "1d": 86_400}


class Row(Struct, frozen=True):
    """What one writer knows of one endpoint in the minute, ten minutes, hour or UTC day that begins `at`."""

    at: datetime
    endpoint_id: int
    writer: str
    histogram: Histogram

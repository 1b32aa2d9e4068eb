"""What a recording and an alerting rule are made of."""

from typing import Literal

from msgspec import Struct

Severity = Literal["critical", "warning", "info"]

PROCESSES = ("health_svc", "latency_svc", "ws_svc", "pipeline_svc", "alert_svc", "gateway")
"""Each is a job of its own in Prometheus: every rule tells processes apart by `job`."""

OURS = f'job=~"{"|".join(PROCESSES)}"'


class Recording(Struct, frozen=True, kw_only=True):
    """A series computed every so often under the name `level:metric:operations`."""

    name: str
    expr: str


class Alert(Struct, frozen=True, kw_only=True):
    """`fires`: series in promtool's notation with which it has fired by `at`; `quiet`: with which it must not."""

    name: str
    severity: Severity
    summary: str
    expr: str
    lasts: str
    fires: dict[str, str]
    quiet: dict[str, str]
    at: str = "30m"


def rising(metric: str, window: str) -> str:
    """How much a counter of one process has grown within the window."""
    return f"sum by (job, instance) (increase({metric}[{window}]))"

"""The metrics that Belfry itself knows: what each is called, its unit, and by which labels its series differ."""

from collections.abc import Mapping

from msgspec import Struct

from shared.contracts.alerts.metrics import MetricOrigin


class Known(Struct, frozen=True, kw_only=True):
    title: str
    origin: MetricOrigin
    unit: str = ""
    description: str = ""
    labels: tuple[str, ...] = ("service",)
    interval_seconds: float = 60.0
    levels: Mapping[str, float] = {}
    is_counted: bool = False
    worse: str = "higher"


STATUS_LEVELS = {"healthy": 0.0, "degraded": 1.0, "down": 2.0}
ENDPOINT = ("service", "method", "path")
NODE = ("node", "service")
PROCESS = ("service", "instance")


def _health(title: str, unit: str = "", description: str = "", worse: str = "higher", interval: float = 30) -> Known:
    return Known(
        title=title, origin="health", unit=unit, description=description, worse=worse, interval_seconds=interval
    )


def _latency(title: str, unit: str, labels: tuple[str, ...] = ENDPOINT, worse: str = "higher") -> Known:
    return Known(
        title=title, origin="latency", unit=unit, description="Of the last minute", labels=labels,
        interval_seconds=10, is_counted=True, worse=worse,
    )  # fmt: skip


def _ws(title: str, unit: str, worse: str = "higher") -> Known:
    return Known(title=title, origin="ws", unit=unit, labels=NODE, interval_seconds=1, worse=worse)


def _pipeline(title: str, unit: str, worse: str = "higher") -> Known:
    return Known(
        title=title, origin="pipeline", unit=unit, labels=("step", "node"), interval_seconds=5, is_counted=True,
        worse=worse,
    )  # fmt: skip


def _process(title: str, unit: str) -> Known:
    return Known(title=title, origin="process", unit=unit, labels=PROCESS, interval_seconds=10)


CATALOGUE: dict[str, Known] = {
    "health.status": Known(
        title="Status of a service", origin="health", interval_seconds=30, levels=STATUS_LEVELS,
        description="What the service's own checks say: healthy 0, degraded 1, down 2",
    ),
    "health.response_ms": _health("Duration of a service's checks", "ms"),
    "health.tls_days": _health("Days until a service's certificate ends", "d", worse="lower"),
    "health.uptime_pct": _health("Uptime of a service", "%", "Of the last 30 days", worse="lower", interval=60),
    "health.fail_rate_pct": _health("Failed checks of a service", "%", "Of the last hour", interval=60),
    "health.heartbeat_age": _health("Time since a service's last heartbeat", "s", interval=60),
    "latency.p50": _latency("50th percentile of an endpoint", "ms"),
    "latency.p95": _latency("95th percentile of an endpoint", "ms"),
    "latency.p99": _latency("99th percentile of an endpoint", "ms"),
    "latency.max": _latency("Slowest request of an endpoint", "ms"),
    "latency.count": _latency("Requests of an endpoint", "", worse="either"),
    "latency.error_rate": _latency("Failed requests of an endpoint", "%"),
    "latency.service.p50": _latency("50th percentile of a service", "ms", ("service",)),
    "latency.service.p95": _latency("95th percentile of a service", "ms", ("service",)),
    "latency.service.p99": _latency("99th percentile of a service", "ms", ("service",)),
    "latency.service.max": _latency("Slowest request of a service", "ms", ("service",)),
    "latency.service.count": _latency("Requests of a service", "", ("service",), worse="either"),
    "latency.service.error_rate": _latency("Failed requests of a service", "%", ("service",)),
    "ws.active": _ws("Open WebSocket connections", "", worse="either"),
    "ws.pool_pct": _ws("WebSocket connections of those allowed", "%"),
    "ws.msg_in_rate": _ws("WebSocket messages received", "/s", worse="either"),
    "ws.msg_out_rate": _ws("WebSocket messages sent", "/s", worse="either"),
    "ws.error_rate": _ws("WebSocket errors", "/s"),
    "ws.pending_bytes": _ws("Bytes that slow WebSocket clients have still to read", "bytes"),
    "pipeline.self_p50": _pipeline("Median time of a pipeline step", "ms"),
    "pipeline.self_p95": _pipeline("95th percentile of a pipeline step", "ms"),
    "pipeline.self_p99": _pipeline("99th percentile of a pipeline step", "ms"),
    "pipeline.avg_ms": _pipeline("Average time of a pipeline step", "ms"),
    "pipeline.calls": _pipeline("Calls of a pipeline step", "/s", worse="either"),
    "pipeline.error_rate": _pipeline("Failed calls of a pipeline step", "%"),
    "belfry.cpu_pct": _process("Processor time of a process of Belfry", "%"),
    "belfry.memory_bytes": _process("Memory of a process of Belfry", "bytes"),
    "belfry.loop_lag_ms": _process("How late a process of Belfry gets to its work", "ms"),
    "belfry.open_files": _process("Files and sockets a process of Belfry has open", ""),
}  # fmt: skip
OURS = ("health.", "latency.", "ws.", "pipeline.", "belfry.")
"""Names that nobody else may measure."""


def levels_of(metric: str) -> Mapping[str, float]:
    known = CATALOGUE.get(metric)
    return known.levels if known else {}


def unit_of(metric: str, sampled: str = "") -> str:
    """The unit of one of ours; of any other metric the one that came with its samples."""
    known = CATALOGUE.get(metric)
    return known.unit if known else sampled

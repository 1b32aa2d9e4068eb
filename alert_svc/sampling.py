"""From events to values: what each event on the bus measures, as samples of series."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from alert_svc.catalogue import CATALOGUE, OURS
from alert_svc.series import Sample
from shared.contracts.alerts.metrics import MetricMeasured, MetricSampled
from shared.contracts.health.events import HealthChanged, HealthChecked
from shared.contracts.latency import EndpointSummary, LatencySummarised
from shared.contracts.pipeline.events import PipelineMeasured
from shared.contracts.wire import Event
from shared.contracts.ws.events import WsStatus
from shared.step_times import counts_of, quantile_ms

DAY_SECONDS = 86_400.0
WS_RATES_SECONDS = 1.0
PIPELINE_SECONDS = 5.0

Samples = Iterator[Sample]


def samples_of(subject: str, body: bytes, now: float) -> list[Sample]:
    """What an event measures; nothing for one that measures nothing. A moment from the future becomes now. Raises
    msgspec.MsgspecError for what cannot be read."""
    kind = subject.split(".", 4)[2:4]
    source = SOURCES.get(".".join(kind))
    if source is None:
        return []
    event, read = source
    return [
        each if each.at <= now else each._replace(at=now) for each in read(msgspec.json.decode(body, type=event), now)
    ]


def _health_changed(event: HealthChanged, now: float) -> Samples:
    if (level := CATALOGUE["health.status"].levels.get(event.to_status)) is not None:
        yield Sample("health.status", {"service": event.service_id}, event.confirmed_at.timestamp(), level)


def _health_checked(event: HealthChecked, now: float) -> Samples:
    labels, at, every = {"service": event.service_id}, event.at.timestamp(), event.interval_seconds
    if (level := CATALOGUE["health.status"].levels.get(event.status)) is not None:
        yield Sample("health.status", labels, at, level, interval_seconds=every)
    if event.result != "error":
        yield Sample("health.response_ms", labels, at, event.duration_ms, interval_seconds=every)
    if event.certificate_ends_at is not None:
        days = (event.certificate_ends_at.timestamp() - at) / DAY_SECONDS
        yield Sample("health.tls_days", labels, at, days, interval_seconds=every)


def _latency(event: LatencySummarised, now: float) -> Samples:
    at = event.to_at.timestamp()
    for endpoint in event.endpoints:
        labels = {"service": event.service, "method": endpoint.method, "path": endpoint.path}
        yield from _endpoint("latency.", labels, endpoint, at)
    if event.together is not None:
        yield from _endpoint("latency.service.", {"service": event.service}, event.together, at)


def _endpoint(prefix: str, labels: dict[str, str], found: EndpointSummary, at: float) -> Samples:
    values = (
        ("p50", found.p50), ("p95", found.p95), ("p99", found.p99), ("max", found.max_ms), ("count", found.count),
        ("error_rate", found.error_rate_pct),
    )  # fmt: skip
    for name, value in values:
        if value is not None:
            yield Sample(prefix + name, labels, at, float(value), float(found.count), 10.0)


def _ws(event: WsStatus, now: float) -> Samples:
    for node in event.stats.nodes:
        if not node.answers:
            continue
        labels, at = {"node": node.node, "service": node.service}, node.at.timestamp()
        values = (
            ("ws.active", node.active),
            ("ws.pool_pct", 100 * node.active / node.max if node.max else None),
            ("ws.msg_in_rate", node.msg_in_rate),
            ("ws.msg_out_rate", node.msg_out_rate),
            ("ws.error_rate", node.error_rate),
            ("ws.pending_bytes", node.pending_bytes),
        )
        for name, value in values:
            if value is not None:
                yield Sample(name, labels, at, float(value), interval_seconds=WS_RATES_SECONDS)


def _pipeline(event: PipelineMeasured, now: float) -> Samples:
    at, seconds = event.to_at.timestamp(), (event.to_at - event.from_at).total_seconds()
    for step in event.steps:
        labels, counts = {"step": step.id, "node": event.node}, counts_of(step.offset, step.counts)
        values = (
            ("self_p50", quantile_ms(counts, 0.5)),
            ("self_p95", quantile_ms(counts, 0.95)),
            ("self_p99", quantile_ms(counts, 0.99)),
            ("avg_ms", step.sum_ms / step.calls if step.calls else None),
            ("calls", step.calls / seconds if seconds > 0 else None),
            ("error_rate", 100 * step.errors / step.calls if step.calls else None),
        )
        for name, value in values:
            if value is not None:
                yield Sample(f"pipeline.{name}", labels, at, value, float(step.calls), PIPELINE_SECONDS)


def _sampled(event: MetricSampled, now: float) -> Samples:
    """What others measure, under names of their own."""
    return _measured(event, now) if not event.name.startswith(OURS) else iter(())


def _measured(event: MetricSampled, now: float) -> Samples:
    at = now if event.at is None else event.at.timestamp()
    for each in event.samples:
        yield Sample(event.name, each.labels, at, each.value, each.count, event.interval_seconds, event.unit)


def _source(event: type[Event], read: Callable[[Any, float], Samples]) -> tuple[type[Event], Any]:
    return event, read


SOURCES = {
    "health.changed": _source(HealthChanged, _health_changed),
    "health.checked": _source(HealthChecked, _health_checked),
    "latency.summarised": _source(LatencySummarised, _latency),
    "ws.status": _source(WsStatus, _ws),
    "pipeline.measured": _source(PipelineMeasured, _pipeline),
    "metric.sampled": _source(MetricSampled, _sampled),
    "metric.measured": _source(MetricMeasured, _measured),
}


def subjects(stream: str) -> list[str]:
    """The filters under which a stream holds what is heard here."""
    found: Sequence[type[Event]] = [event for event, _ in SOURCES.values()]
    return [".".join([*event.SUBJECT.split(".")[:4], "*"]) for event in found if stream == event.STREAM]

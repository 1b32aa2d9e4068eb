"""What others measure, and what Belfry's own processes do, from its source to a rule that fires."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.metrics import CallbackOptions, Observation
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource

from latency_svc.otlp.settings import OtlpSettings
from shared import vitals
from shared.contracts.alerts import procedures as alert
from shared.contracts.alerts.metrics import Metric, MetricCatalogue
from shared.contracts.alerts.rules import Matcher
from shared.contracts.wire import Nothing
from tests.backend.alert_svc.running import Alerts, running_alerts
from tests.backend.latency_svc.otlp.conftest import opened_door
from tests.fixtures.waiting import until


async def test_a_rule_on_a_gauge_and_one_on_a_sum_of_opentelemetry_fire(
    service_env: dict[str, str], service_settings: Callable[..., Any]
) -> None:
    """Rules on any metric that a service sends as OTLP: a gauge as it is, a sum by its growth in a second."""
    door_settings: OtlpSettings = service_settings("latency_svc", OtlpSettings, otlp_port=0)
    async with running_alerts(service_env) as alerts, opened_door(door_settings) as door:
        depth = await alerts.rule("jobs.depth", selector=[Matcher(label="queue", value="mail")])
        orders = await alerts.rule("jobs.orders", threshold=0.0)
        reader = PeriodicExportingMetricReader(
            OTLPMetricExporter(f"{door.url}/v1/metrics"), export_interval_millis=float("inf")
        )
        provider = MeterProvider([reader], Resource({"service.name": "jobs"}), shutdown_on_exit=False)
        meter = provider.get_meter("jobs")

        def look(options: CallbackOptions) -> list[Observation]:
            return [Observation(12.5, {"queue": "mail"}), Observation(99.0, {"queue": "exports"})]

        meter.create_observable_gauge("jobs.depth", [look], unit="{jobs}")
        counter = meter.create_counter("jobs.orders", unit="1")
        for _ in range(2):
            counter.add(50)
            await asyncio.to_thread(provider.force_flush)
        of_depth, of_orders = await alerts.until_incident(depth.id), await alerts.until_incident(orders.id)
        await asyncio.to_thread(provider.shutdown)

    assert (of_depth.value, of_depth.unit, of_depth.labels) == (12.5, "{jobs}", {"queue": "mail", "service": "jobs"})
    assert (of_orders.unit, of_orders.service) == ("/s", "jobs")


async def test_belfry_measures_its_own_processes(service_env: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Processor, memory, open files and lateness of every process, for rules that watch Belfry itself."""
    monkeypatch.setattr(vitals, "SAY_SECONDS", 1.0)
    names = list(vitals.UNITS)
    async with running_alerts(service_env) as alerts:
        rule = await alerts.rule("belfry.memory_bytes", selector=[Matcher(label="service", value="alert_svc")])
        incident = await alerts.until_incident(rule.id)
        assert incident.unit == "bytes"
        assert (incident.value or 0) > 10_000_000
        found = await until(lambda: _known(alerts, names), lambda found: all(each.series for each in found))

    assert [each.origin for each in found] == ["process"] * len(names)


async def test_what_cannot_be_read_deafens_nobody(service_env: dict[str, str]) -> None:
    """Anyone may say anything on `metric.sampled`: it is counted and left out, and what follows is heard."""
    rubbish = (
        b"", b"\xff\xfe", b"[]", b'{"name": "\xff"}', b'{"name": "x.y", "samples": [{"value": 1e999}]}',
        b'{"name": "x.y", "samples": [{"value": 1}], "at": "0001-01-01T00:00:00Z"}',
        b'{"name": "x.y", "samples": [{"value": NaN}]}', b'{"name": "x.y", "samples": [{"value": -1e308}]}',
        b'{"name": "x.y", "samples": [{"value": 1, "labels": {"a b": "c"}}]}', b"{" * 10_000,
    )  # fmt: skip
    async with running_alerts(service_env) as alerts:
        rule = await alerts.rule("after.rubbish", operator="<", threshold=-1.0)
        for body in rubbish:
            await alerts.bus.send("belfry.v1.metric.sampled.x-y", body)
        alerts.measure("after.rubbish", -2.0)
        assert (await alerts.until_incident(rule.id)).value == -2.0


async def _known(alerts: Alerts, names: list[str]) -> list[Metric]:
    catalogue: MetricCatalogue = await alerts.ask(alert.LIST_METRICS, Nothing())
    return [each for each in catalogue.metrics if each.name in names]

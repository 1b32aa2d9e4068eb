"""Gauges and sums of the real SDK for Python, as rules hear them."""

import asyncio

import msgspec
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.metrics import CallbackOptions, Observation
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource

from latency_svc.otlp.numbers import Growth, name_of
from shared.bus import Message
from shared.contracts.alerts.metrics import MetricSampled
from tests.backend.latency_svc.otlp.conftest import Door
from tests.fixtures.waiting import until


async def test_gauges_and_sums_are_said_on_the_bus(door: Door) -> None:
    """A gauge as it is, what goes up and down as it stands, what only grows by what it grows in a second."""
    heard: dict[str, list[MetricSampled]] = {}

    async def hear(message: Message) -> None:
        event = msgspec.json.decode(message.data, type=MetricSampled)
        heard.setdefault(event.name, []).append(event)

    await door.bus.subscribe("belfry.v1.metric.sampled.*", hear)
    reader = PeriodicExportingMetricReader(
        OTLPMetricExporter(f"{door.url}/v1/metrics"), export_interval_millis=float("inf")
    )
    provider = MeterProvider([reader], Resource({"service.name": "numbers-shop"}), shutdown_on_exit=False)
    meter = provider.get_meter("shop")

    def depth(options: CallbackOptions) -> list[Observation]:
        return [Observation(12.5, {"queue": "mail"})]

    meter.create_observable_gauge("Queue.Depth", [depth], unit="{jobs}")
    busy, orders = meter.create_up_down_counter("workers.busy"), meter.create_counter("orders", unit="1")
    busy.add(3, {"pool": "a"})
    orders.add(10)
    await asyncio.to_thread(provider.force_flush)
    orders.add(50)
    await asyncio.to_thread(provider.force_flush)

    async def names() -> set[str]:
        return {
            name
            for name, events in heard.items()
            if any(e.samples[0].labels["service"] == "numbers-shop" for e in events)
        }

    await until(names, lambda found: found >= {"queue.depth", "workers.busy", "orders"})
    gauge, level, [rate] = heard["queue.depth"][0], heard["workers.busy"][0], heard["orders"]
    assert (gauge.samples[0].value, gauge.unit) == (12.5, "{jobs}")
    assert gauge.samples[0].labels == {"queue": "mail", "service": "numbers-shop"}
    assert level.samples[0].value == 3
    assert rate.unit == "/s"
    assert rate.samples[0].value > 0
    await asyncio.to_thread(provider.shutdown)


def test_names_are_those_that_rules_write_and_growth_begins_anew() -> None:
    assert name_of("JVM.Memory-Used{x}") == "jvm.memory_used_x_"
    assert name_of("9lives") is None
    growth = Growth()
    assert growth.rate(("a",), 10, 100) is None
    assert growth.rate(("a",), 40, 110) == 3
    assert growth.rate(("a",), 5, 120) is None

"""Alerts: one round of evaluation, what alert_svc spends on the same from the bus, and how long it takes from a value
that is bad to the provider's acceptance of the message. Prometheus evaluates the same rules beside it."""

import asyncio
import os
import statistics
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp
import asyncpg
import msgspec
import psutil
from aiohttp import web

from alert_svc.book import watched
from alert_svc.engine import Engine
from alert_svc.series import Sample
from deploy.local.ports import free_port
from shared.bus import Bus
from shared.contracts.alerts import procedures as alert
from shared.contracts.alerts.channels import WebhookChannel
from shared.contracts.alerts.metrics import MetricSample, MetricSampled
from shared.contracts.alerts.requests import CreateChannel
from shared.contracts.alerts.rules import AlertRuleSpec, Matcher
from shared.rpc import Caller, call
from shared.settings import Settings
from tests.bench.alerts_prometheus import evaluation_seconds
from tests.bench.figures import Figure, against, within
from tests.bench.stage import Servers, cpu_seconds, servers, service
from tests.fixtures.processes import ServiceProcess
from tests.fixtures.waiting import until

RULES, PER_RULE = 2_000, 5
SERIES = RULES * PER_RULE
HOT, NONE_HOT = 100, SERIES + 1  # one series in so many is beyond its threshold
ROUNDS = 12
SAMPLES_OF_AN_EVENT = 500
DETECTIONS, APART_SECONDS = 200, 0.05
METRIC = "bench.ms"
THRESHOLD = 500.0


def measure_alerts() -> dict[str, Figure]:
    """About two minutes."""
    figures = measure_rounds()
    with TemporaryDirectory() as folder, servers(Path(folder)) as stores:
        asyncio.run(fill(stores))
        env = {
            "NATS_URL": stores.nats.url, "DATABASE_URL": stores.postgres.url, "BELFRY_ALERT_ALLOW": "127.0.0.1",
            "BELFRY_CONFIG": str(Path(folder) / "none.yaml"),
        }  # fmt: skip
        core = max(os.sched_getaffinity(0)) if len(os.sched_getaffinity(0)) > 1 else None
        with service("alert_svc", Path(folder), env, core) as running:
            figures |= asyncio.run(measure_service(stores, running))
    return figures | beside_prometheus(figures["round"].value or 0)


# --- one round ----------------------------------------------------------------------------------------------------


def measure_rounds() -> dict[str, Figure]:
    """In this process: values of all series taken in and compared with all rules, and the time looked at."""
    tell(f"{RULES} rules over {SERIES} series")
    engine = Engine()
    started = time.process_time()
    for spec in rules():
        engine.book.add_rule(watched(spec.id or "", 1, 0, spec))
    engine.hear(samples(0, HOT))
    figures = {"setup": within(time.process_time() - started, "s")}
    few = [_round(engine, number, HOT) for number in range(1, ROUNDS)]
    engine.hear(samples(ROUNDS, NONE_HOT))
    every = [_round(engine, ROUNDS + number, 1 if number % 2 else NONE_HOT) for number in range(1, ROUNDS)]
    figures["round"] = within(statistics.median(few), "s", at_most=1.0)
    figures["round_in_which_all_change"] = within(statistics.median(every), "s", at_most=1.0)
    return figures


def _round(engine: Engine, number: int, hot: int) -> float:
    given = samples(number, hot)
    started = time.process_time()
    engine.hear(given)
    engine.pass_time(given[0].at)
    return time.process_time() - started


def rules() -> list[AlertRuleSpec]:
    return [
        AlertRuleSpec(
            id=f"rule-{n}", name=f"Rule {n}", metric=METRIC, operator=">", threshold=THRESHOLD, duration=60,
            selector=[Matcher(label="service", value=f"s{n}")],
        )
        for n in range(RULES)
    ]  # fmt: skip


def labels_of(number: int) -> dict[str, str]:
    return {"service": f"s{number % RULES}", "path": f"/p{number // RULES}"}


def value_of(number: int, round_: int, hot: int) -> float:
    base = (number * 7 + round_ * 13) % 400
    return float(base + (600 if number % hot == hot - 1 else 0))


def samples(round_: int, hot: int) -> list[Sample]:
    at = 1_700_000_000.0 + round_ * 10
    return [Sample(METRIC, labels_of(n), at, value_of(n, round_, hot), 100.0, 10.0) for n in range(SERIES)]


# --- the service --------------------------------------------------------------------------------------------------


async def fill(stores: Servers) -> None:
    """The rules, as if they had been there for long, and one that fires at once."""
    found = [*rules(), urgent()]
    connection = await asyncpg.connect(stores.postgres.url, server_settings={"search_path": "alert"})
    await connection.executemany(
        "INSERT INTO rule (id, spec, source, created_by, updated_by) VALUES ($1, $2::text::jsonb, 'api', 'b', 'b')",
        [(spec.id, msgspec.json.encode(spec).decode()) for spec in found],
    )
    await connection.execute(
        "INSERT INTO rule_version (rule_id, version, change, spec, changed_by) VALUES ('x', 1, 'added', '{}', 'b')"
    )
    await connection.close()


def urgent() -> AlertRuleSpec:
    return AlertRuleSpec(
        id="urgent", name="Urgent", metric="bench.urgent", operator=">", threshold=0, channels=["hook"],
        group_by=["number"],
    )  # fmt: skip


async def measure_service(stores: Servers, running: ServiceProcess) -> dict[str, Figure]:
    bus = await Bus.connect(Settings(service="bench", nats_url=stores.nats.url))
    async with receiver() as (address, arrived):
        hook = WebhookChannel(name="Hook", id="hook", url=f"{address}/hook")
        await call(bus, alert.CREATE_CHANNEL, CreateChannel(channel=hook), Caller(actor="bench", role="admin"), 10)
        figures = await measure_from_bus(stores, bus, running)
        figures |= await measure_detection(bus, arrived)
    await bus.close()
    return figures


async def measure_from_bus(stores: Servers, bus: Bus, running: ServiceProcess) -> dict[str, Figure]:
    """Reading, decoding, evaluating and storing, for one value of every series: CPU of the process."""
    tell("the same rounds from the bus")
    await say_all(bus, 0)
    await heard(running, SERIES)
    spent = cpu_seconds(running.pid)
    for number in range(1, ROUNDS):
        await say_all(bus, number)
        await heard(running, SERIES * (number + 1))
    each = (cpu_seconds(running.pid) - spent) / (ROUNDS - 1)
    memory = psutil.Process(running.pid).memory_info().rss / 1e6
    return {"round_from_bus": within(each, "CPU s", at_most=1.0), "memory": within(memory, "MB")}


async def say_all(bus: Bus, number: int) -> None:
    now = datetime.now(UTC)
    given = [MetricSample(value=value_of(n, number, HOT), labels=labels_of(n), count=100) for n in range(SERIES)]
    for first in range(0, SERIES, SAMPLES_OF_AN_EVENT):
        part = given[first : first + SAMPLES_OF_AN_EVENT]
        bus.publish(MetricSampled(name=METRIC, at=now, interval_seconds=10, samples=part))


async def heard(running: ServiceProcess, many: int) -> None:
    async def taken() -> float:
        async with aiohttp.ClientSession(running.url) as client, client.get("/metrics") as answer:
            text = await answer.text()
        line = next((line for line in text.splitlines() if line.startswith("belfry_alert_samples_total ")), "x 0")
        return float(line.split()[1])

    await until(taken, lambda found: found >= many, 60)
    await asyncio.sleep(0.3)


async def measure_detection(bus: Bus, arrived: dict[str, float]) -> dict[str, Figure]:
    """From the moment a value is said to the moment its message is with the provider."""
    tell(f"{DETECTIONS} incidents, one after the other")
    said: dict[str, float] = {}
    for number in range(DETECTIONS):
        label = str(number)
        said[label] = time.monotonic()
        bus.publish(
            MetricSampled(
                name="bench.urgent", at=datetime.now(UTC), samples=[MetricSample(value=1, labels={"number": label})]
            )
        )
        await asyncio.sleep(APART_SECONDS)

    async def those() -> int:
        return len(arrived)

    await until(those, lambda count: count >= DETECTIONS, 60)
    took = sorted((arrived[label] - said[label]) * 1000 for label in said)
    p99 = took[int(len(took) * 0.99)]
    return {"detection_p50": within(statistics.median(took), "ms"), "detection_p99": within(p99, "ms", at_most=1000)}


@asynccontextmanager
async def receiver() -> AsyncIterator[tuple[str, dict[str, float]]]:
    """A provider that accepts every message: its address, and when the first one of each series came."""
    arrived: dict[str, float] = {}

    async def take(request: web.Request) -> web.Response:
        arrived.setdefault(number_in(await request.json()), time.monotonic())
        return web.Response()

    app = web.Application()
    app.router.add_post("/hook", take)
    runner = web.AppRunner(app)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield f"http://127.0.0.1:{port}", arrived
    await runner.cleanup()


def number_in(body: object) -> str:
    """The label of the series that a message is about, wherever it stands in it."""
    waiting = [body]
    while waiting:
        found = waiting.pop()
        if isinstance(found, dict):
            if isinstance(found.get("number"), str):
                return str(found["number"])
            waiting += found.values()
        elif isinstance(found, list):
            waiting += found
    return ""


def beside_prometheus(ours: float) -> dict[str, Figure]:
    tell("Prometheus")
    theirs = evaluation_seconds([spec.id or "" for spec in rules()], SERIES, THRESHOLD)
    note = "one group of rules on one core, from its own report; ours takes in the values as well"
    if theirs is None:
        note = "not measured: prometheus is not installed (Debian has it as a package)"
    return {"against_prometheus": against(ours, "s", "Prometheus", theirs, at_most=1, note=note)}


def tell(what: str) -> None:
    sys.stderr.write(f"  {what}\n")

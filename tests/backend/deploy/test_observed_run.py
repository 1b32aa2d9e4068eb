"""All of Belfry, really started, as others see it: metrics in a Prometheus, dashboards over them, traces."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
import yaml
from aiohttp import ClientSession
from msgspec import Struct
from prometheus_client.parser import text_string_to_metric_families

from deploy.doctor import __main__ as doctor
from deploy.grafana.files import DASHBOARDS, expression
from deploy.local.fleet import is_ready
from deploy.local.ports import free_port
from deploy.local.program import Program, running
from deploy.prometheus.files import HERE, RULES, config
from deploy.prometheus.rule import PROCESSES
from tests import prometheus
from tests.backend.deploy.local_run import LocalRun
from tests.documented.blocks import blocks
from tests.documented.grammar import secrets_of_the_chart, wrong_with
from tests.documented.running import Place
from tests.documented.stand_ins import DONE, WRITTEN_DOWN, calls
from tests.fixtures.chart import rendered
from tests.fixtures.collector import Collector, collecting
from tests.fixtures.processes import clean_environment
from tests.fixtures.waiting import until
from tests.observed.metrics import EVERYONE, known

pytestmark = [pytest.mark.integration, pytest.mark.asyncio(loop_scope="module")]

TOKEN = "bf_token_of_the_observed_run_0123456"
AT = "/api/v1/admin"
PATIENCE_SECONDS = 90
BELL = {
    "interval_seconds": 3600,
    "failure_threshold": 1,
    "checks": [{"kind": "tcp", "host": "127.0.0.1", "port": 1}],
}


class Seen(Struct, frozen=True):
    """A running Belfry, asked as an admin; `ports`: where each process answers; `spans`: what they sent."""

    data: Path
    api: ClientSession
    ports: dict[str, int]
    spans: Collector


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def belfry(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Seen]:
    data = tmp_path_factory.mktemp("observed") / "data"
    async with collecting() as (collector, endpoint):
        given = {"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint, "OTEL_BSP_SCHEDULE_DELAY": "200", "BELFRY_ADMIN_TOKEN": TOKEN}
        run = LocalRun(data, env=given)
        try:
            url = await asyncio.to_thread(run.wait_ready)
            ports = json.loads((data / "ports.json").read_text()) | {"gateway": run.port}
            async with ClientSession(url, headers={"Authorization": f"Bearer {TOKEN}"}) as api:
                yield Seen(data, api, ports, collector)
        finally:
            await asyncio.to_thread(run.close)


@pytest.fixture(scope="module")
def prometheus_url(belfry: Seen, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Prometheus that asks this Belfry every second."""
    program = prometheus.find("prometheus") or pytest.skip(prometheus.why_not("prometheus"))
    folder, port = tmp_path_factory.mktemp("prometheus"), free_port()
    targets = {process: [f"127.0.0.1:{belfry.ports[process]}"] for process in PROCESSES}
    every = {"global": {"scrape_interval": "1s", "evaluation_interval": "1s"}}
    path = folder / "prometheus.yml"
    path.write_text(json.dumps(config(targets, [str(HERE / name) for name in RULES]) | every))
    url = f"http://127.0.0.1:{port}"
    flags = {"config.file": path, "storage.tsdb.path": folder / "data", "web.listen-address": f"127.0.0.1:{port}"}
    log = folder / "prometheus.log"
    with running(
        Program(
            name="prometheus",
            argv=(program, *(f"--{name}={value}" for name, value in flags.items())),
            ready=lambda _: log.exists() and b"ready to receive web requests" in log.read_bytes(),
            log_path=log,
            env=clean_environment(),
        ),
        ready_seconds=PATIENCE_SECONDS,
    ):
        yield url


async def asked(belfry: Seen, method: str, path: str, body: Any = None) -> Any:
    async with belfry.api.request(method, path, json=body) as answer:
        assert answer.status < 300, await answer.text()
        return await answer.json(content_type=None)


async def test_one_trace_goes_from_a_browser_to_the_last_who_hears_of_it(belfry: Seen) -> None:
    """Gateway, RPC over NATS, health_svc, its SQL, the event, and alert_svc that hears it: one trace."""
    numbers = count()

    async def chains() -> list[list[tuple[str, str]]]:
        """Of one more service each time: the first look at one may find it down before we do."""
        id = f"bell-{next(numbers)}"
        await asked(belfry, "POST", f"{AT}/health/services", BELL | {"id": id})
        await asked(belfry, "POST", f"{AT}/health/services/{id}/check")
        told = [each for _, each in belfry.spans.spans if each.name == "receive health.changed"]
        return [chain for each in told if (chain := list(belfry.spans.above(each)))[-1][1].startswith("POST ")]

    chain = (await until(chains, bool, PATIENCE_SECONDS))[0]
    assert chain == [
        ("alert_svc", "receive health.changed"),
        ("health_svc", "record runs"),
        ("health_svc", "rpc belfry.rpc.health.check_now"),
        ("gateway", "rpc belfry.rpc.health.check_now"),
        ("gateway", f"POST {AT}/health/services/{{service_id}}/check"),
    ]
    records = {each.span_id for _, each in belfry.spans.spans if each.name == "record runs"}
    below = {each.name for _, each in belfry.spans.spans if each.parent_span_id in records}
    assert {"INSERT", "COMMIT"} & below, below


async def test_the_doctor_finds_a_local_run_and_nothing_wrong_with_it(
    belfry: Seen, capsys: pytest.CaptureFixture[str]
) -> None:
    environ = {"BELFRY_DATA_DIR": str(belfry.data), "PORT": str(belfry.ports["gateway"])}

    async def examined() -> list[dict[str, str]]:
        """Just after the start an event or two may still be on its way."""
        await asyncio.to_thread(doctor.main, ["--json"], environ)
        found: list[dict[str, str]] = json.loads(capsys.readouterr().out)["findings"]
        return found

    findings = await until(examined, lambda found: all(each["verdict"] != "failed" for each in found), PATIENCE_SECONDS)
    ready = {each["check"] for each in findings if each["found"].startswith("ready, release")}
    assert ready == set(PROCESSES)
    assert {f"rights of {process}" for process in PROCESSES} <= {each["check"] for each in findings}


async def test_what_is_documented_is_what_each_process_says(belfry: Seen) -> None:
    for process in PROCESSES:
        url = f"http://127.0.0.1:{belfry.ports[process]}/metrics"
        async with aiohttp.ClientSession() as http, http.get(url) as answer:
            families = list(text_string_to_metric_families(await answer.text()))
        said = {f"{each.name}_total" if each.type == "counter" else each.name for each in families}
        documented = {metric.name for metric in known() if metric.owner in (EVERYONE, process)}
        assert {name for name in said if name.startswith("belfry_")} - documented == set(), process
        assert documented - said - {"belfry_bus_rtt_seconds"} == set(), process  # said after the first ping


async def test_every_panel_shows_something_over_a_running_belfry(belfry: Seen, prometheus_url: str) -> None:
    panels = {
        f"{dashboard.title}: {panel.title}, {number}": (expression(dashboard, ask), panel.quiet)
        for dashboard in DASHBOARDS
        for row in dashboard.rows
        for panel in row.panels
        for number, ask in enumerate(panel.asks, 1)
    }

    async def empty() -> set[str]:
        """Panels without a series; what may be quiet must only be understood."""
        await asked(belfry, "GET", f"{AT}/health/services")
        found = {title: await series(prometheus_url, expr) for title, (expr, _) in panels.items()}
        return {title for title, (_, quiet) in panels.items() if not quiet and not found[title]}

    await until(empty, lambda titles: not titles, PATIENCE_SECONDS)
    firing = await series(prometheus_url, 'ALERTS{alertname!="BelfryWatchdog",alertstate="firing",severity="critical"}')
    assert firing == []


async def series(url: str, expr: str) -> list[Any]:
    query = expr.replace("$__rate_interval", "1m").replace("$instance", ".*")
    async with aiohttp.ClientSession() as http, http.get(f"{url}/api/v1/query", params={"query": query}) as answer:
        body = await answer.json()
    assert body["status"] == "success", f"{expr}: {body}"
    found: list[Any] = body["data"]["result"]
    return found


@pytest.fixture
def place(belfry: Seen, tmp_path: Path) -> Iterator[Place]:
    """Commands of the documents find this Belfry, and the shop of the demonstration."""
    port, log = free_port(), tmp_path / "shop.log"
    shop = Program(
        name="checkout",
        argv=(sys.executable, "-m", "demo", "checkout"),
        ready=is_ready("127.0.0.1", port, "/health"),
        log_path=log,
        env=clean_environment() | {"PORT": str(port), "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"},
    )
    given = {
        "TOKEN": TOKEN,
        "PORT": str(belfry.ports["gateway"]),
        "STAND_IN_PORTS": f"8080={belfry.ports['gateway']},8092={port}",
    }
    with running(shop, ready_seconds=PATIENCE_SECONDS):
        yield Place(tmp_path / "place", belfry.data, clean_environment() | given)


async def test_every_command_of_the_documents_does_what_it_says(place: Place) -> None:
    """Each block is run as it stands; what needs an engine or a cluster is at least understood, and finds its files."""
    assert await place.run_all() == []
    called = calls(place.folder)
    assert {words[0] for words in called} == {*WRITTEN_DOWN, *DONE}
    assert {" ".join(words[:6]): wrong for words in called if (wrong := wrong_with(words))} == {}
    assert (place.folder / "belfry.backup").exists()
    made = {name for words in called for name in words if "secret" in words and name.startswith("belfry-")}
    assert secrets_of_the_chart() <= made
    assert rendered({"documented": {"values": yaml.safe_load((place.folder / "my.yaml").read_text())}})


async def test_the_example_in_python_hears_a_change(belfry: Seen, place: Place) -> None:
    [example] = [block.text for block in blocks("python") if block.document == "README.md"]
    nats = f"nats://127.0.0.1:{belfry.ports['nats']}"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-u", "-c", example, cwd=place.folder, env=place.environ | {"NATS": nats}, stdout=PIPE
    )
    assert process.stdout is not None
    numbers, heard = count(), asyncio.create_task(process.stdout.readline())

    async def told() -> bool:
        """Of one more service each time: the first ones may change before anybody listens."""
        await asked(belfry, "POST", f"{AT}/health/services", BELL | {"id": f"heard-{next(numbers)}"})
        await asyncio.wait([heard], timeout=1)
        return heard.done()

    try:
        await until(told, bool, PATIENCE_SECONDS)
        assert b"-> down" in await heard
    finally:
        process.kill()
        await process.wait()

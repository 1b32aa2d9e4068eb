"""What limits each service: the work of one replica on one core, of two, and what it costs NATS and PostgreSQL; and how
long three NATS servers take nothing when one of them is killed."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import mean
from tempfile import TemporaryDirectory

from msgspec.json import encode

from shared.bus import Bus, BusOptions
from shared.contracts.pipeline.chain import CHAINS_BUCKET, SAVED_KEY
from shared.keyvalue import KeyValue
from shared.settings import Settings
from tests.bench import alerts
from tests.bench import scale_loads as loads
from tests.bench.fanout import SIZES, told
from tests.bench.fanout_servers import belfry, crowd, without_rate_limit
from tests.bench.figures import Figure
from tests.bench.fleet import SERVICES, declare, member
from tests.bench.gateway import token_of_a_viewer
from tests.bench.gateway_worker import PATH
from tests.bench.http_load import Load, load
from tests.bench.scale_cluster import acknowledged, measure_cluster
from tests.bench.scale_stage import Site, one_and_two, tell
from tests.bench.stage import TOKEN, Servers, servers, service, worker

SELDOM_SECONDS = 30
TOGETHER = 25  # events in a tick


def measure_scale() -> dict[str, Figure]:
    """Under three minutes."""
    with TemporaryDirectory() as folder, servers(Path(folder)) as stores:
        figures = asyncio.run(measured(Path(folder), stores))
    return figures | measure_cluster()


async def measured(folder: Path, stores: Servers) -> dict[str, Figure]:
    settings = Settings(service="bench", nats_url=stores.nats.url)
    bus = await Bus.connect(settings, BusOptions(pending_bytes=64 * 1024 * 1024))
    site = Site(stores, folder, bus)
    figures: dict[str, Figure] = {}
    for part in PARTS:
        figures |= await part(site)
    await bus.close()
    return figures


async def events(site: Site) -> dict[str, Figure]:
    return await acknowledged(site.bus, "one_server", [site.stores.nats])


async def rules(site: Site) -> dict[str, Figure]:
    await alerts.fill(site.stores)
    return await one_and_two(site, "alert_svc", "rounds", loads.rounds, loads.one_round, shared=False)


async def checks(site: Site) -> dict[str, Figure]:
    """Services are due when we say so, and seldom by themselves."""
    with worker("tests.bench.health_target", "targets", "0") as (port,):
        config = site.folder / "belfry.yaml"
        target = f"http://127.0.0.1:{port}"
        declare(config, [{**member(target, n), "interval_seconds": SELDOM_SECONDS} for n in range(SERVICES)])
        env = {"BELFRY_CONFIG": str(config)}
        return await one_and_two(site, "health_svc", "checks", loads.checks, loads.all_checked, shared=True, env=env)


async def durations(site: Site) -> dict[str, Figure]:
    return await one_and_two(site, "latency_svc", "durations", loads.durations, loads.some_durations, shared=True)


async def reports(site: Site) -> dict[str, Figure]:
    return await one_and_two(site, "ws_svc", "reports", loads.reports, loads.caught_up, shared=False)


async def measurements(site: Site) -> dict[str, Figure]:
    return await one_and_two(site, "pipeline_svc", "measurements", loads.measurements, loads.caught_up, shared=False)


async def requests(site: Site) -> dict[str, Figure]:
    """Reads of which each asks a service, through the chain without its limit."""
    await KeyValue(site.bus, CHAINS_BUCKET).put(SAVED_KEY, encode(without_rate_limit()))
    cores = sorted(os.sched_getaffinity(0))
    with ExitStack() as held:
        held.enter_context(worker("tests.bench.gateway_worker", "service", env=site.env))
        ports = []
        for number in range(2):
            env, core = {**site.env, "BELFRY_ADMIN_TOKEN": TOKEN}, cores[-1 - number] if len(cores) > 1 else None
            gateway = held.enter_context(service("gateway", site.folder / f"gateway-{number}", env, core))
            ports.append((gateway.port, gateway.pid))
        headers = {"Authorization": f"Bearer {await token_of_a_viewer(ports[0][0])}"}
        one = await load(*ports[0], PATH, headers)
        both = await asyncio.gather(*(load(*each, PATH, headers) for each in ports))
    found = [one, *both]
    if any(set(each.statuses) != {"200"} for each in found):
        raise RuntimeError(f"not everything was answered: {[each.statuses for each in found]}")
    tell(f"requests, 1: {one.per_second:,.0f}/s; 2: {sum(each.per_second for each in both):,.0f}/s")
    return requested(one, both)


def requested(one: Load, both: Sequence[Load]) -> dict[str, Figure]:
    together = sum(each.per_second for each in both)
    return {
        "requests": Figure(value=one.per_second, unit="/s", note=f"{one.microseconds:.3g} us of CPU each"),
        "requests_per_core": Figure(value=one.per_cpu_second, unit="/CPU s"),
        "requests_by_two": Figure(
            value=together, unit="/s", peer="one", peer_value=one.per_second, ratio=together / one.per_second,
            note=f"{mean(each.microseconds for each in both):.3g} us of CPU each",
        ),
    }  # fmt: skip


async def deliveries(site: Site) -> dict[str, Figure]:
    """Of the live channel, many events in a tick, by one gateway."""
    cores, size = sorted(os.sched_getaffinity(0)), SIZES[0]
    core = cores[-1] if len(cores) > 1 else None
    with crowd(cores[0] if core else None) as clients:
        async with belfry(site.stores, site.folder / "live", core) as gateway:
            connect = {"url": gateway.url, "headers": gateway.headers, "subscribe": True}
            await clients("connect", count=size.clients, **connect)
            found = await told(gateway, clients, size.clients, size.busy_rate, TOGETHER)
    return {"deliveries_per_core": Figure(value=found.per_cpu_second, unit="/CPU s", note=f"{size.clients} clients")}


PARTS: tuple[Callable[[Site], Awaitable[dict[str, Figure]]], ...] = (
    events, rules, checks, durations, reports, measurements, requests, deliveries,
)  # fmt: skip

"""What the gateway's chain costs: against none, against Starlette's, and its requests against a bare aiohttp's."""

import asyncio
import os
import sys
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import aiohttp
import uvloop

from shared.contracts.catalogue import default_chain
from tests.bench.figures import Figure, against, within
from tests.bench.gateway_timing import timing_us_a_step
from tests.bench.gateway_worker import PATH
from tests.bench.http_load import Load, load
from tests.bench.stage import TOKEN, servers, worker

SERVERS = ("bare", "none", "asked", "cached", "starlette", "starlette_chain")
ROUNDS, ROUND_SECONDS, WARM_SECONDS = 21, 1.0, 0.3  # many and short: a machine that is shared is slow for a while
STEPS = sum(step.enabled for step in default_chain().steps)
STARLETTE_STEPS = 5


def measure_gateway() -> dict[str, Figure]:
    """About three minutes. The server that is measured has a core to itself; who answers on the bus has the other."""
    cores = sorted(os.sched_getaffinity(0))
    core = cores[-1] if len(cores) > 1 else None
    with TemporaryDirectory() as folder, servers(Path(folder)) as stores, ExitStack() as held:
        env = {"NATS_URL": stores.nats.url, "DATABASE_URL": stores.postgres.url, "BELFRY_DATA_DIR": folder}
        held.enter_context(worker("tests.bench.gateway_worker", "service", env=env))
        started = {
            name: held.enter_context(worker("tests.bench.gateway_worker", name, core=core, env=env)) for name in SERVERS
        }
        return {**uvloop.run(measured(started)), "timing": within(timing_us_a_step(STEPS), "us/step", at_most=1)}


async def measured(started: dict[str, list[int]]) -> dict[str, Figure]:
    headers = {"Authorization": f"Bearer {await token_of_a_viewer(started['asked'][0])}"}
    found: dict[str, list[Load]] = {name: [] for name in SERVERS}
    for number in range(ROUNDS):
        for name, (port, pid) in started.items():
            one = await load(port, pid, PATH, headers, seconds=ROUND_SECONDS, warm_seconds=WARM_SECONDS)
            found[name].append(one)
            tell(f"round {number + 1}: {name} {one.per_cpu_second:,.0f} requests a CPU second")
    wrong = {name: each.statuses for name, loads in found.items() for each in loads if set(each.statuses) != {"200"}}
    if wrong:
        raise RuntimeError(f"not everything was answered: {wrong}")
    return figures({name: median(each.per_cpu_second for each in loads) for name, loads in found.items()})


def figures(per_cpu_second: dict[str, float]) -> dict[str, Figure]:
    cost = {name: 1e6 / rate for name, rate in per_cpu_second.items()}
    bare, unit = per_cpu_second["bare"], "requests/CPU s"
    chain, starlette = cost["asked"] - cost["none"], cost["starlette_chain"] - cost["starlette"]
    note = f"{STEPS} steps of ours, {STARLETTE_STEPS} of Starlette's, each with its work"
    return {
        "cached_read": against(per_cpu_second["cached"], unit, "bare aiohttp", bare, at_least=0.5),
        "asked_read": against(per_cpu_second["asked"], unit, "bare aiohttp", bare, at_least=0.35),
        "with_chain": against(per_cpu_second["asked"], unit, "without", per_cpu_second["none"]),
        "step": against(chain / STEPS, "us", "Starlette", starlette / STARLETTE_STEPS, at_most=1, note=note),
        "chain": within(chain, "us/request"),
    }


async def token_of_a_viewer(port: int) -> str:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}", headers=headers) as admin:
        made = {"label": "bench", "role": "viewer"}
        for _ in range(100):
            async with admin.post("/api/v1/auth/tokens", json=made) as answer:
                if answer.status == 201:
                    secret: str = (await answer.json())["secret"]
                    return secret
            await asyncio.sleep(0.1)
    raise TimeoutError("The gateway gave no token")


def tell(what: str) -> None:
    sys.stderr.write(f"  gateway: {what}\n")

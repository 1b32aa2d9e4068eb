"""Checks by hand: of a target that takes 200 ms, and while every place for scheduled runs hangs."""

import asyncio
import time

import aiohttp

from tests.bench.figures import Figure, p95, within
from tests.bench.fleet import declare, fleet, one
from tests.bench.stage import Stage

HANGING = 480
PLACES = 256
PATIENCE_SECONDS = 40
GOAL_MS, HARD_GOAL_MS = 1_000, 5_000


async def measure_by_hand(session: aiohttp.ClientSession, stage: Stage) -> dict[str, Figure]:
    return {"check_now_p95": within(p95(await check_now(session, stage, "slow", 30)), "ms", at_most=GOAL_MS)}


async def measure_while_all_hang(session: aiohttp.ClientSession, stage: Stage) -> dict[str, Figure]:
    """Every place for scheduled runs is taken by a target that never answers."""
    urls = [stage.hanging[n % len(stage.hanging)] for n in range(HANGING)]
    declare(stage.config, [*fleet(stage.target), *(one(f"h-{n}", url) for n, url in enumerate(urls))])
    await until_stuck(session, stage)
    answered = await check_now(session, stage, "slow", 10)
    hung = await check_now(session, stage, "h-0", 2)
    return {
        "stuck_check_now_p95": within(p95(answered), "ms", at_most=GOAL_MS),
        "stuck_hard_answer": within(max(hung), "ms", at_most=HARD_GOAL_MS),
    }


async def check_now(session: aiohttp.ClientSession, stage: Stage, service_id: str, times: int) -> list[float]:
    """Milliseconds of each."""
    took: list[float] = []
    for _ in range(times):
        started = time.perf_counter()
        async with session.post(f"{stage.gateway.url}/api/v1/admin/health/services/{service_id}/check") as answer:
            await answer.read()
            answer.raise_for_status()
        took.append((time.perf_counter() - started) * 1000)
    return took


async def until_stuck(session: aiohttp.ClientSession, stage: Stage) -> None:
    for _ in range(PATIENCE_SECONDS):
        if await running_checks(session, stage) >= PLACES:
            return
        await asyncio.sleep(1)
    raise TimeoutError(f"Not all {PLACES} places were taken within {PATIENCE_SECONDS} s")


async def running_checks(session: aiohttp.ClientSession, stage: Stage) -> float:
    async with session.get(f"{stage.health.url}/metrics") as answer:
        lines = (await answer.text()).splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith("belfry_health_runs_in_flight "))

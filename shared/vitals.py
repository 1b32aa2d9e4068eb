"""This process as a metric: what it takes of the machine and how late it gets to its work, for rules that watch Belfry
itself. Linux tells all of it; elsewhere the processor time and the lateness remain."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path

from aiohttp import web

from shared.contracts.alerts.metrics import MetricMeasured, MetricSample
from shared.keys import BUS, SETTINGS
from shared.metrics import LOOP_LAG

SAY_SECONDS = 10.0
LOOK_SECONDS = 0.5
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
UNITS = {"belfry.cpu_pct": "%", "belfry.memory_bytes": "bytes", "belfry.loop_lag_ms": "ms", "belfry.open_files": ""}


async def vitals_context(app: web.Application) -> AsyncIterator[None]:
    """Says them as long as the application lives; comes after the bus."""
    task = asyncio.create_task(_say(app), name="vitals")
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def _say(app: web.Application) -> None:
    settings, bus = app[SETTINGS], app[BUS]
    labels = {"service": settings.service, "instance": settings.instance}
    while True:
        began, cpu_seconds = time.monotonic(), time.process_time()
        lag_ms = await longest_lag_ms(SAY_SECONDS)
        LOOP_LAG.set(lag_ms / 1000)
        cpu_pct = 100 * (time.process_time() - cpu_seconds) / (time.monotonic() - began)
        for event in measured({"belfry.cpu_pct": cpu_pct, "belfry.loop_lag_ms": lag_ms, **held()}, labels):
            bus.publish(event)


async def longest_lag_ms(seconds: float) -> float:
    """By how much this process missed its moments within some time, at worst."""
    longest = 0.0
    for _ in range(round(seconds / LOOK_SECONDS)):
        due = time.monotonic() + LOOK_SECONDS
        await asyncio.sleep(LOOK_SECONDS)
        longest = max(longest, time.monotonic() - due)
    return longest * 1000


def held() -> dict[str, float]:
    """What it holds of the machine's memory and files."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return {"belfry.memory_bytes": pages * PAGE_BYTES, "belfry.open_files": len(os.listdir("/proc/self/fd"))}
    except OSError:
        return {}


def measured(values: dict[str, float], labels: dict[str, str]) -> list[MetricMeasured]:
    return [
        MetricMeasured(
            name=name,
            unit=UNITS[name],
            interval_seconds=SAY_SECONDS,
            samples=[MetricSample(value=value, labels=labels)],
        )
        for name, value in values.items()
    ]

"""Checks by hand: they answer in time whatever the scheduled ones are stuck on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic
from typing import Any

from aiohttp import web

from health_svc.checking import MOST_RUNNING
from shared.contracts.health.procedures import CHECK_NOW, ServiceRef
from shared.contracts.health.runs import CheckRun
from tests.backend.health_svc.running import Health, running_health
from tests.fixtures.jetstream import schedules
from tests.fixtures.processes import StartProcess
from tests.fixtures.waiting import until

PORTS = 6  # more than one, because only so many checks run on one target at a time
STUCK_SERVICES = 60 * PORTS
HARD_LIMIT_SECONDS = 5.0


class Target:
    """Some ports on which `/good` answers, `/good/held` once `go` is set, anything else never. `asked`: how often each
    path was asked."""

    def __init__(self) -> None:
        self.urls: list[str] = []
        self.asked: dict[str, int] = {}
        self.arrived, self.go = asyncio.Event(), asyncio.Event()

    async def paths_asked(self) -> int:
        return len(self.asked)

    async def answer(self, request: web.Request) -> web.Response:
        self.asked[request.path] = self.asked.get(request.path, 0) + 1
        if request.path == "/good/held":
            self.arrived.set()
            await self.go.wait()
        elif request.path != "/good":
            await asyncio.Event().wait()
        return web.Response(text="well")


@asynccontextmanager
async def running_target() -> AsyncIterator[Target]:
    target = Target()
    app = web.Application()
    app.router.add_get("/{path:.*}", target.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    for _ in range(PORTS):
        await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
    target.urls = [f"http://127.0.0.1:{port}" for _, port in runner.addresses]
    try:
        yield target
    finally:
        await runner.cleanup()


def declared(service_id: str, url: str, **more: Any) -> dict[str, Any]:
    """`timeout_seconds` is far more than a check by hand may take."""
    timing = {"interval_seconds": 60, "timeout_seconds": 40}
    return {"id": service_id, **timing, "checks": [{"kind": "http", "url": url}], **more}


async def check(health: Health, service_id: str) -> tuple[CheckRun, float]:
    """The run and the seconds its answer took."""
    asked = monotonic()
    run: CheckRun = await health.ask(CHECK_NOW, ServiceRef(service_id=service_id))
    return run, monotonic() - asked


async def test_answers_in_time_while_every_worker_is_stuck(
    start_process: StartProcess, service_env: dict[str, str], tmp_path: Path
) -> None:
    """F2.1.4, R2.1.2: hundreds of checks hang on targets that never answer; one by hand answers in under five
    seconds with what it really found."""
    async with running_target() as target:
        services = [declared(f"stuck-{n}", f"{target.urls[n % PORTS]}/{n}") for n in range(STUCK_SERVICES)]
        services.append(declared("good", f"{target.urls[0]}/good", interval_seconds=3600))
        config = tmp_path / "belfry.yaml"
        async with running_health(start_process, service_env, config, services) as health:
            await until(target.paths_asked, lambda paths: paths >= MOST_RUNNING, 60)
            good, good_seconds = await check(health, "good")
            assert (good.trigger, good.result) == ("manual", "pass")
            assert good_seconds < HARD_LIMIT_SECONDS
            answers = await asyncio.gather(*(check(health, f"stuck-{n}") for n in range(8)))
            for run, _ in answers:
                assert (run.trigger, run.result) == ("manual", "fail")
                assert "No answer within 4 s" in run.reason
                assert run.duration_ms < HARD_LIMIT_SECONDS * 1000
            detail = await health.detail("stuck-0")
            assert detail.last_run is not None
            assert detail.last_run.id == answers[0][0].id


async def test_callers_at_the_same_time_share_one_run_and_the_schedule_stays(
    start_process: StartProcess, service_env: dict[str, str], tmp_path: Path
) -> None:
    """F2.1.4: ten impatient people cause one request to the target, and the timer stays as it was."""
    async with running_target() as target:
        services = [declared("held", f"{target.urls[0]}/good/held", interval_seconds=3600)]
        config = tmp_path / "belfry.yaml"
        async with running_health(start_process, service_env, config, services) as health:
            await asyncio.wait_for(target.arrived.wait(), 60)  # the first look
            target.go.set()
            await health.until_checked(["held"])
            before, asked = await schedules(service_env["NATS_URL"]), target.asked["/good/held"]
            target.arrived.clear()
            target.go.clear()
            first = asyncio.create_task(check(health, "held"))
            await asyncio.wait_for(target.arrived.wait(), 60)
            others = [asyncio.create_task(check(health, "held")) for _ in range(9)]
            for _ in range(20):  # by then the others have long been heard: they were sent first
                await health.detail("held")
            target.go.set()
            runs = [run for run, _ in await asyncio.gather(first, *others)]
            assert len({run.id for run in runs}) == 1
            assert target.asked["/good/held"] == asked + 1
            assert (await schedules(service_env["NATS_URL"]))["held"] == before["held"]
            later, _ = await check(health, "held")
            assert later.id != runs[0].id

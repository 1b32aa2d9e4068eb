"""A program that is kept running until it is told to stop."""

import asyncio
import contextlib
import signal
import time

import structlog

from deploy.local.backoff import Backoff, after_end
from deploy.local.program import STOP_SECONDS, Program, failed, spawn_options

log = structlog.get_logger()

READY_POLL_SECONDS = 0.05
LOOK_SECONDS = 2.0


class Child:
    """`await start()`, then `keep_running()`, in the end `await stop()`."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._process: asyncio.subprocess.Process | None = None
        self._keeper: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int:
        """Of the process that was started last."""
        assert self._process is not None
        return self._process.pid

    async def start(self, ready_seconds: float) -> None:
        """Returns when it is ready. Raises ProgramFailedError when it ends first, or takes too long."""
        process = await self._spawn()
        deadline = time.monotonic() + ready_seconds
        while not await asyncio.to_thread(self.program.ready, process.pid):
            if process.returncode is not None:
                raise failed(self.program, _how_it_ended(process.returncode))
            if time.monotonic() > deadline:
                raise failed(self.program, f"is not ready after {ready_seconds:g} s")
            await asyncio.sleep(READY_POLL_SECONDS)

    def keep_running(self) -> None:
        self._keeper = asyncio.create_task(self._keep_running(), name=f"keep {self.program.name}")

    async def stop(self) -> None:
        """Asks it to end, and kills it when it takes too long."""
        if self._keeper:
            self._keeper.cancel()
            await asyncio.wait([self._keeper])
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.send_signal(self.program.stop_signal)
        process.send_signal(signal.SIGCONT)  # a suspended one hears nothing else
        try:
            await asyncio.wait_for(process.wait(), STOP_SECONDS)
        except TimeoutError:
            log.warning("child.killed", child=self.program.name, after_seconds=STOP_SECONDS)
            process.kill()
            await process.wait()

    async def _spawn(self) -> asyncio.subprocess.Process:
        self.program.prepare()
        self.program.log_path.parent.mkdir(parents=True, exist_ok=True)
        with self.program.log_path.open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(
                *self.program.argv, stdout=output, stderr=output, **spawn_options(self.program)
            )
        return self._process

    async def _keep_running(self) -> None:
        process, backoff = self._process, Backoff()
        while process is not None:
            started = time.monotonic()
            code = await self._until_ended(process)
            wait_seconds, backoff = after_end(backoff, time.monotonic() - started)
            how = _how_it_ended(code)
            log.error("child.ended", child=self.program.name, how=how, restart_in_seconds=wait_seconds)
            await asyncio.sleep(wait_seconds)
            process = await self._spawn()
            log.warning("child.restarted", child=self.program.name, pid=process.pid)

    async def _until_ended(self, process: asyncio.subprocess.Process) -> int:
        """The exit code. One that is stuck is asked to end."""
        while True:
            with contextlib.suppress(TimeoutError):
                return await asyncio.wait_for(process.wait(), LOOK_SECONDS)
            if await asyncio.to_thread(self.program.stuck, process.pid):
                log.error("child.stuck", child=self.program.name)
                process.send_signal(self.program.stop_signal)


def _how_it_ended(code: int) -> str:
    return f"ended by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"

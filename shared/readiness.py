"""Can this process do its work now? Asks each thing it depends on, at once and with a deadline."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from time import perf_counter
from typing import Any, Literal

import msgspec
from aiohttp import web
from msgspec import Struct

from shared.contracts.wire import Nothing, Rpc
from shared.keys import SETTINGS
from shared.metrics import DEPENDENCY_UP
from shared.problems import problem_of
from shared.redaction import redact
from shared.rpc import Caller, Encoded, Handler
from shared.version import VERSION

DEADLINE_SECONDS = 1.0
HEALTH_TYPE = "application/health+json"

Ping = Callable[[], Awaitable[Any]]


class Finding(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """What one dependency answered; `output` says what is wrong."""

    status: Literal["pass", "fail"]
    observed_value: float
    observed_unit: str
    time: datetime
    output: str = ""


class Readiness(Struct, frozen=True, kw_only=True, rename="camel"):
    """application/health+json: one finding for each dependency, by its name."""

    status: Literal["pass", "fail"]
    service_id: str
    release_id: str
    checks: dict[str, list[Finding]]


class Dependency:
    """Something a process needs. A ping that hangs is left to itself and not asked twice at the same time."""

    def __init__(self, name: str, ping: Ping) -> None:
        self.name = name
        self._ping = ping
        self._asking: asyncio.Task[Any] | None = None

    async def examine(self) -> Finding:
        """Never raises and never takes longer than the deadline."""
        started = perf_counter()
        asking = self._asking
        if asking is None or asking.done():
            asking = self._asking = asyncio.create_task(self._ask())
        done, _ = await asyncio.wait([asking], timeout=DEADLINE_SECONDS)
        output = asking.result() if done else f"no answer in {DEADLINE_SECONDS:g} s"
        DEPENDENCY_UP.labels(self.name).set(not output)
        return Finding(
            status="fail" if output else "pass",
            observed_value=round((perf_counter() - started) * 1000, 2),
            observed_unit="ms",
            time=datetime.now(UTC),
            output=output,
        )

    def stop(self) -> None:
        if self._asking is not None:
            self._asking.cancel()

    async def _ask(self) -> str:
        try:
            await self._ping()
        except Exception as error:
            problem = problem_of(error)
            return redact(problem.detail if problem else str(error) or type(error).__name__)
        return ""


DEPENDENCIES: web.AppKey[dict[str, Dependency]] = web.AppKey("DEPENDENCIES", dict)


def add_readiness(app: web.Application, name: str, ping: Ping) -> None:
    """From now on the process is ready only when `ping` returns within a second. An exception says why it is not."""
    app[DEPENDENCIES][name] = Dependency(name, ping)


async def examine(app: web.Application) -> Readiness:
    """All dependencies, asked in parallel."""
    dependencies = app[DEPENDENCIES]
    findings = await asyncio.gather(*(dependency.examine() for dependency in dependencies.values()))
    return Readiness(
        status="pass" if all(finding.status == "pass" for finding in findings) else "fail",
        service_id=app[SETTINGS].service,
        release_id=VERSION,
        checks={name: [finding] for name, finding in zip(dependencies, findings, strict=True)},
    )


def readiness_endpoint(app: web.Application) -> tuple[Rpc, Handler]:
    """The same answer over NATS, on `belfry.rpc.<domain>.get_readiness`."""

    async def get_readiness(request: Any, caller: Caller) -> Encoded:
        return Encoded(msgspec.json.encode(await examine(app)))

    return Rpc(f"belfry.rpc.{app[SETTINGS].domain}.get_readiness", Nothing, Readiness), get_readiness

"""Starts Belfry in order, keeps it running, stops it in the reverse order."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from msgspec.structs import replace

from deploy.local import ports, servers
from deploy.local.child import Child
from deploy.local.fleet import Ground, process
from deploy.local.follow import LogFile, follow, say, shown_level
from deploy.local.program import Program
from deploy.local.settings import GATEWAY, SERVICES, LocalSettings
from deploy.local.steps import step

SERVER_READY_SECONDS = 60.0  # PostgreSQL may have to recover
PROCESS_READY_SECONDS = 60.0

Beside = Callable[[Ground], Sequence[Program]]
"""What runs beside Belfry, once it is known on what ground."""


def nothing_else(ground: Ground) -> Sequence[Program]:
    return ()


@asynccontextmanager
async def belfry(
    settings: LocalSettings, environ: Mapping[str, str], beside: Beside = nothing_else
) -> AsyncIterator[None]:
    """All of Belfry, ready. Raises ProgramFailedError, ApplyError, MigrationError, OSError when it cannot start."""
    async with AsyncExitStack() as stack:
        ground = await _lay_ground(stack, settings, environ)
        programs = [process(child, ground) for child in (*SERVICES, GATEWAY)]
        also = beside(ground)
        log_files = [LogFile(program.log_path) for program in [*_embedded(ground), *also, *programs]]
        with step("services and gateway"):
            await start(stack, [programs[:-1], also, programs[-1:]], PROCESS_READY_SECONDS)
        following = asyncio.create_task(follow(log_files, shown_level(settings.log_level)), name="follow logs")
        stack.callback(following.cancel)
        _welcome(ground, also)
        yield


async def _lay_ground(stack: AsyncExitStack, settings: LocalSettings, environ: Mapping[str, str]) -> Ground:
    """Servers, streams, schemas, ports and the first password."""
    wanted = {"nats": 0, "postgres": 0, "otlp": settings.otlp_port}
    wanted |= {name: settings.port + n for n, name in enumerate(SERVICES, 1)}
    chosen = ports.choose(wanted, settings.data / "ports.json")
    with step("NATS and PostgreSQL"):
        nats = None if settings.nats_url else servers.embedded_nats(settings, chosen["nats"])
        postgres = None if settings.database_url else await _postgres(settings, chosen["postgres"])
        await start(stack, [[program for program in (nats, postgres) if program]], SERVER_READY_SECONDS)
    with step("streams and tables"):
        _, admin_dsn = await asyncio.gather(
            servers.prepare_nats(settings, nats), servers.prepare_postgres(settings, postgres)
        )
    ground = Ground(settings=settings, environ=environ, nats=nats, postgres=postgres, ports=chosen)
    return replace(ground, first_password=await _first_password(settings, admin_dsn))


async def _postgres(settings: LocalSettings, port: int) -> Program:
    return await asyncio.to_thread(servers.embedded_postgres, settings, port)


async def _first_password(settings: LocalSettings, admin_dsn: str) -> str:
    """A new one for an installation that has no user yet, unless one is given."""
    if settings.admin_password or await servers.has_users(admin_dsn):
        return ""
    return secrets.token_urlsafe(12)


async def start(stack: AsyncExitStack, groups: Sequence[Sequence[Program]], ready_seconds: float) -> list[Child]:
    """Starts all at once, to be kept running, and to be stopped group by group: the last group first, one group's
    children together."""
    started = []
    for programs in groups:
        children = [Child(program) for program in programs]
        stack.push_async_callback(_stop, children)
        started += children
    await asyncio.gather(*(child.start(ready_seconds) for child in started))
    for child in started:
        child.keep_running()
    return started


async def _stop(children: Sequence[Child]) -> None:
    await asyncio.gather(*(child.stop() for child in children))


def _welcome(ground: Ground, also: Sequence[Program]) -> None:
    say(f"\nBelfry is ready: {ground.settings.url}")
    say(f"OpenTelemetry: OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:{ground.ports['otlp']}")
    for program in also:
        if program.url:
            say(f"{program.name.capitalize()}: {program.url}")
    if ground.first_password:
        say(
            f"Sign in as admin with the password {ground.first_password}\n(it is shown only now; change it in Settings)"
        )
    say("Ctrl-C stops it.\n")


def _embedded(ground: Ground) -> list[Program]:
    return [program for program in (ground.nats, ground.postgres) if program]

"""All of Belfry as `make run` has it, kept running by the same supervisor, on disks and networks that can fail."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import psutil
from msgspec import Struct
from msgspec.structs import replace

from deploy.local import ports, servers
from deploy.local.child import Child
from deploy.local.fleet import Ground, process
from deploy.local.nats import nats_program
from deploy.local.postgres import postgres_program
from deploy.local.program import Program
from deploy.local.settings import GATEWAY, SERVICES, LocalSettings
from deploy.local.supervisor import start
from deploy.nats import create_seeds, render_config
from tests.chaos.disks import Disk, small_disk
from tests.chaos.network import Network, network_to
from tests.fixtures.processes import clean_environment
from tests.fixtures.waiting import until

PROCESSES = (*SERVICES, GATEWAY)
NATS, POSTGRES = SERVERS = ("nats", "postgres")
LISTENERS = (*PROCESSES, *SERVERS, "otlp")
STORE = "store"
START_SECONDS, RECOVERY_SECONDS = 90.0, 120.0
TOKEN = "bf_token_of_the_whole_system_0123456"
HEADERS = {"Authorization": f"Bearer {TOKEN}"}
TO_ANSWER = aiohttp.ClientTimeout(total=20)


class Whole(Struct, frozen=True):
    """`children`, `networks` and `disks` by name: those of Belfry's processes, `nats` and `postgres`."""

    ground: Ground
    children: dict[str, Child]
    networks: dict[str, Network]
    disks: dict[str, Disk]
    admin_dsn: str

    @property
    def gateway_url(self) -> str:
        return self.ground.settings.url

    @property
    def nats_url(self) -> str:
        """Straight to the server, as is `admin_dsn`."""
        return self.children[NATS].program.url

    @property
    def seeds(self) -> Path:
        return _seeds(self.ground.settings)

    def seed(self, user: str) -> Path:
        return self.seeds / f"{user}.seed"

    @property
    def nats_config(self) -> Path:
        return self.disks[NATS].path / STORE / "nats-server.conf"

    def log_of(self, name: str) -> Callable[[], Awaitable[str]]:
        """Asks what a child writes into its log from now on."""
        path = self.children[name].program.log_path
        begin = path.stat().st_size

        async def ask() -> str:
            return path.read_bytes()[begin:].decode(errors="replace")

        return ask

    def signal(self, name: str, number: int) -> None:
        """To a child and then to all that it has started itself, which may end meanwhile."""
        with suppress(psutil.NoSuchProcess):
            child = psutil.Process(self.children[name].pid)
            child.send_signal(number)
            for each in child.children(recursive=True):
                with suppress(psutil.NoSuchProcess):
                    each.send_signal(number)

    def renew(self, name: str) -> None:
        """From its next start on the process is given what there is to be given now."""
        self.children[name].program = process(name, self.ground)

    async def until_ready(self) -> None:
        """Until every process says that it can do its work."""
        async with aiohttp.ClientSession(timeout=TO_ANSWER) as session:

            async def unready() -> dict[str, str]:
                said = await asyncio.gather(*(_lacking(session, self.url(name)) for name in PROCESSES))
                return {name: text for name, text in zip(PROCESSES, said, strict=True) if text}

            await until(unready, lambda found: not found, RECOVERY_SECONDS)

    def url(self, name: str) -> str:
        """Where one of Belfry's processes answers by HTTP."""
        return self.gateway_url if name == GATEWAY else f"http://127.0.0.1:{self.ground.ports[name]}"


async def _lacking(session: aiohttp.ClientSession, url: str) -> str:
    try:
        async with session.get(f"{url}/readyz") as answer:
            return "" if answer.status == 200 else await answer.text()
    except (aiohttp.ClientError, OSError) as error:
        return repr(error)


@asynccontextmanager
async def whole(folder: Path, declared: str) -> AsyncIterator[Whole]:
    """Started and ready; `declared` is its belfry.yaml."""
    chosen = ports.choose(dict.fromkeys(LISTENERS, 0), folder / "ports.json")
    settings = _settings(folder, declared, chosen[GATEWAY])
    async with AsyncExitStack() as stack:
        disks = {name: stack.enter_context(small_disk(folder / name)) for name in SERVERS}
        programs = [
            await asyncio.to_thread(_nats, settings, disks[NATS], chosen[NATS]),
            await asyncio.to_thread(_postgres, settings, disks[POSTGRES], chosen[POSTGRES]),
        ]
        children = await start(stack, [programs], START_SECONDS)
        networks = {name: await stack.enter_async_context(network_to(chosen[name])) for name in SERVERS}
        admin_dsn = await servers.prepare_postgres(settings, programs[1])
        await servers.prepare_nats(settings, programs[0])
        through = [replace(each, url=_at(each.url, networks[each.name].port)) for each in programs]
        environ = clean_environment() | {"BELFRY_ADMIN_TOKEN": TOKEN, "BELFRY_ALERT_ALLOW": "127.0.0.0/8"}
        ground = Ground(settings=settings, environ=environ, nats=through[0], postgres=through[1], ports=chosen)
        children += await start(stack, [[process(name, ground) for name in PROCESSES]], START_SECONDS)
        yield Whole(ground, {child.program.name: child for child in children}, networks, disks, admin_dsn)


def _settings(folder: Path, declared: str, port: int) -> LocalSettings:
    config = folder / "belfry.yaml"
    config.write_text(declared)
    return LocalSettings(port=port, data_dir=str(folder / "data"), config_path=str(config))


def _nats(settings: LocalSettings, disk: Disk, port: int) -> Program:
    config = render_config(create_seeds(_seeds(settings)))
    return nats_program(disk.path / STORE, port, config, settings.logs / "nats.log")


def _postgres(settings: LocalSettings, disk: Disk, port: int) -> Program:
    password = settings.secrets / "postgres.password"
    return postgres_program(disk.path / "data", port, log_path=settings.logs / "postgres.log", password_path=password)


def _seeds(settings: LocalSettings) -> Path:
    return settings.secrets / "nats"


def _at(url: str, port: int) -> str:
    return url.replace(f":{urlsplit(url).port}", f":{port}")

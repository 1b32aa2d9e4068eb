"""health_svc as a process on real servers, and a client on its bus."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from shared.bus import Bus
from shared.contracts.health.board import Board, ServiceDetail
from shared.contracts.health.procedures import GET_SERVICE, LIST_SERVICES, ServiceRef
from shared.contracts.wire import Nothing, Rpc
from shared.rpc import Caller, call
from shared.settings import Settings
from tests.fixtures.processes import ServiceProcess, StartProcess
from tests.fixtures.waiting import until

PATIENCE_SECONDS = 60.0
OPERATOR = Caller(actor="ana", role="admin")


class Health:
    """A running health_svc; `ask` calls it as the gateway does."""

    def __init__(self, process: ServiceProcess, bus: Bus) -> None:
        self.process, self.bus = process, bus

    async def ask(self, rpc: Rpc, request: Struct) -> Any:
        """The answer as its Struct, also when a busy machine takes long over it. Raises ProblemError."""
        reply = await call(self.bus, rpc, request, OPERATOR, PATIENCE_SECONDS)
        body = gzip.decompress(reply.data) if reply.headers.get("Content-Encoding") == "gzip" else reply.data
        return msgspec.json.decode(body, type=rpc.response)

    async def board(self) -> Board:
        board: Board = await self.ask(LIST_SERVICES, Nothing())
        return board

    async def detail(self, service_id: str) -> ServiceDetail:
        found: ServiceDetail = await self.ask(GET_SERVICE, ServiceRef(service_id=service_id))
        return found

    async def until_status(self, service_id: str, status: str, seconds: float = 60.0) -> ServiceDetail:
        return await until(lambda: self.detail(service_id), lambda d: d.service.status == status, seconds)

    async def until_checked(self, ids: Sequence[str], seconds: float = 60.0) -> Board:
        """The board once every one of these services was checked."""

        def checked(board: Board) -> bool:
            return {c.id for c in board.services if c.last_check} >= set(ids)

        return await until(self.board, checked, seconds)


def write(config: Path, services: Sequence[Mapping[str, Any]]) -> None:
    """The declarative file; JSON is YAML, too."""
    config.write_bytes(msgspec.json.encode({"services": services}))


@asynccontextmanager
async def running_health(
    start_process: StartProcess, env: Mapping[str, str], config: Path, services: Sequence[Mapping[str, Any]]
) -> AsyncIterator[Health]:
    """health_svc watching `services`, written to the file `config`."""
    write(config, services)
    process = await asyncio.to_thread(start_process, "health_svc", {**env, "BELFRY_CONFIG": str(config)})
    bus = await Bus.connect(Settings(service="gateway", nats_url=env["NATS_URL"]))
    try:
        yield Health(process, bus)
    finally:
        await bus.close()

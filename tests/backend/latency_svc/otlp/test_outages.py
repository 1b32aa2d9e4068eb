"""When NATS or PostgreSQL is away, clients are told to try again, and what they try again counts once."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from google.rpc.code_pb2 import Code
from google.rpc.status_pb2 import Status

from deploy.local.nats import start_nats
from deploy.local.program import Running
from deploy.nats.apply import apply
from latency_svc.otlp.settings import OtlpSettings
from shared.service import POOL
from tests.backend.latency_svc.otlp.building import CUMULATIVE, DELTA, explicit_point, export, metric
from tests.backend.latency_svc.otlp.conftest import Door, opened_door, stored
from tests.fixtures.waiting import until

pytestmark = pytest.mark.integration


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Running]:
    with start_nats(tmp_path / "nats") as server:
        yield server


@pytest.fixture
async def alone(broker: Running, make_settings: Callable[..., OtlpSettings]) -> AsyncIterator[Door]:
    """A door on a NATS of its own."""
    await apply(broker.url)
    async with opened_door(make_settings(nats_url=broker.url)) as door:
        yield door


@pytest.mark.parametrize("temporality", [DELTA, CUMULATIVE])
async def test_a_request_without_an_acknowledgement_counts_once_in_the_end(
    alone: Door, broker: Running, temporality: int
) -> None:
    """NATS stands still: 503. It goes on, and may have taken the message by then: a second try adds nothing."""
    body = export(metric(explicit_point(), temporality=temporality)).SerializeToString()
    broker.signal(signal.SIGSTOP)
    # its threads take a moment to stand still
    await asyncio.to_thread(os.waitid, os.P_PID, broker.process.pid, os.WSTOPPED)
    async with alone.session.post(
        "/v1/metrics", data=body, headers={"Content-Type": "application/x-protobuf"}
    ) as response:
        told = Status.FromString(await response.read())
        assert (response.status, told.code, "Retry-After" in response.headers) == (503, Code.UNAVAILABLE, True)
    broker.signal(signal.SIGCONT)
    await until(lambda: alone.post("/v1/metrics", body), lambda answer: answer[0] == 200)
    assert (await alone.post("/v1/metrics", body))[0] == 200
    assert await stored(alone) == 1


async def test_without_the_database_only_cumulative_points_wait(door: Door) -> None:
    """They need to know where their series stood; deltas need nothing."""
    before = await stored(door)
    await door.app[POOL].close()
    cumulative = export(metric(explicit_point(), temporality=CUMULATIVE)).SerializeToString()
    status, content = await door.post("/v1/metrics", cumulative)
    assert (status, Status.FromString(content).code) == (503, Code.UNAVAILABLE)
    assert (await door.post("/v1/metrics", export(metric(explicit_point())).SerializeToString()))[0] == 200
    assert await stored(door) == before + 1

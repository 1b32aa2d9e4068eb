"""What is declared on NATS, and how it gets there."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from itertools import combinations, permutations
from pathlib import Path

import pytest
from msgspec.structs import replace

from deploy.local.nats import nats_program, start_nats
from deploy.local.ports import free_port
from deploy.local.program import Running
from deploy.nats import apply
from deploy.nats.apply import ApplyError
from deploy.nats.streams import BUCKETS, CONSUMERS, STREAMS, subjects_of
from shared.bus import Bus
from shared.contracts.pipeline.chain import CHAINS_BUCKET
from shared.contracts.wire import EVENTS_STREAM, MEASURES_STREAM
from shared.events import all_events
from shared.jetstream import JetStreamError, OutboxMessage, api
from shared.settings import Settings
from tests.fixtures.processes import ROOT

ALL = [*STREAMS, *(bucket.stream() for bucket in BUCKETS)]


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Running]:
    with start_nats(tmp_path / "nats") as server:
        yield server


def covers(filter: str, subject: str) -> bool:
    """True when a filter matches a subject, which may hold wildcards itself."""
    pattern, words = filter.split("."), subject.split(".")
    for place, token in enumerate(pattern):
        if token == ">":
            return len(words) > place
        if place >= len(words) or (token != "*" and token != words[place]):
            return False
    return len(pattern) == len(words)


def test_no_two_streams_take_the_same_subject() -> None:
    for one, other in combinations(ALL, 2):
        for first, second in permutations([*one.subjects, *other.subjects], 2):
            if (first in one.subjects) != (second in one.subjects):
                assert not covers(first, second), (one.name, other.name, first, second)


def test_every_event_has_a_stream() -> None:
    events = list(all_events())
    named = {event.STREAM for event in events}
    assert named <= {EVENTS_STREAM, MEASURES_STREAM}
    assert len(subjects_of(EVENTS_STREAM)) + len(subjects_of(MEASURES_STREAM)) == len(events)
    assert "belfry.v1.health.changed.*" in subjects_of(EVENTS_STREAM)
    assert "belfry.v1.health.checked.*" in subjects_of(MEASURES_STREAM)


def test_everything_is_bounded() -> None:
    assert all(stream.max_bytes > 0 for stream in ALL)
    assert {bucket.name for bucket in BUCKETS if not bucket.ttl_seconds} == {CHAINS_BUCKET}  # which has two entries
    assert {consumer.stream for consumer in CONSUMERS} <= {stream.name for stream in STREAMS}


async def test_applying_twice_changes_nothing(broker: Running) -> None:
    first, second = await apply(broker.url), await apply(broker.url)
    assert len(first) == len(second) == len(ALL) + len(CONSUMERS)
    assert {line.split()[0] for line in first} == {"created"}
    assert {line.split()[0] for line in second} == {"unchanged"}


async def test_a_changed_declaration_is_updated_in_place(broker: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    await apply(broker.url)
    bus = await Bus.connect(Settings(service="health_svc", nats_url=broker.url))
    message = OutboxMessage(id="1", subject="belfry.samples.latency.shop", body=b"kept")
    assert await bus.publish_acked([message]) == ["1"]
    wider = [replace(stream, max_bytes=stream.max_bytes * 2) for stream in STREAMS]
    patient = [replace(consumer, ack_wait_seconds=60) for consumer in CONSUMERS]
    monkeypatch.setattr(sys.modules["deploy.nats.apply"], "STREAMS", wider)
    monkeypatch.setattr(sys.modules["deploy.nats.apply"], "CONSUMERS", patient)
    done = await apply(broker.url)
    assert [line for line in done if "BELFRY" in line] == [f"updated stream {stream.name}" for stream in STREAMS]
    assert "updated consumer health_due" in done
    state = (await api(bus, "STREAM.INFO.BELFRY_SAMPLES", {}))["state"]
    assert state["messages"] == 1
    await bus.close()


async def test_a_refused_declaration_is_told(broker: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    overlapping = [STREAMS[0], replace(STREAMS[1], subjects=STREAMS[0].subjects)]
    monkeypatch.setattr(sys.modules["deploy.nats.apply"], "STREAMS", overlapping)
    with pytest.raises(ApplyError, match=r"BELFRY_MEASURES: .*overlap"):
        await apply(broker.url)


async def test_waits_for_a_server_that_is_just_starting(tmp_path: Path) -> None:
    port = free_port()
    applying = asyncio.create_task(apply(f"nats://127.0.0.1:{port}"))
    await asyncio.sleep(0.5)
    server = await asyncio.to_thread(Running, nats_program(tmp_path / "nats", port))
    try:
        assert len(await applying) == len(ALL) + len(CONSUMERS)
    finally:
        await asyncio.to_thread(server.stop)


async def test_a_server_that_never_comes_is_a_clear_error() -> None:
    with pytest.raises(TimeoutError, match="does not answer"):
        await apply(f"nats://127.0.0.1:{free_port()}", wait_seconds=0.3)


def test_the_command_says_what_it_did(broker: Running) -> None:
    command = [sys.executable, "-m", "deploy.nats", "apply", "--url", broker.url]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "created stream BELFRY_EVENTS" in done.stdout
    assert "created consumer health_due" in done.stdout


async def test_a_full_work_queue_refuses_instead_of_forgetting(broker: Running) -> None:
    await apply(broker.url)
    bus = await Bus.connect(Settings(service="alert_svc", nats_url=broker.url))
    notify = await api(bus, "STREAM.INFO.BELFRY_NOTIFY", {})
    await api(bus, "STREAM.UPDATE.BELFRY_NOTIFY", {**notify["config"], "max_bytes": 1_000})
    messages = [OutboxMessage(id=str(n), subject=f"belfry.notify.mail.{n}", body=b"x" * 200) for n in range(10)]
    kept = await bus.publish_acked(messages)
    assert 0 < len(kept) < 10
    assert kept == [message.id for message in messages[: len(kept)]]
    with pytest.raises(JetStreamError):
        await api(bus, "STREAM.INFO.NOWHERE", {})
    await bus.close()

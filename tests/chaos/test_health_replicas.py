"""Two replicas of health_svc share 100 services; one dies in the middle."""

import asyncio
from collections import Counter
from pathlib import Path
from time import monotonic

import nats
import pytest

from shared.contracts.wire import EVENTS_STREAM
from tests.chaos.changes import watching
from tests.chaos.targets import declaration, running_fleet
from tests.fixtures.processes import StartProcess

SERVICES = 100
INTERVAL_SECONDS = 4
FAILING = set(range(0, SERVICES, 4))
SCHEDULING_SLACK_SECONDS = 3.5  # the machine runs other tests; a slot that is lost makes it a whole interval more

pytestmark = pytest.mark.integration


async def test_one_replica_killed_loses_no_slot_and_doubles_no_change(
    start_process: StartProcess, service_env: dict[str, str], tmp_path: Path
) -> None:
    """No service stays unchecked for more than two intervals, and each transition is told exactly once."""
    before = await stored_changes(service_env["NATS_URL"])
    async with running_fleet() as fleet, watching(service_env["NATS_URL"]) as changes:
        config = tmp_path / "belfry.yaml"
        config.write_text(declaration(fleet, SERVICES, INTERVAL_SECONDS))
        env = {**service_env, "BELFRY_CONFIG": str(config)}
        first = await asyncio.to_thread(start_process, "health_svc", env)
        second = await asyncio.to_thread(start_process, "health_svc", env)
        await changes.until(lambda c: len(fleet_ids(c.count("unknown", "healthy"))) == SERVICES, 60)

        began = monotonic()
        fleet.failing |= FAILING
        await changes.until(lambda c: len(c.count("healthy", "down")) >= 5, 60)
        first.kill()
        expected = {f"s-{n}" for n in FAILING}
        await changes.until(lambda c: expected <= c.count("healthy", "down").keys(), 60)
        fleet.failing.clear()
        await changes.until(lambda c: expected <= c.count("down", "healthy").keys(), 60)
        ended = monotonic()

        gaps = {n: fleet.longest_gap_seconds(n, began, ended) for n in range(SERVICES)}
        assert max(gaps.values()) <= 2 * INTERVAL_SECONDS + SCHEDULING_SLACK_SECONDS, sorted(
            gaps.items(), key=lambda g: -g[1]
        )[:5]
        for change in (("healthy", "down"), ("down", "healthy")):
            assert fleet_ids(changes.count(*change)) == dict.fromkeys(expected, 1)
        assert await stored_changes(service_env["NATS_URL"]) - before == changes.by_service()
        assert second.run.process.poll() is None


async def stored_changes(nats_url: str) -> Counter[str]:
    """How many changes of each service the stream holds, those of other tests and what was sent again included."""
    client = await nats.connect(nats_url)
    info = await client.jetstream().stream_info(EVENTS_STREAM, subjects_filter="belfry.v1.health.changed.>")
    await client.close()
    return Counter({subject.rsplit(".", 1)[1]: count for subject, count in (info.state.subjects or {}).items()})


def fleet_ids(counted: dict[str, int]) -> dict[str, int]:
    """Only the fleet: Belfry's own services change too."""
    return {service_id: times for service_id, times in counted.items() if service_id.startswith("s-")}

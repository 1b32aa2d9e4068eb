"""What Belfry promises whatever breaks, asserted from outside once the load has come to rest."""

from collections import Counter, defaultdict
from collections.abc import Sequence

import aiohttp
import asyncpg
import msgspec
from msgspec import Struct

from shared.contracts.health.events import HealthChanged
from shared.contracts.wire import EVENTS_STREAM
from shared.jetstream import Delivery
from tests.chaos.flips import IDS
from tests.chaos.load import HOOK, Load
from tests.chaos.whole import Whole
from tests.fixtures.waiting import until

SUBJECTS = ("belfry.v1.health.>",)
HEALTH, DROPPED = "health_svc", "belfry_health_runs_dropped_total{"
PLENTY = 1_000_000
PATIENCE_SECONDS = 120.0
SAMPLES = """
SELECT coalesce(sum(h.count), 0)::bigint AS count
FROM latency.histogram_1m h JOIN latency.endpoint e ON e.id = h.endpoint_id WHERE e.service = 'shop'
"""
INCIDENTS = """
SELECT rule_id, count(*) AS times, count(*) FILTER (WHERE resolved_at IS NULL) AS open
FROM alert.incident WHERE rule_id LIKE 'rule-%' GROUP BY rule_id
"""
DELIVERIES = "SELECT id::text AS id, reason, state, possible_duplicate FROM alert.delivery WHERE channel_id = 'ops'"


class Count(Struct, frozen=True):
    """What has come through so far: nothing of it was lost, and nothing doubled."""

    events: int = 0
    durations: int = 0
    alerts: int = 0


async def keep(whole: Whole, load: Load) -> Count:
    """Asserts all that is promised of a system that has come to rest."""
    durations = await samples_are_stored_once(whole, load)
    events = await events_are_told_once_and_in_order(load)
    alerts = await each_rise_is_an_incident(whole, load)
    assert await no_check_was_dropped(whole)
    assert load.reader.wrong == [], load.reader.wrong
    assert set(load.client.answers) == {True}, "each return of the live client went on where it was"
    return Count(events, durations, alerts)


async def samples_are_stored_once(whole: Whole, load: Load) -> int:
    """Every duration that was acknowledged, as often as it was sent."""
    rows = await until(
        lambda: _rows(whole.admin_dsn, SAMPLES), lambda found: found[0]["count"] >= load.acknowledged, PATIENCE_SECONDS
    )
    assert rows[0]["count"] == load.acknowledged, (rows[0]["count"], load.acknowledged)
    return load.acknowledged


async def events_are_told_once_and_in_order(load: Load) -> int:
    """The live client heard what the stream holds, and that is what happened to the services."""
    events = await _stored(load)
    ids = [event.headers["ce-id"] for event in events]
    since = ids[ids.index(load.client.told[0]) :]
    await load.client.until(lambda client: len(client.told) >= len(since), PATIENCE_SECONDS)
    assert load.client.told[: len(since)] == since
    assert len(set(ids)) == len(ids)
    found = downs(events)
    assert found.keys() == set(IDS)
    assert min(found.values()) >= load.flips.turns  # a busy machine may find one down that only answers late
    return len(ids)


def downs(events: Sequence[Delivery]) -> dict[str, int]:
    """How often each service of the fleet went down. Every change begins where the one before it ended: none is
    missing, and none is there twice."""
    by_service: dict[str, list[HealthChanged]] = defaultdict(list)
    for event in events:
        if event.subject.startswith("belfry.v1.health.changed.s-"):
            change = msgspec.json.decode(event.data, type=HealthChanged)
            by_service[change.service_id].append(change)
    for changes in by_service.values():
        assert [each.from_status for each in changes] == ["unknown", *(each.to_status for each in changes[:-1])]
        assert changes[-1].to_status == "healthy"
    return {id: sum(each.to_status == "down" for each in changes) for id, changes in by_service.items()}


async def each_rise_is_an_incident(whole: Whole, load: Load) -> int:
    """No alert is lost or doubled, and all have ended."""
    wanted = {rule: (times, 0) for rule, times in load.rises.items()}

    async def found() -> dict[str, tuple[int, int]]:
        rows = await _rows(whole.admin_dsn, INCIDENTS)
        return {row["rule_id"]: (row["times"], row["open"]) for row in rows}

    await until(found, lambda incidents: incidents == wanted, PATIENCE_SECONDS)
    return load.rises.total()


async def no_check_was_dropped(whole: Whole) -> bool:
    """As health_svc says of itself."""
    async with aiohttp.ClientSession() as session, session.get(f"{whole.url(HEALTH)}/metrics") as answer:
        lines = (await answer.text()).splitlines()
    return not [line for line in lines if line.startswith(DROPPED) and not line.endswith(" 0.0")]


async def every_alert_reached_its_people(whole: Whole, load: Load) -> int:
    """One message for each beginning and each end; the end tells all when it has overtaken the beginning. One that came
    twice was cut off, and says so. Returns how many there were."""
    rows = await until(
        lambda: _rows(whole.admin_dsn, DELIVERIES),
        lambda found: {row["state"] for row in found} <= {"accepted", "dropped"},
        PATIENCE_SECONDS,
    )
    ended = [row for row in rows if row["reason"] == "resolved"]
    assert len(rows) == 2 * len(ended) == 2 * load.rises.total()
    assert {row["state"] for row in ended} == {"accepted"}
    arrived = Counter(got.headers["webhook-id"] for got in load.hooks.at(HOOK))
    assert {row["id"] for row in rows if row["state"] == "accepted"} <= arrived.keys() <= {row["id"] for row in rows}
    assert {id for id, times in arrived.items() if times > 1} <= {
        row["id"] for row in rows if row["possible_duplicate"]
    }
    return len(rows)


async def _stored(load: Load) -> list[Delivery]:
    found = await load.witness.replay(EVENTS_STREAM, SUBJECTS, 0, PLENTY)
    assert found is not None
    return found


async def _rows(dsn: str, query: str) -> Sequence[asyncpg.Record]:
    connection = await asyncpg.connect(dsn)
    try:
        found: Sequence[asyncpg.Record] = await connection.fetch(query)
        return found
    finally:
        await connection.close()

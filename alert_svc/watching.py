"""What is known around alerts, read again and again: silences and mute timings from the store, maintenance and root
causes from health_svc."""

import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec.structs import replace

from alert_svc.evaluator import Evaluator
from alert_svc.matching import matches_all
from alert_svc.store import documents, silences, turns
from alert_svc.store.silences import StoredSilence
from alert_svc.surroundings import Quiet
from shared.bus import Bus
from shared.contracts.alerts.metrics import MetricMeasured, MetricSample
from shared.contracts.alerts.quiet import MuteTimingSpec
from shared.contracts.health import procedures as health
from shared.contracts.health.board import Board, ServiceCard
from shared.contracts.health.graph import DependencyMap, GraphEdge
from shared.contracts.wire import Nothing, Rpc
from shared.db import Pool
from shared.rpc import Caller, answer_of, call

SAMPLE_SECONDS = 60.0
CALLER = Caller(actor="alert_svc", role="viewer")

_timing = msgspec.json.Decoder(MuteTimingSpec)


async def read_quiet(pool: Pool, evaluator: Evaluator) -> None:
    now = datetime.now(UTC)
    async with pool.acquire(timeout=5) as conn:
        found = await silences.list_silences(conn, now)
        timings = await documents.list_documents(conn, "mute_timing")
    evaluator.known = replace(
        evaluator.known,
        silences=[quiet_of(each) for each in found],
        mute_timings={each.id: _timing.decode(each.spec) for each in timings},
    )


def quiet_of(silence: StoredSilence) -> Quiet:
    spec = silence.spec
    matches = matches_all(spec.matchers)
    return Quiet(silence.id, frozenset(spec.rule_ids), matches, silence.starts_at, silence.ends_at)


async def read_health(bus: Bus, evaluator: Evaluator) -> None:
    """While health_svc does not answer, what was known of it stands."""
    board: Board
    graph: DependencyMap
    board, graph = await asyncio.gather(_ask(bus, health.LIST_SERVICES), _ask(bus, health.GET_DEPENDENCIES))
    evaluator.known = replace(
        evaluator.known,
        maintenance_until={c.id: c.maintenance_until for c in board.services if c.maintenance_until is not None},
        needs=_needs(graph.edges),
        names={node.id: node.name for node in graph.nodes},
        statuses={node.id: node.status for node in graph.nodes},
    )


def _needs(edges: Sequence[GraphEdge]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for edge in edges:
        if edge.kind == "required":
            found.setdefault(edge.source, []).append(edge.target)
    return found


async def sample_health(pool: Pool, bus: Bus) -> None:
    """What health_svc knows and does not say by events, as samples that all replicas hear; one replica asks for all."""
    board: Board = await _ask(bus, health.LIST_SERVICES)
    now = time.time()
    async with pool.acquire(timeout=5) as conn:
        if not await turns.take_turn(conn, "sample_health", int(now // SAMPLE_SECONDS)):
            return
    for event in samples_of_board(board.services, now):
        bus.publish(event)


def samples_of_board(cards: Sequence[ServiceCard], now: float) -> list[MetricMeasured]:
    values: dict[str, list[tuple[str, float | None]]] = {
        "health.uptime_pct": [(card.id, card.uptime_pct) for card in cards],
        "health.fail_rate_pct": [(card.id, card.fail_rate_1h_pct) for card in cards],
        "health.heartbeat_age": [(c.id, now - c.last_beat_at.timestamp()) for c in cards if c.last_beat_at],
    }
    return [
        MetricMeasured(
            name=name,
            at=datetime.fromtimestamp(now, UTC),
            interval_seconds=SAMPLE_SECONDS,
            samples=[MetricSample(value=value, labels={"service": id}) for id, value in found if value is not None],
        )
        for name, found in values.items()
        if any(value is not None for _, value in found)
    ]


async def _ask(bus: Bus, rpc: Rpc) -> Any:
    return answer_of(rpc, await call(bus, rpc, Nothing(), CALLER))

"""What is told every second: the state of the fleet, once, however many replicas tell it."""

import asyncio

from msgspec.structs import replace

from shared.contracts.wire import MEASURES_STREAM
from shared.contracts.ws.events import OUTSIDE, WsMeasured, WsStatus
from shared.loops import tell as tell_failure
from shared.metrics import LOOP_PERIOD, round_of
from ws_svc import metrics
from ws_svc.room import Room

MOST_NODES_TOLD = 50  # every second, for an hour
NODES = tuple(WsMeasured.SUBJECT.format(node=node) for node in ("*", f"{OUTSIDE}*"))


async def tell_every_second(room: Room) -> None:
    """On the whole seconds of the clock, so that all replicas mean the same ones."""
    LOOP_PERIOD.labels("tell").set(1)
    while True:
        await asyncio.sleep(1 - room.now() % 1)
        try:
            with round_of("tell"):
                if not room.caught_up.is_set():
                    await look_for_nodes(room)
                if room.caught_up.is_set():
                    tell(room)
        except Exception as error:
            tell_failure("tell", error)


async def look_for_nodes(room: Room) -> None:
    """Where no node ever said anything there is nothing to catch up with."""
    if not any([await room.bus.js_subjects(MEASURES_STREAM, subject) for subject in NODES]):
        room.caught_up.set()


def tell(room: Room) -> None:
    """JetStream keeps the first status of a second and drops those of other replicas by their id."""
    stats = room.stats()
    metrics.show(stats)
    told = stats if len(stats.nodes) <= MOST_NODES_TOLD else replace(stats, nodes=[])
    room.bus.publish(WsStatus(stats=told), id=f"ws.status.{int(stats.at.timestamp())}")

"""What reaches pipeline_svc by itself: gateways that say what they run, and what it costs."""

from datetime import UTC, datetime

import msgspec
import structlog

from pipeline_svc.fleet import WINDOW
from pipeline_svc.room import Room
from shared.contracts.pipeline.events import NodeAnnounced, PipelineMeasured
from shared.contracts.wire import MEASURES_STREAM
from shared.jetstream import Delivery

log = structlog.get_logger(__name__)

ANNOUNCED, MEASURED = "belfry.v1.pipeline.announced.", "belfry.v1.pipeline.measured."


async def hear_gateways(room: Room) -> None:
    """For ever; begins five minutes ago, so that a restart forgets nothing."""
    async for delivery in room.bus.follow(MEASURES_STREAM, [f"{ANNOUNCED}*", f"{MEASURED}*"], room.now() - WINDOW):
        take(room, delivery)


def take(room: Room, delivery: Delivery) -> None:
    """What cannot be read is no announcement of a gateway of ours."""
    at = datetime.fromtimestamp(delivery.stored_at, UTC)
    try:
        if delivery.subject.startswith(ANNOUNCED):
            room.fleet.announced(msgspec.json.decode(delivery.data, type=NodeAnnounced), at)
        else:
            room.fleet.measured(msgspec.json.decode(delivery.data, type=PipelineMeasured), at)
    except msgspec.MsgspecError as error:
        log.warning("pipeline.not_understood", subject=delivery.subject, reason=str(error))

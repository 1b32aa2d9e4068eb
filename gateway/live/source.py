"""What is heard on the bus: one reader for each stream, in order, through every loss of the connection."""

from collections.abc import Callable, Iterable
from time import monotonic

import msgspec
import structlog

from gateway.live.fanout import RECENT_EVENTS, Fanout
from gateway.live.frames import Item, item_of
from gateway.live.subscriptions import Replayed
from gateway.live.topics import Told, filters_of, key_of, kind_of, table
from shared.bus import Bus
from shared.contracts.auth import AccessRevoked
from shared.contracts.live import Topic
from shared.contracts.wire import EVENTS_STREAM, MEASURES_STREAM, Event
from shared.follow import StreamReplacedError
from shared.jetstream import Delivery, JetStreamError
from shared.problems import ProblemError

log = structlog.get_logger(__name__)

REVOKED = kind_of(AccessRevoked.SUBJECT)


class Source:
    """`revoked` hears each loss of rights; `renewed` that the stream was made anew, so that some may be missing."""

    def __init__(
        self,
        bus: Bus,
        fanout: Fanout,
        events: Iterable[type[Event]],
        revoked: Callable[[AccessRevoked], None],
        renewed: Callable[[], None],
    ) -> None:
        self._bus, self._fanout, self._revoked, self._renewed = bus, fanout, revoked, renewed
        known = list(events)
        self._events, self._measures = table(known, EVENTS_STREAM), table(known, MEASURES_STREAM)

    async def follow_events(self) -> None:
        """Until the stream is made anew. Begins with the last events, for clients that come back."""
        filters = filters_of([*self._events, REVOKED])
        extent = await self._bus.extent(EVENTS_STREAM)
        start = max(extent.first - 1, extent.last - RECENT_EVENTS)
        recent = await self._bus.replay(EVENTS_STREAM, filters, start, RECENT_EVENTS)
        items = self._items(recent or [], extent.last)
        again = bool(self._fanout.epoch)
        await self._fanout.begin(extent.epoch, extent.last if recent is None else start, items, extent.last)
        if again:
            self._renewed()
        try:
            async for delivery in self._bus.follow(EVENTS_STREAM, filters, extent.last):
                self._hear_event(delivery)
        except StreamReplacedError:
            log.warning("live.stream_replaced", stream=EVENTS_STREAM)

    async def follow_measures(self) -> None:
        """Until the stream is made anew. What was said before is not told: the next of each comes soon."""
        extent = await self._bus.extent(MEASURES_STREAM)
        try:
            async for delivery in self._bus.follow(MEASURES_STREAM, filters_of(self._measures), extent.last):
                self._hear_measure(delivery)
        except StreamReplacedError:
            log.warning("live.stream_replaced", stream=MEASURES_STREAM)

    async def replay(self, topic: Topic, offset: int, most: int) -> Replayed | None:
        """The events of a topic behind an offset; None when the stream has not all of them, or they are too many."""
        filters = filters_of(kind for kind, told in self._events.items() if told.topic == topic)
        try:
            extent = await self._bus.extent(EVENTS_STREAM)
            if extent.epoch != self._fanout.epoch or extent.first > offset + 1:
                return None
            found = await self._bus.replay(EVENTS_STREAM, filters, offset, most) if filters else []
        except (ProblemError, JetStreamError) as error:
            log.warning("live.not_replayed", topic=topic, reason=str(error))
            return None
        return None if found is None else Replayed(self._items(found, extent.last), extent.last)

    def _hear_event(self, delivery: Delivery) -> None:
        kind = kind_of(delivery.subject)
        if kind == REVOKED:
            self._hear_revoked(delivery)
        item = self._item(self._events.get(kind), delivery)
        if item is None:
            self._fanout.pass_over(delivery.seq)
        else:
            self._fanout.take(item)

    def _hear_measure(self, delivery: Delivery) -> None:
        told = self._measures.get(kind_of(delivery.subject))
        if told is not None and self._fanout.wants(told):
            item = self._item(told, delivery)
            if item is not None:
                self._fanout.take(item)

    def _hear_revoked(self, delivery: Delivery) -> None:
        try:
            self._revoked(msgspec.json.decode(delivery.data, type=AccessRevoked))
        except msgspec.MsgspecError:
            self._fanout.totals.unreadable_total += 1

    def _items(self, deliveries: Iterable[Delivery], last: int) -> list[Item]:
        found = [self._item(self._events.get(kind_of(each.subject)), each) for each in deliveries if each.seq <= last]
        return [item for item in found if item is not None]

    def _item(self, told: Told | None, delivery: Delivery) -> Item | None:
        """None for what no client hears, or could not read."""
        if told is None:
            return None
        try:
            return item_of(
                told,
                key_of(delivery.subject),
                delivery.data,
                offset=delivery.seq,
                event_id=delivery.headers.get("ce-id", ""),
                stored_at=delivery.stored_at,
                heard_at=monotonic(),
            )
        except ValueError as error:  # msgspec's and UTF-8's errors too
            self._fanout.totals.unreadable_total += 1
            log.warning("live.unreadable", subject=delivery.subject, reason=str(error))
            return None

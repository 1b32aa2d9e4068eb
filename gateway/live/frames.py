"""What is written to clients: each message encoded once, each frame built once for all who get it."""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
from msgspec import Raw, Struct
from websockets.frames import Frame as WireFrame
from websockets.frames import Opcode

from gateway.live.topics import BITS, Told
from shared.contracts.live import Delivery, Frame, Pushed, Topic

CHUNK_BYTES = 128 * 1024
LOG_BYTES = 16 * 1024  # of logs there may be many, and others than Belfry write them
encode = msgspec.json.Encoder().encode


class Item(Struct, frozen=True, kw_only=True, gc=False):
    """A message ready to be put into a frame; `key` is what it is the newest state of. Events have an offset.
    `stored_at`: epoch in seconds of when the stream had it, `heard_at`: monotonic."""

    topic: Topic
    bit: int
    delivery: Delivery
    key: str
    offset: int
    body: bytes
    stored_at: float
    heard_at: float


def item_of(
    told: Told, key: str, data: bytes, *, offset: int, event_id: str, stored_at: float, heard_at: float
) -> Item:
    """The message of one event. Raises ValueError for a body that is no JSON object: it would break every client."""
    if told.delivery == "log" and len(data) > LOG_BYTES:
        raise ValueError("too long for a log")
    raw = msgspec.json.decode(data, type=Raw)
    if not data.lstrip().startswith(b"{"):
        raise ValueError("not an object")
    data.decode()  # msgspec passes texts on as they are
    lasting = told.delivery == "event"
    pushed = Pushed(
        topic=told.topic,
        kind=told.kind,
        data=raw,
        offset=offset if lasting else None,
        event_id=event_id if lasting else "",
        key=key if told.delivery == "state" else "",
    )
    return Item(
        topic=told.topic,
        bit=BITS[told.topic],
        delivery=told.delivery,
        key=f"{told.kind} {key}",
        offset=offset,
        body=encode(pushed),
        stored_at=stored_at,
        heard_at=heard_at,
    )


def framed(body: bytes) -> bytes:
    """One WebSocket text frame. Frames of servers are not masked, so all clients get the same bytes."""
    return WireFrame(Opcode.TEXT, body).serialize(mask=False)


def frame(**fields: Any) -> bytes:
    """A frame with one of the fields of the contract's Frame, and maybe the id of what it answers."""
    return framed(encode(Frame(**fields)))


def batch(items: Iterable[Item]) -> bytes:
    """As `frame(batch=[...])`, of messages that are encoded."""
    return framed(b'{"batch":[' + b",".join(item.body for item in items) + b"]}")


def batches(items: Iterable[Item]) -> Iterator[tuple[bytes, int]]:
    """Frames of a size that any client takes, and how many messages are in each."""
    chunk: list[Item] = []
    size = 0
    for item in items:
        if chunk and size + len(item.body) > CHUNK_BYTES:
            yield batch(chunk), len(chunk)
            chunk, size = [], 0
        chunk.append(item)
        size += len(item.body)
    if chunk:
        yield batch(chunk), len(chunk)


PING = framed(b"{}")

"""What runs: each process as it answers on the bus, the streams, and the versions below."""

import asyncio
from datetime import datetime

import msgspec
from aiohttp import web
from msgspec import Struct

from shared.bus import Bus
from shared.contracts.auth import About, Node, StreamState
from shared.contracts.wire import EVENTS_STREAM, Nothing
from shared.keys import BUS, POOL
from shared.version import VERSION

SCATTER_SECONDS = 0.3
STREAMS_SECONDS = 1.0
LIST_STREAMS = "$JS.API.STREAM.LIST"
ONE_STREAM = f"$JS.API.STREAM.INFO.{EVENTS_STREAM}"
SERVER_VERSION = "_nats.ver"  # in the metadata of a stream, when it is asked for by name
GROUP = "Belfry"


class _Endpoint(Struct, frozen=True):
    num_requests: int = 0
    num_errors: int = 0


class _Stats(Struct, frozen=True):
    """What an instance of a NATS micro service answers to $SRV.STATS."""

    name: str
    id: str
    version: str
    started: datetime | None = None
    endpoints: list[_Endpoint] = []
    metadata: dict[str, str] | None = None


class _Config(Struct, frozen=True):
    name: str
    metadata: dict[str, str] = {}


class _State(Struct, frozen=True):
    messages: int
    bytes: int


class _Stream(Struct, frozen=True):
    config: _Config
    state: _State


class _StreamList(Struct, frozen=True):
    streams: list[_Stream] | None = None


async def get_about(request: web.Request, given: Nothing) -> About:
    """Processes that do not answer in time are not in it."""
    bus, pool = request.app[BUS], request.app[POOL]
    nodes, streams, nats, postgres = await asyncio.gather(
        _nodes(bus), _streams(bus), _nats_version(bus), pool.fetchval("SHOW server_version")
    )
    return About(
        version=VERSION,
        nodes=nodes,
        streams=[
            StreamState(name=each.config.name, messages=each.state.messages, size_bytes=each.state.bytes)
            for each in streams
        ],
        nats=nats,
        postgres=postgres.split(" ")[0],
    )


async def _nodes(bus: Bus) -> list[Node]:
    answers = await bus.request_many("$SRV.STATS", SCATTER_SECONDS)
    found = [_node(stats) for answer in answers if (stats := _read(answer.data)) and _is_ours(stats)]
    return sorted(found, key=lambda node: (node.service, node.instance))


def _read(data: bytes) -> _Stats | None:
    """None for what is no answer of a micro service: anyone may speak on the bus."""
    try:
        return msgspec.json.decode(data, type=_Stats)
    except msgspec.MsgspecError:
        return None


def _is_ours(stats: _Stats) -> bool:
    return (stats.metadata or {}).get("group") == GROUP


def _node(stats: _Stats) -> Node:
    return Node(
        service=stats.name,
        instance=stats.id,
        version=stats.version,
        started_at=stats.started,
        requests=sum(endpoint.num_requests for endpoint in stats.endpoints),
        errors=sum(endpoint.num_errors for endpoint in stats.endpoints),
    )


async def _streams(bus: Bus) -> list[_Stream]:
    reply = await bus.request(LIST_STREAMS, b"{}", {}, STREAMS_SECONDS)
    streams = msgspec.json.decode(reply.data, type=_StreamList).streams or []
    return sorted(streams, key=lambda stream: stream.config.name)


async def _nats_version(bus: Bus) -> str:
    reply = await bus.request(ONE_STREAM, b"", {}, STREAMS_SECONDS)
    return msgspec.json.decode(reply.data, type=_Stream).config.metadata.get(SERVER_VERSION, "")

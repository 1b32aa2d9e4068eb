"""Asking many nodes at once: whoever does not answer in time is named."""

import asyncio
import time
import zlib
from collections.abc import Collection
from typing import TypeVar

import msgspec
from msgspec import Struct

from shared.bus import Bus, Reply
from shared.contracts.wire import DEADLINE_HEADER
from shared.contracts.ws.nodes import NODE_SUBJECT
from shared.problems import ProblemError
from ws_svc import metrics

Answer = TypeVar("Answer", bound=Struct)

LARGEST_ANSWER_BYTES = 8 * 1024 * 1024
GZIP = 31  # what zlib calls it


async def ask_nodes(
    bus: Bus, nodes: Collection[str], action: str, question: Struct, answer: type[Answer], deadline_seconds: float
) -> tuple[dict[str, Answer], list[str]]:
    """What each node answered, and which did not, or nothing that can be understood."""
    body = msgspec.json.encode(question)
    found = await asyncio.gather(*(_ask(bus, node, action, body, answer, deadline_seconds) for node in nodes))
    by_node = dict(zip(nodes, found, strict=True))
    answers = {node: each for node, each in by_node.items() if each is not None}
    return answers, [node for node in nodes if node not in answers]


async def _ask(
    bus: Bus, node: str, action: str, body: bytes, answer: type[Answer], deadline_seconds: float
) -> Answer | None:
    deadline = {DEADLINE_HEADER: str(round((time.time() + deadline_seconds) * 1000))}
    try:
        reply = await bus.request(NODE_SUBJECT.format(node=node, action=action), body, deadline, deadline_seconds)
        found = msgspec.json.decode(_unpacked(reply), type=answer)
    except (ProblemError, ValueError, zlib.error):
        metrics.UNANSWERED.labels(action).inc()
        return None
    return found


def _unpacked(reply: Reply) -> bytes:
    """Raises ValueError, zlib.error. A node is not trusted to have packed only as much as it may send."""
    if reply.headers.get("Content-Encoding") != "gzip":
        return reply.data
    unpacking = zlib.decompressobj(wbits=GZIP)
    body = unpacking.decompress(reply.data, LARGEST_ANSWER_BYTES)
    if unpacking.unconsumed_tail:
        raise ValueError("the answer is too large")
    return body

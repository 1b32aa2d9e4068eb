"""Asking many nodes at once: whoever does not answer in time is named."""

import asyncio
import time
from collections.abc import Collection
from typing import TypeVar

import msgspec
from msgspec import Struct

from shared.bus import Bus
from shared.contracts.wire import DEADLINE_HEADER
from shared.contracts.ws import NODE_SUBJECT
from shared.problems import ProblemError
from ws_svc import metrics

Answer = TypeVar("Answer", bound=Struct)


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
        found = msgspec.json.decode(reply.data, type=answer)
    except (ProblemError, msgspec.MsgspecError):
        metrics.UNANSWERED.labels(action).inc()
        return None
    return found

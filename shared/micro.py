"""The NATS service API (`$SRV.PING`, `INFO`, `STATS`): who serves what, and how it goes.

nats.micro's own Service belongs to one connection, runs one request at a time and measures only what it awaits. Here
the endpoints are the bus's subscriptions, so they outlive a connection, run side by side and count what really
happened; the words on the wire are nats.micro's.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from time import perf_counter_ns
from typing import Any

import msgspec
from nats.micro.service import (
    EndpointInfo,
    EndpointStats,
    ServiceInfo,
    ServicePing,
    ServiceStats,
    ServiceVerb,
    control_subject,
)

from shared.bus import Bus, Message, MessageHandler
from shared.interest import Interest
from shared.problems import ProblemError

Answer = Callable[[Message], Awaitable[str]]
"""Serves a request; returns an empty text, or the error it answered with."""


class Endpoint:
    """A subject served in a queue group, and its figures since the start."""

    def __init__(self, name: str, subject: str, queue: str, answer: Answer) -> None:
        self.name, self.subject, self.queue = name, subject, queue
        self._answer = answer
        self._requests = self._errors = self._busy_ns = 0
        self._last_error = ""

    async def serve(self, message: Message) -> None:
        started = perf_counter_ns()
        error = "cancelled"
        try:
            error = await self._answer(message)
        finally:
            self._requests += 1
            self._busy_ns += perf_counter_ns() - started
            if error:
                self._errors += 1
                self._last_error = error

    def info(self) -> EndpointInfo:
        return EndpointInfo(self.name, self.subject, self.queue)

    def stats(self) -> EndpointStats:
        average = self._busy_ns // self._requests if self._requests else 0
        return EndpointStats(
            self.name, self.subject, self.queue, self._requests, self._errors, self._busy_ns, average, self._last_error
        )


class Micro:
    """One instance of a service on the bus."""

    def __init__(self, bus: Bus, name: str, version: str, metadata: dict[str, str]) -> None:
        self.id = secrets.token_hex(11)
        self._bus, self._name, self._version, self._metadata = bus, name, version, metadata
        self._started = datetime.now(UTC)
        self._endpoints: list[Endpoint] = []
        self._interests: list[Interest] = []

    async def start(self) -> None:
        answers: dict[ServiceVerb, Callable[[], dict[str, Any]]] = {
            ServiceVerb.PING: self.ping,
            ServiceVerb.INFO: self.info,
            ServiceVerb.STATS: self.stats,
        }
        for verb, answer in answers.items():
            for name, id in ((None, None), (self._name, None), (self._name, self.id)):
                await self._listen(control_subject(verb, name, id), _answering(self._bus, answer))

    async def add_endpoint(self, endpoint: Endpoint, concurrency: int) -> None:
        await self._listen(endpoint.subject, endpoint.serve, endpoint.queue, concurrency)
        self._endpoints.append(endpoint)

    async def stop(self) -> None:
        """Take no more requests, and let those that run end."""
        interests, self._interests = self._interests, []
        await asyncio.gather(*(self._bus.unsubscribe(interest) for interest in interests))

    def ping(self) -> dict[str, Any]:
        return ServicePing(self.id, self._name, self._version, self._metadata).to_dict()

    def info(self) -> dict[str, Any]:
        endpoints = [endpoint.info() for endpoint in self._endpoints]
        return ServiceInfo(self._name, self.id, self._version, "", endpoints, self._metadata).to_dict()

    def stats(self) -> dict[str, Any]:
        endpoints = [endpoint.stats() for endpoint in self._endpoints]
        return ServiceStats(self.id, self._name, self._version, self._started, endpoints, self._metadata).to_dict()

    async def _listen(
        self, subject: str, handler: MessageHandler, queue: str | None = None, concurrency: int = 4
    ) -> None:
        self._interests.append(await self._bus.subscribe(subject, handler, queue, concurrency, traced=False))


def _answering(bus: Bus, answer: Callable[[], dict[str, Any]]) -> MessageHandler:
    async def handle(message: Message) -> None:
        try:
            await bus.send(message.reply, msgspec.json.encode(answer()))
        except ProblemError:
            return  # the connection went away with the one who asked

    return handle

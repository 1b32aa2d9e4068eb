"""What is known of a request on its way through the chain: found out once, for all steps and the handler;
and what became of it."""

from contextvars import ContextVar
from typing import TYPE_CHECKING

from msgspec import Struct

from gateway.auth.identity import Identity

if TYPE_CHECKING:  # a route names handlers, and they need this
    from gateway.routes.route import Route


class Passage(Struct, gc=False):
    """`route`: the template. `operation`: None for what is outside of the tables. `client_ip`: as far as it can be
    believed. `request_id`, `trace_id`, `identity`: as soon as the steps for them have run, and found one. `row`: of its
    times, see `Rows`; an upgrade has none. The others once the request has ended: 499 for a client that went away; the
    time in the gateway; the end by time.perf_counter."""

    method: str
    path: str
    route: str
    operation: "Route | None"
    client_ip: str
    row: list[float] = []
    request_id: str = ""
    trace_id: str = ""
    identity: Identity | None = None
    status: int = 499
    seconds: float = 0.0
    ended_at: float = 0.0


PASSAGE: ContextVar[Passage] = ContextVar("passage")
"""Of the request that runs. It is asked for at every step, and a key of the request would take three times as long."""


def who_asks() -> Identity:
    """Behind `auth`, where somebody does."""
    identity = PASSAGE.get().identity
    assert identity is not None
    return identity

"""What is known of a request on its way through the chain: found out once, for all steps and the handler."""

from typing import TYPE_CHECKING

from aiohttp import web
from msgspec import Struct

from gateway.auth.identity import Identity

if TYPE_CHECKING:  # a route names handlers, and they need this
    from gateway.routes.route import Route


class Passage(Struct, gc=False):
    """`route`: the template. `operation`: None for what is outside of the tables. `client_ip`: as far as it can be
    believed. `request_id`, `trace_id`, `identity`: as soon as the steps for them have run, and found one."""

    method: str
    path: str
    route: str
    operation: "Route | None"
    client_ip: str
    request_id: str = ""
    trace_id: str = ""
    identity: Identity | None = None


class Finished(Struct, frozen=True, gc=False):
    """A request that was answered; or was left by its client: `status` is 499 then. `seconds`: in the gateway.
    `ended_at`: by time.perf_counter."""

    passage: Passage
    status: int
    seconds: float
    ended_at: float


PASSAGE = web.RequestKey("PASSAGE", Passage)


def identity_of(request: web.Request) -> Identity:
    """Who asks, behind `auth`, where somebody does."""
    identity = request[PASSAGE].identity
    assert identity is not None
    return identity

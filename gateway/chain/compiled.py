"""From the document of a chain to a function that runs it and writes down how long each step took."""

from collections.abc import Awaitable, Iterable
from contextvars import ContextVar
from time import perf_counter

from aiohttp import web
from msgspec import Struct

from gateway.chain.meter import Meter, Rows
from gateway.interceptors import STEPS
from gateway.interceptors.step import Rest, Step, Tools
from shared.contracts.catalogue import BY_ID
from shared.contracts.pipeline.chain import Chain, ChainStep
from shared.validate import validate

ROW: ContextVar[list[float]] = ContextVar("row")
"""The times of the request that runs; see `Rows`."""

ONLY_FOR_ANSWERS = frozenset(
    {"latency", "body_limit", "timeout", "in_flight", "cache", "compression", "circuit_breaker", "fault_injection"}
)
"""What an upgrade to WebSocket does not pass: it lives for hours, and is no answer."""


class BuildError(Exception):
    """The chain cannot be built; the message names the step and says why."""


class Compiled(Struct, frozen=True):
    """A chain that runs: `run` for requests, `upgrade` for those that become a WebSocket. `steps`: those that have
    something to do. `unknown`: those that this gateway does not have, and leaves out."""

    revision: int
    steps: tuple[str, ...]
    unknown: tuple[str, ...]
    run: Rest
    upgrade: Rest
    rows: Rows


def compile_chain(chain: Chain, tools: Tools, meter: Meter) -> Compiled:
    """Raises BuildError."""
    wanted = [step for step in chain.steps if step.enabled]
    tried = [(step.id, build_step(step, tools)) for step in wanted if step.id in STEPS]
    built = [(id, step) for id, step in tried if step is not None]
    ids = tuple(id for id, _ in built)
    rows = meter.rows_of(ids)
    return Compiled(
        revision=chain.revision,
        steps=ids,
        unknown=tuple(step.id for step in wanted if step.id not in STEPS),
        run=timed([step for _, step in built], rows),
        upgrade=plain(step for id, step in built if id not in ONLY_FOR_ANSWERS),
        rows=rows,
    )


def build_step(step: ChainStep, tools: Tools) -> Step | None:
    """None when its settings leave nothing to do. Raises BuildError."""
    settings, errors = validate(step.settings, BY_ID[step.id].settings)
    if settings is None:
        raise BuildError("; ".join(f"{step.id}: {error.field} {error.message}" for error in errors))
    try:
        return STEPS[step.id](settings, tools)
    except ValueError as error:
        raise BuildError(f"{step.id}: {error}") from error


def call_handler(request: web.Request) -> Awaitable[web.StreamResponse]:
    return request.match_info.handler(request)


def plain(steps: Iterable[Step], handler: Rest = call_handler) -> Rest:
    """The steps around the handler, the first outermost; nothing is measured."""
    run = handler
    for step in reversed(list(steps)):
        run = _around(step, run)
    return run


def timed(steps: list[Step], rows: Rows, handler: Rest = call_handler) -> Rest:
    """As `plain`, with the times of each written into the row of the request."""
    run = _timed(len(steps), _go_on, handler, rows)
    for place in reversed(range(len(steps))):
        run = _timed(place, steps[place], run, rows)
    return run


def _around(step: Step, rest: Rest) -> Rest:
    return lambda request: step(request, rest)


def _go_on(request: web.Request, rest: Rest) -> Awaitable[web.StreamResponse]:
    return rest(request)


def _timed(place: int, step: Step, rest: Rest, rows: Rows) -> Rest:
    async def layer(request: web.Request) -> web.StreamResponse:
        row, started = ROW.get(), perf_counter()
        try:
            return await step(request, rest)
        except BaseException as error:
            rows.raised(place, row, error)
            raise
        finally:
            row[place] = perf_counter() - started

    return layer

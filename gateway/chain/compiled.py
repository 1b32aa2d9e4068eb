"""From the document of a chain to a function that runs it and writes down how long each step took."""

from collections.abc import Awaitable, Iterable, Sequence
from time import perf_counter

from aiohttp import web
from msgspec import Struct

from gateway.chain.meter import Meter, Rows
from gateway.interceptors import STEPS
from gateway.interceptors.step import Gate, Observer, Part, Rest, Step, Tools
from gateway.passage import PASSAGE
from shared.contracts.catalogue import BY_ID
from shared.contracts.pipeline.chain import Chain, ChainStep
from shared.validate import validate

ONLY_FOR_ANSWERS = frozenset(
    {"body_limit", "timeout", "in_flight", "cache", "compression", "circuit_breaker", "fault_injection"}
)
"""What an upgrade to WebSocket does not pass: it lives for hours, and is no answer."""


class BuildError(Exception):
    """The chain cannot be built; the message names the step and says why."""


class Compiled(Struct, frozen=True):
    """A chain that runs: `run` for requests, `upgrade` for those that become a WebSocket; `observers`, by their places,
    see what has become of both. `steps`: those that have something to do. `unknown`: those that this gateway does not
    have, and leaves out."""

    revision: int
    steps: tuple[str, ...]
    unknown: tuple[str, ...]
    run: Rest
    upgrade: Rest
    observers: dict[int, Observer]
    rows: Rows


def compile_chain(chain: Chain, tools: Tools, meter: Meter) -> Compiled:
    """Raises BuildError."""
    wanted = [step for step in chain.steps if step.enabled]
    tried = [(step.id, build_step(step, tools)) for step in wanted if step.id in STEPS]
    built = [(id, step) for id, step in tried if step is not None]
    ids = tuple(id for id, _ in built)
    observers = {place: step for place, (_, step) in enumerate(built) if isinstance(step, Observer)}
    passed = tuple(place for place, (_, step) in enumerate(built) if isinstance(step, Gate | Observer))
    rows = meter.rows_of(ids, passed)
    return Compiled(
        revision=chain.revision,
        steps=ids,
        unknown=tuple(step.id for step in wanted if step.id not in STEPS),
        run=timed([step for _, step in built], rows),
        upgrade=plain(step for id, step in built if id not in ONLY_FOR_ANSWERS),
        observers=observers,
        rows=rows,
    )


def build_step(step: ChainStep, tools: Tools) -> Part | None:
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


def plain(steps: Iterable[Part], handler: Rest = call_handler) -> Rest:
    """The steps around the handler, the first outermost; nothing is measured, and nobody observes."""
    run = handler
    for step in reversed(list(steps)):
        if not isinstance(step, Observer):
            run = _behind(step, run) if isinstance(step, Gate) else _around(step, run)
    return run


def timed(steps: Sequence[Part], rows: Rows, handler: Rest = call_handler) -> Rest:
    """As `plain`, with the times of each written into the row of the request."""
    behind = len(steps)
    run = _timed((behind, behind), _go_on, handler, rows)
    for place, step in reversed(list(enumerate(steps))):
        if not isinstance(step, Observer):
            at = (place, behind)
            run = _timed_gate(at, step, run, rows) if isinstance(step, Gate) else _timed(at, step, run, rows)
            behind = place
    return run


def _around(step: Step, rest: Rest) -> Rest:
    return lambda request: step(request, rest)


def _behind(gate: Gate, rest: Rest) -> Rest:
    look = gate.look

    def enter(request: web.Request) -> Awaitable[web.StreamResponse]:
        step = look(request)
        return rest(request) if step is None else step(request, rest)

    return enter


def _go_on(request: web.Request, rest: Rest) -> Awaitable[web.StreamResponse]:
    return rest(request)


def _timed(at: tuple[int, int], step: Step, rest: Rest, rows: Rows) -> Rest:
    """`at`: its own place, and that of the next who is measured."""
    place, behind = at

    async def layer(request: web.Request) -> web.StreamResponse:
        row, started = PASSAGE.get().row, perf_counter()
        try:
            return await step(request, rest)
        except BaseException as error:
            rows.raised(place, behind, row, error)
            raise
        finally:
            row[place] = perf_counter() - started

    return layer


def _timed_gate(at: tuple[int, int], gate: Gate, rest: Rest, rows: Rows) -> Rest:
    """Writes down its own time, negative: what is behind it is added for many at once."""
    look, (place, behind) = gate.look, at

    def enter(request: web.Request) -> Awaitable[web.StreamResponse]:
        row, started = PASSAGE.get().row, perf_counter()
        try:
            step = look(request)
        except BaseException as error:
            rows.raised(place, behind, row, error)
            row[place] = perf_counter() - started
            raise
        if step is not None:
            return _timed(at, step, rest, rows)(request)
        row[place] = started - perf_counter()
        return rest(request)

    return enter

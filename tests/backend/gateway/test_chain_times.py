"""What is written down of a request on its way: times of steps, gates and observers; calls, refusals and errors."""

from collections.abc import Callable, Sequence
from typing import Any, cast

import numpy as np
import pytest
from aiohttp import web

from gateway.chain.compiled import Compiled, plain, timed
from gateway.chain.meter import HANDLER, Meter, Rows
from gateway.chain.observing import MANY, Observing, observe
from gateway.interceptors.step import Gate, Observer, Part, Rest, Step
from gateway.passage import PASSAGE, Passage
from shared.contracts.pipeline.stats import MeasuredStep
from shared.problems import forbidden

REQUEST = cast(web.Request, None)
RESPONSE = web.Response()


async def handler(request: web.Request) -> web.StreamResponse:
    return RESPONSE


async def around(request: web.Request, rest: Rest) -> web.StreamResponse:
    return await rest(request)


async def refuses(request: web.Request, rest: Rest) -> web.StreamResponse:
    raise forbidden("Not you")


async def divides(request: web.Request, rest: Rest) -> web.StreamResponse:
    raise ZeroDivisionError


def fails(request: web.Request) -> None:
    raise RuntimeError("broken")


def refuses_at_once(request: web.Request) -> None:
    raise forbidden("Not you")


def passes(request: web.Request) -> None:
    return None


def runs(step: Step) -> Callable[[web.Request], Step]:
    return lambda request: step


SEES = Observer(lambda ended: None)


def rows_of(meter: Meter, parts: Sequence[Part]) -> Rows:
    passed = tuple(place for place, part in enumerate(parts) if isinstance(part, Gate | Observer))
    return meter.rows_of(tuple(f"step_{place}" for place in range(len(parts))), passed)


async def measured(*parts: Part) -> dict[str, MeasuredStep]:
    """Of one request through these steps."""
    meter = Meter()
    rows = rows_of(meter, parts)
    PASSAGE.set(passage(1, row := rows.new()))
    try:
        assert await timed(parts, rows, handler)(REQUEST) is RESPONSE
    except (RuntimeError, type(forbidden("")), ZeroDivisionError):
        pass
    rows.add(row)
    return {step.id: step for step in meter.take("gw-1", 1).steps}


def told(steps: dict[str, MeasuredStep]) -> dict[str, tuple[int, int, int]]:
    return {id: (step.calls, step.answered, step.errors) for id, step in steps.items()}


async def test_every_kind_of_step_is_measured() -> None:
    found = await measured(around, Gate(passes), SEES, Gate(runs(around)), around)

    assert told(found) == dict.fromkeys(("step_0", "step_1", "step_2", "step_3", "step_4", HANDLER), (1, 0, 0))
    assert all(step.sum_ms > 0 for id, step in found.items() if id != "step_2")


@pytest.mark.parametrize(
    ("part", "itself"),
    [
        (refuses, (1, 1, 0)),
        (Gate(refuses_at_once), (1, 1, 0)),
        (Gate(runs(refuses)), (1, 1, 0)),
        (Gate(fails), (1, 0, 1)),
        (Gate(runs(divides)), (1, 0, 1)),
    ],
)
@pytest.mark.parametrize("behind", [around, Gate(passes)])
async def test_who_refuses_has_answered_and_who_fails_has_not(
    part: Part, itself: tuple[int, int, int], behind: Part
) -> None:
    """An exception is counted where it was raised, and nowhere on its way out."""
    found = told(await measured(around, Gate(passes), part, behind))

    assert (found["step_0"], found["step_1"], found["step_2"]) == ((1, 0, 0), (1, 0, 0), itself)
    assert found["step_3"] == found[HANDLER] == (0, 0, 0)


def test_the_time_of_gates_and_observers_is_their_own_and_that_of_others_stays() -> None:
    """Seconds of their own: 10, gate 2, observer 3, gate 1, 5, handler 4; the second request stops at a gate."""
    rows = rows_of(Meter(), (around, Gate(passes), SEES, Gate(passes), around))
    rows.observers[2] = 3.0
    whole = rows.whole(np.array([[22.0, -2.0, 0.0, -1.0, 9.0, 4.0, 0.0], [7.0, -2.0, 0.0, 1.0, 0.0, 0.0, 0.0]]))

    assert whole.tolist() == [[25.0, 15.0, 13.0, 10.0, 9.0, 4.0], [10.0, 6.0, 4.0, 1.0, 0.0, 0.0]]


async def test_nothing_is_measured_where_nobody_asks_for_it() -> None:
    PASSAGE.set(passage(1, row := [0.0] * 6))

    assert await plain([around, Gate(passes), SEES, Gate(runs(around))], handler)(REQUEST) is RESPONSE
    assert not any(row)


# --- observers ----------------------------------------------------------------------------------------------------


def passage(number: int, row: list[float] | None = None) -> Passage:
    return Passage("GET", f"/{number}", "/{number}", None, "127.0.0.1", row or [], status=200, seconds=0.5)


def chain(*observers: Observer) -> Compiled:
    parts: tuple[Part, ...] = (around, *observers)
    ids = tuple(f"step_{place}" for place in range(len(parts)))
    rows = rows_of(Meter(), parts)
    return Compiled(1, ids, (), handler, handler, dict(enumerate(observers, 1)), rows)


async def test_observers_see_each_request_once_whichever_chain_it_passed() -> None:
    first, second = list[str](), list[str]()
    one = chain(Observer(lambda ended: first.extend(each.path for each in ended)))
    other = chain(Observer(lambda ended: second.extend(each.path for each in ended)))
    observing = Observing("gateway", one)

    for number in range(MANY + 2):
        observing.add(one, passage(number))
    assert len(first) == MANY, "many at once"
    observing.add(other, passage(MANY + 2))
    assert len(first) == MANY + 2, "those of the chain before do not wait for those of the next"
    observing.add(one, passage(MANY + 3))
    observing.flush()
    observing.flush()

    assert first == [f"/{number}" for number in range(MANY + 4) if number != MANY + 2]
    assert second == [f"/{MANY + 2}"]


def test_an_observer_that_fails_costs_the_others_nothing() -> None:
    def breaks(ended: Sequence[Passage]) -> None:
        raise RuntimeError("broken")

    seen = list[Any]()
    running = chain(Observer(breaks), Observer(seen.extend))
    row = [0.4, 0.0, 0.0, 0.1, 0.0]
    observe(running, [passage(1, row), passage(2)])

    taken = running.rows._meter
    running.rows.count()
    found = told({step.id: step for step in taken.take("gw-1", 1).steps})
    assert [each.path for each in seen] == ["/1", "/2"]
    assert found == {"step_0": (1, 0, 0), "step_1": (1, 0, 1), "step_2": (1, 0, 0), HANDLER: (1, 0, 0)}

"""Who asks the same at a time shares one call."""

import asyncio

import pytest

from gateway.single_flight import SingleFlight


class Question:
    """A call that waits to be let go; answers how often it was made."""

    def __init__(self) -> None:
        self.asked = 0
        self.go = asyncio.Event()
        self.fault: Exception | None = None

    async def __call__(self) -> int:
        self.asked += 1
        number = self.asked
        await self.go.wait()
        if self.fault:
            raise self.fault
        return number


async def test_all_who_ask_at_a_time_share_an_answer_and_the_next_asks_anew() -> None:
    flights, question = SingleFlight[int](), Question()
    waiting = [flights.ask("board", question) for _ in range(3)]
    other = flights.ask("map", question)
    question.go.set()
    assert await asyncio.gather(*waiting, other) == [1, 1, 1, 2]
    assert await flights.ask("board", question) == 3


async def test_all_share_a_fault_and_the_next_asks_anew() -> None:
    flights, question = SingleFlight[int](), Question()
    question.fault = LookupError("gone")
    waiting = [flights.ask("board", question) for _ in range(2)]
    question.go.set()
    assert await asyncio.gather(*waiting, return_exceptions=True) == [question.fault, question.fault]
    question.fault = None
    assert await flights.ask("board", question) == 2


async def test_who_stops_waiting_does_not_stop_the_others() -> None:
    flights, question = SingleFlight[int](), Question()
    leaving, staying = flights.ask("board", question), flights.ask("board", question)
    leaving.cancel()
    question.go.set()
    assert await staying == 1
    with pytest.raises(asyncio.CancelledError):
        await leaving
    assert question.asked == 1

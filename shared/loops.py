"""What a service does again and again beside its requests, whatever goes wrong."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from shared.jetstream import JetStreamError
from shared.metrics import LOOP_PERIOD, round_of
from shared.problems import problem_of

log = structlog.get_logger()

FIRST_RETRY_SECONDS = 1.0


async def every(seconds: float, work: Callable[[], Awaitable[None]], name: str) -> None:
    """Do the work now and then every so often; what fails is logged and tried again soon."""
    LOOP_PERIOD.labels(name).set(seconds)
    while True:
        try:
            with round_of(name):
                await work()
            wait_seconds = seconds
        except Exception as error:
            wait_seconds = min(seconds, FIRST_RETRY_SECONDS)
            tell(name, error)
        await asyncio.sleep(wait_seconds)


async def until_it_works(work: Callable[[], Awaitable[None]], name: str) -> None:
    while True:
        try:
            with round_of(name):
                await work()
            return
        except Exception as error:
            tell(name, error)
        await asyncio.sleep(FIRST_RETRY_SECONDS)


def tell(name: str, error: Exception) -> None:
    """An outage of a neighbour is one line; a fault of ours comes with its trace."""
    problem = problem_of(error)
    if problem or isinstance(error, JetStreamError):
        log.warning("upkeep.waiting", work=name, reason=problem.detail if problem else str(error))
    else:
        log.exception("upkeep.failed", work=name)

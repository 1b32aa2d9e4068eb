"""Where who has just read something goes on listening, so that nothing behind the answer is missed."""

from collections.abc import Callable

from aiohttp import web

ANSWER_AGE_SECONDS = 2.0
"""Older than any answer that a service gives from its memory, the time to build it included."""

PLACE: web.AppKey[Callable[[], str]] = web.AppKey("PLACE", Callable)  # type: ignore[arg-type]
"""`<epoch>:<offset>`, or nothing while the place is not known. To be read before the question is asked."""


def place_of(app: web.Application) -> str:
    read = app.get(PLACE)
    return read() if read else ""

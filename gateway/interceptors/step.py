"""What a step of the chain is: a function around the rest of it, a gate before it, or an observer; made from its
settings."""

import re
from collections.abc import Awaitable, Callable, Sequence
from random import Random
from time import monotonic, time
from typing import Any

from aiohttp import web
from msgspec import Struct, field

from gateway.interceptors.answers_kept import AnswersKept
from gateway.interceptors.buckets import LocalBuckets, SharedBuckets
from gateway.passage import Passage

Rest = Callable[[web.Request], Awaitable[web.StreamResponse]]
"""What comes behind a step: the next one, in the end the handler."""
Step = Callable[[web.Request, Rest], Awaitable[web.StreamResponse]]


class Gate(Struct, frozen=True):
    """A step that looks at a request before it goes on, and waits for nothing. It raises to refuse one. For a request
    that needs more it returns the step that is to run around the rest, else None."""

    look: Callable[[web.Request], Step | None]


class Observer(Struct, frozen=True):
    """A step that only looks at what has become of requests: at many at once, soon after they were answered."""

    observe: Callable[[Sequence[Passage]], None]


class Running(Struct):
    """Requests that are being worked on: in all, and for each client address."""

    total: int = 0
    by_client: dict[str, int] = {}


class Tools(Struct, frozen=True, kw_only=True):
    """What steps share over all chains of a process, so that a swap forgets no count. `rehearsing`: for a chain that
    is only tried; it counts for itself."""

    app: web.Application
    buckets: LocalBuckets = field(default_factory=LocalBuckets)
    shared_buckets: SharedBuckets | None = None
    answers: AnswersKept = field(default_factory=AnswersKept)
    running: Running = field(default_factory=Running)
    random: Callable[[], float] = field(default_factory=lambda: Random().random)
    now: Callable[[], float] = monotonic
    clock: Callable[[], float] = time


Part = Step | Gate | Observer
Build = Callable[[Any, Tools], Part | None]
"""From the settings of its kind; None when they leave nothing to do. Raises ValueError for settings it cannot work
with."""


def among(paths: tuple[str, ...]) -> Callable[[str], Any]:
    """Is a path one of these, or below one? True and false are what a condition makes of the answer."""
    if not paths:
        return _never
    words = "|".join(re.escape(path.rstrip("/")) for path in paths)
    return re.compile(f"(?:{words})(?:/|$)").match


def _never(path: str) -> None:
    return None

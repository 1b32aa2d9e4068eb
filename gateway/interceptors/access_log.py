"""One line for a request: all that were slow or failed, and a share of the rest."""

import logging
from collections.abc import Sequence
from itertools import count
from time import perf_counter, time

from msgspec import Struct

from gateway.interceptors.step import Observer, Tools, among
from gateway.passage import Passage
from shared.contracts.interceptors import AccessLogSettings
from shared.log import write_lines
from shared.redaction import redact


class Answered(Struct, frozen=True, gc=False):
    """What the line says, besides what every line says."""

    method: str
    route: str
    path: str
    status: int
    duration_ms: float
    client_ip: str
    actor: str | None
    request_id: str
    trace_id: str


def build(settings: AccessLogSettings, tools: Tools) -> Observer | None:
    every, fast_seconds, skipped = settings.every, settings.fast_ms / 1000, among(settings.skip_paths)
    numbers = count(1)

    def has_line(request: Passage) -> bool:
        worth_it = request.status >= 400 or request.seconds >= fast_seconds or not next(numbers) % every
        return worth_it and not skipped(request.path)

    def access_log(ended: Sequence[Passage]) -> None:
        began = time() - perf_counter()
        lines = [(began + each.ended_at, answered(each)) for each in ended if has_line(each)]
        if lines:
            write_lines("http.answered", lines)

    return Observer(access_log) if logging.getLogger().isEnabledFor(logging.INFO) else None


def answered(request: Passage) -> Answered:
    return Answered(
        request.method,
        request.route,
        redact(request.path),
        request.status,
        round(request.seconds * 1000, 2),
        request.client_ip,
        request.identity.actor if request.identity else None,
        request.request_id,
        request.trace_id,
    )

"""Logs to standard output: coloured lines in a terminal, JSON elsewhere. Event names are dotted, facts are fields."""

import asyncio
import logging
import sys
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from datetime import UTC, datetime
from time import time
from typing import Any, TypeVar

import msgspec
import structlog
from msgspec import Struct, structs
from structlog.typing import EventDict, Processor

from shared.redaction import HIDDEN, is_secret, redact
from shared.settings import Settings
from shared.telemetry import current_trace_id

T = TypeVar("T")

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
FLUSH_SECONDS = 0.1
FLUSH_LINES = 64  # few enough to be still in the processor's cache
QUIET_LIBRARIES = ("aiohttp.access", "asyncio", "nats", "urllib3", "opentelemetry")


def configure(settings: Settings) -> None:
    """Once per process. Libraries that log in the standard way come out in the same form, from warnings up."""
    global _lines
    in_terminal = sys.stdout.isatty()
    _lines = None if in_terminal else Lines(settings)
    shared_processors = _processors(settings)
    if not in_terminal:
        shared_processors.append(structlog.processors.format_exc_info)
    # rich tracebacks would print local variables, secrets among them
    console = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    renderer: Processor = console if in_terminal else structlog.processors.JSONRenderer(_json)
    structlog.configure(
        processors=[*shared_processors, hide_secrets, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[settings.log_level]),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    _configure_libraries(shared_processors, renderer, LEVELS[settings.log_level])


def write_line(event: str, told: Callable[[T], Struct], given: T) -> None:
    """An info of which there are many: told, encoded and written soon, together with others, which is much cheaper.
    Texts of `told(given)` are written as they are, so whoever makes them hides what must not be seen."""
    if _lines is None:
        structlog.get_logger().info(event, **structs.asdict(told(given)))
    else:
        _lines.add(event, told, given)


class Lines:
    """JSON lines that wait to be written. Within an event loop they wait FLUSH_SECONDS at most."""

    def __init__(self, settings: Settings) -> None:
        who = {"level": "info", "service": settings.service, "instance": settings.instance}
        self._who = msgspec.json.encode(who)[1:-1]
        self._encode = msgspec.json.Encoder().encode
        self._second, self._stamp = 0, ""
        self._waiting: list[tuple[str, float, Callable[[Any], Struct], Any]] = []

    def add(self, event: str, told: Callable[[T], Struct], given: T) -> None:
        if not self._waiting:
            asyncio.get_running_loop().call_later(FLUSH_SECONDS, self.flush)
        self._waiting.append((event, time(), told, given))
        if len(self._waiting) >= FLUSH_LINES:
            self.flush()

    def flush(self) -> None:
        if self._waiting:
            waiting, self._waiting = self._waiting, []
            lines = [self._line(event, at, told(given)) for event, at, told, given in waiting]
            sys.stdout.write(b"".join(lines).decode())
            sys.stdout.flush()

    def _line(self, event: str, at: float, facts: Struct) -> bytes:
        second = int(at)
        if second != self._second:
            self._second, self._stamp = second, f"{datetime.fromtimestamp(second, UTC):%Y-%m-%dT%H:%M:%S}"
        head = f'{{"event":"{event}","timestamp":"{self._stamp}.{int((at - second) * 1e6):06d}Z",'
        return b"%b%b,%b\n" % (head.encode(), self._who, self._encode(facts)[1:])


def flush() -> None:
    """Write what waits: the process ends."""
    if _lines is not None:
        _lines.flush()


def hide_secrets(logger: Any, method: str, event: EventDict) -> EventDict:
    """A structlog processor: no password leaves the process, whatever field or address it stands in."""
    return {name: _hidden(name, value) for name, value in event.items()}


def _processors(settings: Settings) -> list[Processor]:
    def add_identity(logger: Any, method: str, event: EventDict) -> EventDict:
        return {**event, "service": settings.service, "instance": settings.instance}

    return [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        add_identity,
        add_trace,
    ]


def add_trace(logger: Any, method: str, event: EventDict) -> EventDict:
    """Ties a line to the trace it was written in."""
    trace_id = current_trace_id()
    return {**event, "trace_id": trace_id} if trace_id else event


def _configure_libraries(processors: Sequence[Processor], renderer: Processor, level: int) -> None:
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*processors, hide_secrets],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in QUIET_LIBRARIES:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))


_lines: Lines | None = None
"""Where many lines go; none in a terminal, and before `configure`."""


def _hidden(name: str, value: Any) -> Any:
    if isinstance(value, str):
        return HIDDEN if value and is_secret(name) else redact(value)
    if isinstance(value, Mapping):
        return {key: _hidden(str(key), item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_hidden(name, item) for item in value]
    return redact(str(value)) if isinstance(value, BaseException) else value


def _json(event: MutableMapping[str, Any], **options: Any) -> str:
    return msgspec.json.encode(event, enc_hook=repr).decode()

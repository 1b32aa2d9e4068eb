"""Logs to standard output: coloured lines in a terminal, JSON elsewhere. Event names are dotted, facts are fields."""

import logging
import sys
from collections.abc import Mapping, MutableMapping, Sequence
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

import msgspec
import structlog
from msgspec import Struct, structs
from structlog.typing import EventDict, Processor

from shared.redaction import HIDDEN, is_secret, redact
from shared.settings import Settings
from shared.telemetry import current_trace_id

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
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


def write_lines(event: str, facts: Sequence[tuple[float, Struct]]) -> None:
    """Infos of which there are many, written together, which is much cheaper; with each its second of the epoch. Their
    texts are written as they are, so whoever makes them hides what must not be seen."""
    if _lines is None:
        for _, each in facts:
            structlog.get_logger().info(event, **structs.asdict(each))
    else:
        _lines.write(event, facts)


class Lines:
    """JSON lines that all say the same of the process."""

    def __init__(self, settings: Settings) -> None:
        who = {"level": "info", "service": settings.service, "instance": settings.instance}
        self._who = b'Z",%b,' % msgspec.json.encode(who)[1:-1]
        self._encode = msgspec.json.Encoder().encode

    def write(self, event: str, facts: Sequence[tuple[float, Struct]]) -> None:
        second, start, parts = 0, b"", list[bytes]()
        for at, each in facts:
            if int(at) != second:
                second = int(at)
                moment = datetime.fromtimestamp(second, UTC)
                start = f'{{"event":"{event}","timestamp":"{moment:%Y-%m-%dT%H:%M:%S}.'.encode()
            parts += start, b"%06d" % ((at - second) * 1e6), self._who, self._encode(each)[1:], b"\n"
        sys.stdout.write(b"".join(parts).decode())
        sys.stdout.flush()


def name_request(request_id: str) -> None:
    """Each line of this task and of those it starts is about this request. On the way of every request structlog's own
    variables, of any name and to be taken back, would cost seven times as much."""
    _request_id.set(request_id)


def hide_secrets(logger: Any, method: str, event: EventDict) -> EventDict:
    """A structlog processor: no password leaves the process, whatever field or address it stands in."""
    return {name: _hidden(name, value) for name, value in event.items()}


def _processors(settings: Settings) -> list[Processor]:
    def add_identity(logger: Any, method: str, event: EventDict) -> EventDict:
        return {**event, "service": settings.service, "instance": settings.instance}

    return [
        structlog.contextvars.merge_contextvars,
        add_request,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        add_identity,
        add_trace,
    ]


def add_request(logger: Any, method: str, event: EventDict) -> EventDict:
    """Ties a line to the request it was written for, unless it names one."""
    request_id = "" if "request_id" in event else _request_id.get()
    return {**event, "request_id": request_id} if request_id else event


def add_trace(logger: Any, method: str, event: EventDict) -> EventDict:
    """Ties a line to the trace it was written in, unless it names one."""
    trace_id = "" if "trace_id" in event else current_trace_id()
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


_request_id: ContextVar[str] = ContextVar("request_id", default="")
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

"""Logs to standard output: coloured lines in a terminal, JSON elsewhere. Event names are dotted, facts are fields."""

import logging
import sys
from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any

import msgspec
import structlog
from opentelemetry import trace
from structlog.typing import EventDict, Processor

from shared.redaction import HIDDEN, is_secret, redact
from shared.settings import Settings

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
QUIET_LIBRARIES = ("aiohttp.access", "asyncio", "nats", "urllib3", "opentelemetry")


def configure(settings: Settings) -> None:
    """Once per process. Libraries that log in the standard way come out in the same form, from warnings up."""
    in_terminal = sys.stdout.isatty()
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
    context = trace.get_current_span().get_span_context()
    return {**event, "trace_id": trace.format_trace_id(context.trace_id)} if context.is_valid else event


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

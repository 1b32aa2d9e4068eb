"""A process from its first line to its last: settings, signals, one HTTP server, a bounded end."""

import asyncio
import gc
import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import NoReturn

import structlog
import uvloop
from aiohttp import web

from shared import log as logs
from shared import telemetry, tls
from shared.settings import Settings, SettingsError, SettingsT, load_settings
from shared.version import VERSION

log = structlog.get_logger()

STOP_SECONDS = 4.4  # all in all; a launcher or Kubernetes waits longer
REQUESTS_END_SECONDS = 0.8  # and as long again for those that must be cancelled
USAGE_ERROR = 2
PASSES = (20_000, 2, 2)
"""After how many new objects the collector looks for cycles. By default after 700: a batch of a thousand points, none
of them in a cycle, would be walked a dozen times. What lived on is looked at soon, for cycles of connections that ended
would pile up."""


def run(create_app: Callable[[SettingsT], web.Application], settings_cls: type[SettingsT]) -> None:
    """Serve until SIGTERM or SIGINT. A bad environment or a port in use is one line on stderr and exit code 2."""
    try:
        settings = load_settings(settings_cls, os.environ)
    except SettingsError as error:
        refuse("; ".join(error.messages))
    _check_tls(settings)
    logs.configure(settings)
    stop_exporting = telemetry.configure(settings)
    try:
        uvloop.run(_serve(create_app, settings))
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        refuse(f"cannot listen on {settings.host}:{settings.port}: {reason}")
    finally:
        stop_exporting()


def _check_tls(settings: Settings) -> None:
    """What is wrong with a file of TLS is said at the start, not at the first connection."""
    try:
        tls.shown_by(settings)
        tls.of_bus(settings)
    except tls.TlsError as error:
        refuse(str(error))


def refuse(reason: str) -> NoReturn:
    """End before the start, with the reason in one line."""
    print(f"belfry: {reason}", file=sys.stderr)
    raise SystemExit(USAGE_ERROR)


async def _serve(create_app: Callable[[SettingsT], web.Application], settings: SettingsT) -> None:
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    runner = web.AppRunner(create_app(settings), access_log=None, shutdown_timeout=REQUESTS_END_SECONDS)
    await runner.setup()
    keep_for_ever()
    try:
        async with tls.served(settings) as context:
            await web.TCPSite(runner, settings.host, settings.port, ssl_context=context).start()
            log.info("service.started", version=VERSION, host=settings.host, port=_port(runner), pid=os.getpid())
            await stopping.wait()
        log.info("service.stopping")
    finally:
        _end_anyway_after(STOP_SECONDS, settings)
        await runner.cleanup()
    log.info("service.stopped")


def keep_for_ever() -> None:
    """What the start has made stays. The collector need not walk it again: a full pass takes 1 ms instead of 30."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*PASSES)


def _port(runner: web.AppRunner) -> int:
    port: int = runner.addresses[0][1]
    return port


def _end_anyway_after(seconds: float, settings: Settings) -> None:
    """A thread, because what hangs at the end may hang the event loop too."""

    def end() -> None:
        log.error("service.stop_forced", after_seconds=seconds)
        sys.stdout.flush()
        os._exit(1)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()

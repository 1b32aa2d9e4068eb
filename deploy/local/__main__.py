"""`python -m deploy.local run`: Belfry on this machine, until Ctrl-C, SIGTERM or a closed terminal."""

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Mapping

import asyncpg
from msgspec.structs import replace

from deploy.local import demo
from deploy.local.checks import RefusedError, check_config, check_data, check_port
from deploy.local.follow import say, shown_level, silence
from deploy.local.lock import TakenError, only_one
from deploy.local.program import ProgramFailedError, die_with_parent
from deploy.local.settings import LocalSettings
from deploy.local.supervisor import Beside, belfry, nothing_else
from deploy.nats.apply import ApplyError
from shared import log
from shared.migrations import MigrationError
from shared.settings import SettingsError, load_settings

FAILED, REFUSED = 1, 2
CANNOT_START = (ProgramFailedError, ApplyError, MigrationError, asyncpg.PostgresError, OSError)
BESIDE: Mapping[str, Beside] = {"run": nothing_else, "demo": demo.shop}
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main(argv: list[str]) -> int:
    """0 after a stop, 1 when something did not start, 2 when it was refused before anything started."""
    parser = argparse.ArgumentParser(prog="python -m deploy.local", description=__doc__)
    parser.add_argument("command", choices=list(BESIDE))
    command = parser.parse_args(argv).command
    if "MAKELEVEL" in os.environ:
        die_with_parent(signal.SIGTERM)  # a killed make leaves nothing behind
    try:
        settings = load_settings(LocalSettings, os.environ)
        if command == "demo":
            settings = demo.place(settings, os.environ)
        else:
            check_config(settings, os.environ)
        check_data(settings)
        with only_one(settings.data):
            check_port(settings)
            log.configure(replace(settings, log_level=shown_level(settings.log_level)))
            return asyncio.run(run(settings, os.environ, BESIDE[command]))
    except SettingsError as error:
        return _end(REFUSED, "\nbelfry: ".join(error.messages))
    except (RefusedError, TakenError) as error:
        return _end(REFUSED, str(error))


async def run(settings: LocalSettings, environ: Mapping[str, str], beside: Beside = nothing_else) -> int:
    """Until a signal; then everything is stopped, whether it was ready yet or not."""
    living = asyncio.create_task(_live(settings, environ, beside), name="belfry")
    for number in STOP_SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, _stop, living, number)
    try:
        await living
    except asyncio.CancelledError:
        say("Belfry has stopped.")
    except CANNOT_START as error:
        return _end(FAILED, f"cannot start: {error}")
    return 0


async def _live(settings: LocalSettings, environ: Mapping[str, str], beside: Beside) -> None:
    async with belfry(settings, environ, beside):
        await asyncio.Event().wait()


def _stop(living: "asyncio.Task[None]", number: signal.Signals) -> None:
    if living.cancelling():
        os._exit(FAILED)  # asked twice: the kernel ends the children with us
    if number == signal.SIGHUP:
        silence()
    say("\nStopping Belfry ...")
    living.cancel()


def _end(code: int, reason: str) -> int:
    print(f"belfry: {reason}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

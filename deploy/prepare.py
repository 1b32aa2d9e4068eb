"""`python -m deploy.prepare`: what must stand before a release may start, in containers and on Kubernetes: every
service's schema and role, and the streams. Safe to run again, and while the release before runs."""

import argparse
import asyncio
import os
import sys
from pathlib import Path

import asyncpg

from deploy.migrate import migrate_all, services_with_storage
from deploy.nats.apply import ApplyError, apply
from shared.migrations import MigrationError
from shared.settings import Settings, SettingsError, load_settings
from shared.tls import TlsError, of_bus

CANNOT = (ApplyError, MigrationError, TlsError, asyncpg.PostgresError, OSError)


class PrepareSettings(Settings, frozen=True, kw_only=True):
    """`database_url` and `nats_seed_file` are an administrator's."""

    service: str = "prepare"


def main(argv: list[str]) -> int:
    """Exit code 0, 1 with one line when a server refused or did not answer, 2 for an environment that is wrong."""
    parser = argparse.ArgumentParser(prog="python -m deploy.prepare", description=__doc__)
    parser.add_argument("--passwords", type=Path, help="folder with <service>.password, for a role a service")
    parser.add_argument("--replicas", type=int, default=1, choices=(1, 3, 5), help="copies of each stream")
    arguments = parser.parse_args(argv)
    try:
        settings = load_settings(PrepareSettings, os.environ)
        print("\n".join(asyncio.run(prepare(settings, arguments.passwords, arguments.replicas))))
    except SettingsError as error:
        return _end(2, "\nbelfry: ".join(error.messages))
    except CANNOT as error:
        return _end(1, f"cannot prepare: {error or type(error).__name__}")
    return 0


async def prepare(settings: Settings, passwords: Path | None, replicas: int) -> list[str]:
    """Returns what was done, a line each. Raises what `CANNOT` names."""
    given = {service: _password(passwords, service) for service in services_with_storage()} if passwords else None
    applied = await migrate_all(settings.database_url, given)
    done = [f"migrated {service} to {versions[-1]}" for service, versions in applied.items() if versions]
    return done + await apply(settings.nats_url, settings.nats_seed_file, replicas=replicas, tls=of_bus(settings))


def _password(folder: Path, service: str) -> str:
    return (folder / f"{service}.password").read_text().strip()


def _end(code: int, reason: str) -> int:
    print(f"belfry: {reason}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

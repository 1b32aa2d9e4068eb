"""`python -m deploy.backup create FILE`, `restore FILE`, `show FILE`: of the database that DATABASE_URL names (an
administrator's), else of the one of `make run` in this folder. Exit code 0, 1 when it failed, 2 when it cannot know
where to go."""

import argparse
import asyncio
import os
import sys
from collections.abc import Mapping
from pathlib import Path

import asyncpg

from alert_svc.keyring import KEY_FILE, KeyringError, key_id, parsed, read_file
from alert_svc.settings import AlertSettings
from deploy.backup.creating import create
from deploy.backup.manifest import BackupError, Manifest, in_words
from deploy.backup.restoring import look, restore
from deploy.backup.server import answering
from deploy.local.program import ProgramFailedError
from deploy.place import find_place
from shared.redaction import redact
from shared.settings import SettingsError, load_settings
from shared.tls import TlsError

CANNOT = (BackupError, ProgramFailedError, OSError, asyncpg.PostgresError, TimeoutError)
NOTE = "It holds no keys: keep those of channels' secrets (BELFRY_ENCRYPTION_KEYS, or alert.keys) apart from it."
NEXT = "Start Belfry again: migrations, streams and timers come by themselves."


def main(arguments: list[str], environ: Mapping[str, str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.backup", description=__doc__)
    parser.add_argument("command", choices=("create", "restore", "show"))
    parser.add_argument("file", type=Path)
    parser.add_argument("--replace", action="store_true", help="restore over what is there")
    given = parser.parse_args(arguments)
    try:
        print(asyncio.run(_do(given, environ)))
    except (SettingsError, TlsError) as error:
        return _end(2, str(error))
    except CANNOT as error:
        return _end(1, redact(str(error)) or "no answer in time")
    return 0


async def _do(given: argparse.Namespace, environ: Mapping[str, str]) -> str:
    if given.command == "show":
        return in_words(look(given.file))
    place = find_place(environ, None)
    with answering(place):
        if given.command == "create":
            return f"{given.file}: {in_words(await create(place.database_url, given.file))}\n{NOTE}"
        manifest = await restore(place.database_url, given.file, replace=given.replace)
    return "\n".join([f"restored what was {in_words(manifest)}", *_missing_keys(manifest, environ), NEXT])


def _missing_keys(manifest: Manifest, environ: Mapping[str, str]) -> list[str]:
    """Without its key a channel's secret is lost, and must be entered anew."""
    settings = load_settings(AlertSettings, environ)
    try:
        keys = parsed(settings.encryption_keys) or read_file(Path(settings.data_dir) / KEY_FILE)
    except KeyringError:
        keys = []
    missing = set(manifest.keys) - {key_id(key) for key in keys}
    return [f"Bring back the key {key}: secrets of channels are encrypted with it." for key in sorted(missing)]


def _end(code: int, reason: str) -> int:
    print(f"belfry: {reason}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))

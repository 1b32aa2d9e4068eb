"""Encrypts the secrets of all channels anew: `python -m alert_svc.rotate_keys [--forget]`, in alert_svc's environment.

Keys in a file of our own: a new one is put before the others. Keys that are given (`BELFRY_ENCRYPTION_KEYS`): put the
new one first and restart every alert_svc before. `--forget` removes from the file what no secret needs any more."""

import asyncio
import os
import sys
from pathlib import Path

from alert_svc.channel_view import resealed
from alert_svc.keyring import KEY_FILE, KeyringError, key_id, new_key, read_file, write_file
from alert_svc.settings import AlertSettings
from alert_svc.store import channels
from shared import db
from shared.db import Pool
from shared.problems import ProblemError
from shared.settings import SettingsError, load_settings


async def rotate(settings: AlertSettings, *, forget: bool = False) -> str:
    """What was done, in a sentence. Raises KeyringError, ProblemError."""
    file = None if settings.encryption_keys.strip() else Path(settings.data_dir) / KEY_FILE
    if file is not None and not forget:
        write_file(file, [new_key(), *read_file(file)])
    pool = await db.connect(settings, max_size=1)
    try:
        turned = await _turn(pool, settings)
        removed = await _forget(pool, file) if file is not None and forget else 0
    finally:
        await pool.close()
    keys = f"; {removed} old keys removed" if forget else ""
    return f"{turned} channels encrypted anew with key {settings.keyring().newest_id()}{keys}"


async def _turn(pool: Pool, settings: AlertSettings) -> int:
    """Every channel, each locked while its secrets change hands. Returns how many had others."""
    keyring, turned = settings.keyring(), 0
    async with pool.acquire() as conn:
        for id in [channel.id for channel in await channels.list_channels(conn)]:
            async with conn.transaction():
                channel = await channels.get_channel(conn, id, lock=True)
                if channel is None:
                    continue
                secrets = resealed(channel.secrets, id, keyring)
                if secrets != channel.secrets:
                    await channels.set_secrets(conn, id, secrets)
                    turned += 1
    return turned


async def _forget(pool: Pool, file: Path) -> int:
    """Returns how many keys left the file. The newest stays, and any that a secret was encrypted with meanwhile."""
    async with pool.acquire() as conn:
        found = await channels.list_channels(conn)
    used = {sealed.key for channel in found for sealed in channel.secrets.values()}
    newest, *older = read_file(file)
    kept = [newest, *(key for key in older if key_id(key) in used)]
    write_file(file, kept)
    return 1 + len(older) - len(kept)


def main() -> int:
    try:
        settings = load_settings(AlertSettings, os.environ)
        print(asyncio.run(rotate(settings, forget="--forget" in sys.argv[1:])))
    except (SettingsError, KeyringError, ProblemError, OSError) as error:
        print(f"belfry: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

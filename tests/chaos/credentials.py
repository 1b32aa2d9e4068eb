"""Credentials of health_svc are renewed while it works, as the operations page says."""

import asyncio
import os
import signal
from functools import partial
from operator import not_
from pathlib import Path

import asyncpg
import nats
from nats.errors import Error as NatsError

from deploy.local import servers
from deploy.nats import create_seeds, render_config
from tests.chaos.whole import NATS, POSTGRES, Whole
from tests.fixtures.waiting import until

SERVICE = "health_svc"


async def renew_key(whole: Whole) -> None:
    old = await asyncio.to_thread(_write_new_key, whole)
    whole.signal(NATS, signal.SIGHUP)
    await until(partial(_nats_lets_in, whole.nats_url, old), not_)


def _write_new_key(whole: Whole) -> Path:
    """Where the old one is now."""
    seed = whole.seed(SERVICE)
    old = seed.rename(seed.with_suffix(".old"))
    whole.nats_config.write_text(render_config(create_seeds(whole.seeds)))
    return old


async def renew_password(whole: Whole) -> None:
    process, postgres = whole.children[SERVICE], whole.children[POSTGRES].program
    old_dsn = process.program.env["DATABASE_URL"]
    os.remove(whole.ground.settings.secrets / f"{SERVICE}.password")
    await servers.prepare_postgres(whole.ground.settings, postgres)
    assert not await _postgres_lets_in(old_dsn)
    whole.renew(SERVICE)
    whole.signal(SERVICE, signal.SIGTERM)


async def _nats_lets_in(url: str, seed: Path) -> bool:
    try:
        client = await nats.connect(url, nkeys_seed=str(seed), allow_reconnect=False, error_cb=_ignore)
    except (OSError, NatsError):
        return False
    await client.close()
    return True


async def _ignore(_: Exception) -> None:
    """A refusal is what is expected."""


async def _postgres_lets_in(dsn: str) -> bool:
    try:
        connection = await asyncpg.connect(dsn)
    except asyncpg.InvalidPasswordError:
        return False
    await connection.close()
    return True

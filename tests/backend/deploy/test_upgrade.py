"""What the last release left behind is restored, migrated, and told by this one as it was told then."""

import asyncio
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest

from deploy.backup.restoring import look, restore
from deploy.local.nats import start_nats
from deploy.migrate import migrate_all, services_with_storage
from deploy.nats.apply import apply
from shared.version import VERSION
from tests.backend.deploy.test_backup import content
from tests.fixtures.processes import ROOT
from tests.fixtures.servers import NATS_CONFIG, new_database
from tests.fixtures.waiting import until
from tests.fixtures.whole import GIVEN, SETTINGS, whole
from tests.releases.answers import Told, answers, lost

RELEASES = ROOT / "tests" / "releases"
[BACKUP] = RELEASES.glob("*.backup")
KEPT_FOR_EVER = GIVEN | {"alert_svc": GIVEN["alert_svc"] | {"alert_retention_days": 36_500}}
"""However old the backup has become, its incidents are still told."""
TOLD = msgspec.json.decode(BACKUP.with_suffix(".json").read_bytes(), type=Told)


def test_the_backup_is_of_the_last_release_and_of_no_newer_one() -> None:
    assert look(BACKUP).release == TOLD.release == BACKUP.stem
    assert _numbers(TOLD.release) <= _numbers(VERSION)
    assert set(look(BACKUP).schemas) <= {service.removesuffix("_svc") for service in services_with_storage()}


def _numbers(version: str) -> list[int]:
    return list(map(int, version.split(".")))


@pytest.mark.integration
def test_an_installation_of_the_last_release_is_found_again_by_this_one(postgres_url: str, tmp_path: Path) -> None:
    """Its schemas are migrated, with every row; every service answers the same board, history, rules and people, and
    lets in who was let in before."""

    async def after(nats_url: str, database_url: str) -> None:
        await restore(database_url, BACKUP)
        before = await content(database_url)
        await migrate_all(database_url)
        rows = {table: count for table, (count, _) in (await content(database_url)).items()}
        assert {table for table, (count, _) in before.items() if count > rows.get(table, count)} == set()
        await apply(nats_url)
        async with whole(nats_url, dict.fromkeys(SETTINGS, database_url), tmp_path, KEPT_FOR_EVER) as api:
            assert await until(lambda: _lost(api), lambda found: not found) == []
            assert await _sign_in(api, {"Authorization": f"Bearer {TOLD.token}"}) == 200
            assert await _sign_in(api, {}, {"username": "ana", "password": TOLD.password}) == 200

    with new_database(postgres_url) as database_url, start_nats(tmp_path / "nats", NATS_CONFIG) as nats:
        asyncio.run(after(nats.url, database_url))


async def _lost(api: aiohttp.ClientSession) -> list[str]:
    return lost(TOLD.answers, await answers(api))


async def _sign_in(api: aiohttp.ClientSession, headers: dict[str, str], login: Any = None) -> int:
    where = ("POST", "/api/v1/auth/login") if login else ("GET", "/api/v1/auth/me")
    async with api.request(*where, json=login, headers=headers) as answer:
        return answer.status

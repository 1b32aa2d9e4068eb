"""`python -m tests.releases`: a backup of a small installation of this release, and beside it what its API answers, for
the upgrades of later ones. The files of the release before are removed: an upgrade is promised from one to the next."""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp
import msgspec

from deploy.backup.creating import create
from deploy.local.nats import start_nats
from deploy.local.postgres import start_postgres
from deploy.migrate import migrate_all
from deploy.nats.apply import apply
from shared.version import VERSION
from tests.fixtures.servers import NATS_CONFIG
from tests.fixtures.waiting import until
from tests.fixtures.whole import SETTINGS, ask, whole
from tests.releases.answers import AT, Told, answers

HERE = Path(__file__).parent
BELL = {
    "id": "bell", "name": "The bell", "group": "Tower", "interval_seconds": 3600, "failure_threshold": 1,
    "checks": [{"kind": "tcp", "host": "127.0.0.1", "port": 1}], "public": True,
}  # fmt: skip
ROPE = {**BELL, "id": "rope", "name": "The rope", "dependencies": [{"id": "bell"}]}
WINDOW = {
    "title": "New rope", "service_ids": ["rope"], "starts_at": "2090-01-01T02:00:00+01:00", "duration_seconds": 1800,
    "rrule": "FREQ=WEEKLY;BYDAY=SU", "time_zone": "Europe/Berlin",
}  # fmt: skip
HOOK = {
    "id": "hook",
    "kind": "webhook",
    "name": "Hook",
    "url": "https://hooks.example/x",
    "headers": {"X-Key": "hidden"},
}
POLICY = {"name": "Watch"}
RULE = {"name": "Queue is long", "metric": "shop.depth", "operator": ">", "threshold": 10, "duration": 0}
USER = {"name": "ana", "role": "operator", "password": "a first one to change"}


async def make_history(api: aiohttp.ClientSession) -> Told:
    """A fault, and something of everything that people make."""
    for body in (BELL, ROPE):
        await ask(api, "POST", f"{AT}/health/services", body)
        await ask(api, "POST", f"{AT}/health/services/{body['id']}/check")
    await ask(api, "POST", f"{AT}/health/maintenance", WINDOW)
    hook = (await ask(api, "POST", f"{AT}/alerts/channels", HOOK))["id"]
    policy = (await ask(api, "POST", f"{AT}/alerts/policies", POLICY | {"steps": [{"channels": [hook]}]}))["id"]
    await ask(api, "POST", f"{AT}/alerts/rules", RULE | {"channels": [hook], "escalation_policy": policy})
    await ask(api, "POST", "/api/v1/auth/users", USER)
    token = await ask(api, "POST", "/api/v1/auth/tokens", {"label": "robot", "role": "viewer"})
    changed = await ask(api, "PATCH", f"{AT}/middleware/rate_limit", {"settings": {"requests": 4321}})
    await ask(api, "POST", f"{AT}/middleware/pipeline/apply", {"revision": changed["revision"]})
    found = await until(lambda: answers(api), told_of_the_fault)
    return Told(release=VERSION, password=USER["password"], token=token["secret"], answers=found)


def told_of_the_fault(found: dict[str, Any]) -> bool:
    return len(found["health incidents"]) >= 2 and bool(found["alert incidents"])


async def make(folder: Path, postgres_url: str, nats_url: str) -> None:
    await migrate_all(postgres_url)
    await apply(nats_url)
    async with whole(nats_url, dict.fromkeys(SETTINGS, postgres_url), folder) as api:
        told = await make_history(api)
    for old in [*HERE.glob("*.backup"), *HERE.glob("*.json")]:
        old.unlink()
    await create(postgres_url, HERE / f"{VERSION}.backup")
    (HERE / f"{VERSION}.json").write_text(
        msgspec.json.format(msgspec.json.encode(told, order="sorted"), indent=2).decode() + "\n"
    )


def main() -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        with start_postgres(folder / "postgres") as postgres, start_nats(folder / "nats", NATS_CONFIG) as nats:
            asyncio.run(make(folder, postgres.url, nats.url))


if __name__ == "__main__":
    main()

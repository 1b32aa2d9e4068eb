"""The gateway as a process: its first start, its neighbours away, its rights on the bus."""

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from deploy.local.nats import start_nats
from deploy.nats import apply, create_seeds, render_config
from deploy.nats.permissions import ADMIN
from shared.bus import Bus, Message
from shared.settings import Settings
from tests.backend.gateway.conftest import ADMIN_TOKEN, AUTOMATION
from tests.fixtures.processes import ROOT, StartProcess, clean_environment

NOWHERE = {"NATS_URL": "nats://127.0.0.1:1", "DATABASE_URL": "postgresql://127.0.0.1:1/belfry"}


async def status(url: str, headers: dict[str, str] | None = None) -> tuple[int, dict[str, object]]:
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as answer:
        return answer.status, await answer.json(content_type=None)


async def test_the_first_password_is_said_once_and_must_be_changed(
    start_process: StartProcess, service_env: dict[str, str]
) -> None:
    first = start_process("gateway", service_env)
    second = start_process("gateway", service_env)
    (said,) = (line for line in first.logs() if line["event"] == "auth.first_admin_created")

    login = {"username": said["name"], "password": said["sign_in_with"]}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{second.url}/api/v1/auth/login", json=login) as answer,
    ):
        me = await answer.json()

    assert (answer.status, said["level"], me["user"]["must_change_password"]) == (200, "warning", True)
    assert not [line for line in second.logs() if line["event"] == "auth.first_admin_created"]
    assert said["sign_in_with"] not in "".join(str(line) for line in second.logs())


async def test_without_neighbours_it_lives_and_says_who_is_away(start_process: StartProcess) -> None:
    process = start_process("gateway", {**NOWHERE, "BELFRY_ADMIN_TOKEN": ADMIN_TOKEN})

    alive, _ = await status(f"{process.url}/healthz")
    ready, _ = await status(f"{process.url}/readyz")
    bus_away = await status(f"{process.url}/api/v1/admin/health/services", AUTOMATION)
    database_away = await status(f"{process.url}/api/v1/auth/me", {"Authorization": "Bearer bf_some-token"})

    assert (alive, ready) == (200, 503)
    assert (bus_away[0], bus_away[1]["service"]) == (503, "nats")
    assert (database_away[0], database_away[1]["service"]) == (503, "postgres")


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("BELFRY_TRUSTED_PROXIES", "10.0.0.0/8,not-a-network", "BELFRY_TRUSTED_PROXIES: 'not-a-network'"),
        ("BELFRY_ADMIN_TOKEN", "short", "BELFRY_ADMIN_TOKEN"),
        ("BELFRY_PUBLIC_URL", "belfry.example", "BELFRY_PUBLIC_URL"),
    ],
)
def test_a_bad_setting_is_one_line_and_ends_the_start(variable: str, value: str, words: str) -> None:
    env = {**clean_environment(), **NOWHERE, variable: value}

    ended = subprocess.run(
        [sys.executable, "-m", "gateway"], env=env, cwd=ROOT, capture_output=True, text=True, timeout=60
    )

    assert ended.returncode == 2
    assert words in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1


def test_its_own_rights_on_the_bus_are_enough(start_process: StartProcess, database: str, tmp_path: Path) -> None:
    """With the permissions of production it asks services, reads streams and tells of revocations."""
    seeds = tmp_path / "seeds"
    with start_nats(tmp_path / "nats", render_config(create_seeds(seeds))) as server:
        asyncio.run(apply(server.url, str(seeds / f"{ADMIN}.seed")))
        process = start_process(
            "gateway",
            {
                "NATS_URL": server.url,
                "DATABASE_URL": database,
                "BELFRY_NATS_SEED_FILE": str(seeds / "gateway.seed"),
                "BELFRY_ADMIN_TOKEN": ADMIN_TOKEN,
            },
        )
        about, revocations, refusals = asyncio.run(use_rights(process.url, server.url, str(seeds / f"{ADMIN}.seed")))

    assert {node["service"] for node in about["nodes"]} == {"gateway"}
    assert "BELFRY_EVENTS" in {stream["name"] for stream in about["streams"]}
    assert revocations == ["belfry.v1.auth.revoked.token"]
    assert refusals == []
    assert [line for line in process.logs() if "permission" in str(line).lower()] == []


async def use_rights(url: str, nats_url: str, admin_seed: str) -> tuple[dict[str, Any], list[str], list[str]]:
    """What /about says, the revocations that an observer hears, and requests that failed."""
    bus = await Bus.connect(Settings(service="admin", nats_url=nats_url, nats_seed_file=admin_seed))
    heard: asyncio.Queue[str] = asyncio.Queue()

    async def hear(message: Message) -> None:
        await heard.put(message.subject)

    await bus.subscribe("belfry.v1.auth.>", hear)
    tokens = f"{url}/api/v1/auth/tokens"
    async with aiohttp.ClientSession(headers=AUTOMATION) as session:
        async with session.get(f"{url}/api/v1/admin/about") as answer:
            about = await answer.json()
        async with session.post(tokens, json={"label": "short-lived"}) as answer:
            token_id = (await answer.json())["token"]["id"]
        async with session.delete(f"{tokens}/{token_id}") as answer:
            refused = [] if answer.status == 204 else [await answer.text()]
    first = await asyncio.wait_for(heard.get(), 60)
    await bus.close()
    return about, [first], refused

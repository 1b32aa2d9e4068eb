"""The keys of secrets are changed while alert_svc runs, and nothing stops arriving."""

import asyncio
import sys
from pathlib import Path

from msgspec import json

from alert_svc.keyring import read_file
from alert_svc.rotate_keys import rotate
from alert_svc.settings import AlertSettings
from shared.contracts.alerts import procedures as alert
from shared.contracts.alerts.requests import ChannelRef
from tests.backend.alert_svc.sending import sending_alerts
from tests.fixtures.processes import clean_environment


async def test_keys_are_rotated_under_a_running_service(service_env: dict[str, str], tmp_path: Path) -> None:
    """Twice, then the old keys are forgotten: each time the same secrets, and a message that arrives."""
    env = {**clean_environment(), **service_env, "BELFRY_DATA_DIR": str(tmp_path)}

    settings = AlertSettings(database_url=service_env["DATABASE_URL"], data_dir=str(tmp_path))
    async with sending_alerts(service_env, tmp_path) as sending:
        made = await sending.hook("ops")
        [first] = await sending.alerts.sql("SELECT secrets FROM channel")
        for number in (1, 2):
            said = await (command(env) if number == 1 else rotate(settings))
            assert said.startswith("1 channels encrypted anew with key ")
            await sending.queue_by_hand("ops", str(number))
            await sending.until_states("ops", *["accepted"] * number)
            assert len(read_file(tmp_path / "alert.keys")) == number + 1
        [later] = await sending.alerts.sql("SELECT secrets FROM channel")
        assert json.decode(first["secrets"])["url"]["key"] != json.decode(later["secrets"])["url"]["key"]
        assert "2 old keys removed" in await rotate(settings, forget=True)
        await sending.queue_by_hand("ops", "3")
        await sending.until_states("ops", *["accepted"] * 3)
        same = await sending.alerts.ask(alert.GET_CHANNEL, ChannelRef(channel_id="ops"))
        assert (same.secrets, same.version) == (made.secrets, 1)


async def command(env: dict[str, str]) -> str:
    """As an operator runs it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "alert_svc.rotate_keys", env=env, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    assert process.returncode == 0
    return said.decode()

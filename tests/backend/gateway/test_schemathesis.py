"""Schemathesis over the served OpenAPI: whatever it sends, the answers are those the document promises."""

import asyncio
import sys
from pathlib import Path

import pytest

from tests.backend.gateway.conftest import ADMIN_TOKEN, Client, HealthOnBus

# What a schema cannot say is said with 422 as well: no U+0000, 443.0 is no port, a password of one letter.
CONFIG = f"""
[auth.openapi.bearer]
bearer = "{ADMIN_TOKEN}"

[checks.positive_data_acceptance]
expected-statuses = ["2xx", "401", "403", "404", "409", "412", "422", "429", "503"]
"""
EXAMPLES_EACH = 6
SECONDS = 150


@pytest.mark.integration
@pytest.mark.timeout(SECONDS + 30)
async def test_no_answer_breaks_the_document(gateway: Client, health_on_bus: HealthOnBus, tmp_path: Path) -> None:
    (tmp_path / "schemathesis.toml").write_text(CONFIG)
    command = (
        *("run", str(gateway.make_url("/api/v1/openapi.json"))),
        *("--phases", "examples,coverage,fuzzing", "--max-examples", str(EXAMPLES_EACH)),
        *("--generation-deterministic", "--no-shrink"),
        *("--warnings", "off", "--no-color", "--suppress-health-check", "all"),
    )

    running = await asyncio.create_subprocess_exec(
        *(str(Path(sys.executable).with_name("schemathesis")), *command),
        cwd=tmp_path,  # its files are not ours to keep
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(SECONDS):
        output, _ = await running.communicate()

    assert running.returncode == 0, output.decode()[-12_000:]
    assert {name for name, _, _ in health_on_bus.asked} >= {"list_services", "create_service", "record_heartbeat"}

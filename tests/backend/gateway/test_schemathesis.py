"""Schemathesis over the served OpenAPI: whatever it sends, the answers are those the document promises."""

import asyncio
import sys
from pathlib import Path

import msgspec
import pytest

from tests.backend.gateway.conftest import ADMIN_TOKEN
from tests.fixtures.processes import ROOT, StartProcess

# What a schema cannot say is said with 422 as well: no U+0000, 443.0 is no port, a password of one letter. A long text
# of letters that JSON escapes may be more bytes than a body may have.
CONFIG = f"""
[auth.openapi.bearer]
bearer = "{ADMIN_TOKEN}"

[checks.positive_data_acceptance]
expected-statuses = ["2xx", "401", "403", "404", "409", "412", "413", "422", "428", "429", "503"]

[checks.negative_data_rejection]
expected-statuses = ["400", "401", "403", "404", "405", "406", "409", "412", "413", "415", "422", "428", "429", "503"]
"""
OF_THE_SAME_BODY = """
[[operations]]
include-name = {names}
generation.mode = "positive"
"""
SECONDS = 480  # it takes a fourth of that on an idle machine


def of_the_same_body() -> list[str]:
    """Operations whose body is that of one before: the same code refuses what is wrong with it, so that a third of all
    requests would be sent again."""
    document, first, others = msgspec.json.decode((ROOT / "docs/openapi.json").read_bytes()), set(), []
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            body = str(operation.get("requestBody"))
            if "requestBody" in operation and body in first:
                others.append(f"{method.upper()} {path}")
            first.add(body)
    return others


@pytest.mark.integration
@pytest.mark.timeout(SECONDS + 30)
async def test_no_answer_breaks_the_document(
    own_nats: str, database: str, start_process: StartProcess, tmp_path: Path
) -> None:
    """Every example and every boundary, good and bad, for every operation and every body, with the real services
    behind, and a bus that knows of no other test's gateways: who asks one that is gone is told 503. That nothing is
    answered to somebody else is shown route by route in `security/`."""
    service_env = {"NATS_URL": own_nats, "DATABASE_URL": database}
    services = [
        start_process("health_svc", service_env),
        start_process("latency_svc", {**service_env, "BELFRY_OTLP_PORT": "0"}),
        start_process("ws_svc", service_env),
        start_process("pipeline_svc", service_env),
        start_process("alert_svc", service_env),
    ]
    gateway = start_process("gateway", {**service_env, "BELFRY_ADMIN_TOKEN": ADMIN_TOKEN})
    names = msgspec.json.encode(of_the_same_body()).decode()
    (tmp_path / "schemathesis.toml").write_text(CONFIG + OF_THE_SAME_BODY.format(names=names))
    command = (
        *("run", f"{gateway.url}/api/v1/openapi.json"),
        *("--phases", "examples,coverage", "--exclude-checks", "ignored_auth"),
        *("--generation-deterministic", "--no-shrink", "--workers", "2"),
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
    for process in (*services, gateway):
        failed = [
            line for line in process.logs() if line["event"] in ("http.failed", "rpc.failed", "audit.not_written")
        ]
        assert failed == []

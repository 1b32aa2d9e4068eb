"""TLS by configuration: the bus, the database, and the gateway's own HTTPS, with certificates made for the test."""

import asyncio
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest
import trustme

from deploy.local.nats import start_nats
from deploy.nats import apply, create_seeds, render_config
from deploy.nats.config import tls_of
from deploy.nats.permissions import ADMIN
from gateway.app import create_app
from gateway.settings import GatewaySettings
from shared import db
from shared.bus import Bus, BusOptions
from shared.problems import ProblemError
from shared.process import USAGE_ERROR, run
from shared.settings import Settings
from shared.tls import TlsError, trusting
from tests.fixtures.certificates import Files, issue, postgres_by_tls
from tests.fixtures.processes import StartProcess
from tests.fixtures.waiting import until

pytestmark = pytest.mark.integration

SERVICE = "health_svc"
OPTIONS = BusOptions(start_seconds=1, close_seconds=0.5)


@pytest.fixture(scope="module")
def ca() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def files(ca: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Files:
    """For `localhost`, and for nothing else."""
    return issue(tmp_path_factory.mktemp("ours"), "localhost", ca=ca)


@pytest.fixture(scope="module")
def strangers(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """Of an authority that nobody here trusts."""
    return issue(tmp_path_factory.mktemp("strangers"), "localhost")


@pytest.fixture(scope="module")
def guarded_nats(files: Files, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A nats-server that lets in by TLS only, and only clients with a certificate; the seeds of its users."""
    directory = tmp_path_factory.mktemp("nats")
    seeds = directory / "seeds"
    config = render_config(create_seeds(seeds), tls=tls_of(files.cert, files.key, files.ca))
    with start_nats(directory / "store", config) as server:
        url = f"tls://localhost:{urlsplit(server.url).port}"
        tls = trusting(files.ca, files.cert, files.key)
        done = asyncio.run(apply(url, str(seeds / f"{ADMIN}.seed"), tls=tls))
        assert done[0].startswith("created stream")
        yield url, seeds


async def state_of(**given: Any) -> tuple[bool, str]:
    """Whether the bus is up with these settings, and why not."""
    bus = await Bus.connect(Settings(service=SERVICE, **given), OPTIONS)

    async def found() -> tuple[bool, str]:
        return bus.state().up, bus.state().last_error

    told = await until(found, any)
    await bus.close()
    return told


async def test_the_bus_is_spoken_to_by_tls_with_both_sides_known(
    guarded_nats: tuple[str, Path], files: Files, strangers: Files, nats_url: str
) -> None:
    """Each side shows a certificate of an authority that the other trusts, for its name; a server in the clear is told
    nothing, since whoever stands between could say that it needs no TLS."""
    url, seeds = guarded_nats
    seed = str(seeds / f"{SERVICE}.seed")
    mine = {"nats_seed_file": seed, "nats_cert_file": files.cert, "nats_key_file": files.key}

    assert (await state_of(nats_url=url, nats_ca_file=files.ca, **mine))[0]
    refusals = {
        "another authority": await state_of(nats_url=url, nats_ca_file=strangers.ca, **mine),
        "the system's": await state_of(nats_url=url, **mine),
        "another name": await state_of(nats_url=url.replace("localhost", "127.0.0.1"), nats_ca_file=files.ca, **mine),
        "no certificate": await state_of(nats_url=url, nats_ca_file=files.ca, nats_seed_file=seed),
        "a stranger's": await state_of(
            nats_url=url, nats_ca_file=files.ca, nats_cert_file=strangers.cert, nats_key_file=strangers.key
        ),
        "no TLS": await state_of(nats_url=nats_url, nats_ca_file=files.ca, **mine),
        "no TLS, by scheme": await state_of(nats_url=nats_url.replace("nats:", "tls:")),
    }

    assert {what: up for what, (up, _) in refusals.items() if up} == {}
    assert "certificate" in refusals["another authority"][1].lower()
    with pytest.raises(TlsError, match=r"nowhere\.pem"):
        await Bus.connect(Settings(service=SERVICE, nats_url=url, nats_ca_file="/nowhere.pem"), OPTIONS)


async def test_who_prepares_a_server_in_the_clear_is_told_so_in_time(guarded_nats: tuple[str, Path]) -> None:
    url, seeds = guarded_nats
    with pytest.raises(TimeoutError, match="does not answer"):
        await asyncio.wait_for(apply(url.replace("tls:", "nats:"), str(seeds / f"{ADMIN}.seed"), wait_seconds=1), 60)


async def ping(url: str) -> str:
    """Empty when the database answers; else why not."""
    settings = Settings(service="none", database_url=url)
    try:
        pool = await db.connect(settings)
    except Exception as error:
        return repr(error)
    try:
        await db.ping(pool, settings)
    except ProblemError as error:
        return error.problem.detail
    finally:
        pool.terminate()
    return ""


async def test_the_database_is_checked_by_its_certificate(postgres_url: str, files: Files, strangers: Files) -> None:
    async with postgres_by_tls(postgres_url, files) as port:
        address = urlsplit(postgres_url)
        by_tls = postgres_url.replace(f"{address.hostname}:{address.port}", f"localhost:{port}")
        full = "sslmode=verify-full&sslrootcert="

        assert await ping(f"{by_tls}?{full}{files.ca}") == ""
        assert "certificate" in (await ping(f"{by_tls}?{full}{strangers.ca}")).lower()
        assert await ping(f"{by_tls.replace('localhost', '127.0.0.1')}?{full}{files.ca}") != ""
        assert await ping(f"{by_tls}?sslmode=disable") != ""
    assert await ping(f"{postgres_url}?{full}{files.ca}") != "", "a server without TLS"


async def serial_of(port: int, ca_file: str) -> int:
    """Of the certificate that a new connection is shown, which must be of this authority."""
    context = ssl.create_default_context(cafile=ca_file)
    _, writer = await asyncio.open_connection("localhost", port, ssl=context)
    shown: dict[str, Any] = writer.get_extra_info("peercert")
    writer.close()
    return int(shown["serialNumber"], 16)


async def test_the_gateway_speaks_https_and_takes_new_certificates_while_it_runs(
    start_process: StartProcess, service_env: dict[str, str], tmp_path: Path, ca: trustme.CA
) -> None:
    """Plain HTTP gets no answer; a pair that does not fit is told, and the old one stays."""
    files = issue(tmp_path / "tls", "localhost", ca=ca)
    tls = {"BELFRY_TLS_CERT_FILE": files.cert, "BELFRY_TLS_KEY_FILE": files.key}
    gateway = start_process("gateway", {**service_env, **tls})
    url = f"https://localhost:{gateway.port}"

    trusted = aiohttp.TCPConnector(ssl=ssl.create_default_context(cafile=files.ca))
    async with aiohttp.ClientSession(connector=trusted) as http:
        async with http.get(f"{url}/healthz") as answer:
            assert (answer.status, answer.headers["Strict-Transport-Security"]) == (200, "max-age=31536000")
        with pytest.raises(aiohttp.ClientError):
            await http.get(f"http://localhost:{gateway.port}/healthz")

    before = await serial_of(gateway.port, files.ca)
    issue(tmp_path / "tls", "localhost", ca=ca)
    renewed = await until(lambda: serial_of(gateway.port, files.ca), lambda serial: serial != before)
    await asyncio.to_thread(Path(files.key).write_text, "not a key")

    async def told() -> list[str]:
        return [line["event"] for line in gateway.logs()]

    await until(told, lambda events: "tls.not_renewed" in events)
    assert await serial_of(gateway.port, files.ca) == renewed


async def test_opentelemetry_is_taken_by_https_too(
    start_process: StartProcess, service_env: dict[str, str], files: Files
) -> None:
    tls = {"BELFRY_TLS_CERT_FILE": files.cert, "BELFRY_TLS_KEY_FILE": files.key}
    latency = start_process("latency_svc", {**service_env, **tls})

    async def door() -> int:
        return next((line["port"] for line in latency.logs() if line["event"] == "otlp.listening"), 0)

    port = await until(door, bool)
    assert await serial_of(port, files.ca) == await serial_of(latency.port, files.ca)


@pytest.mark.parametrize(
    ("tls", "words"),
    [
        ({"BELFRY_TLS_CERT_FILE": "/nowhere/cert.pem"}, "go together"),
        ({"BELFRY_TLS_CERT_FILE": "/nowhere/cert.pem", "BELFRY_TLS_KEY_FILE": "/nowhere/key.pem"}, "/nowhere/cert.pem"),
        ({"BELFRY_NATS_CA_FILE": "/nowhere/ca.pem"}, "/nowhere/ca.pem"),
    ],
)
def test_files_that_cannot_be_used_are_told_at_the_start(
    tls: dict[str, str], words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in tls.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as ended:
        run(create_app, GatewaySettings)
    assert ended.value.code == USAGE_ERROR
    assert words in capsys.readouterr().err

"""The doctor finds what is broken in real servers, says what to do, and finds nothing where all is well."""

import asyncio
import json
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import trustme
from msgspec import Struct
from msgspec.structs import replace
from nats.aio.client import Client

from deploy.credentials import create
from deploy.doctor import bus, certificates, database, machine, processes, rights
from deploy.doctor.__main__ import main
from deploy.doctor.finding import Finding, clock, headroom
from deploy.local.nats import start_nats
from deploy.local.postgres import start_postgres
from deploy.local.program import Running
from deploy.migrate import migrate_all, services_with_storage
from deploy.nats import apply, create_seeds, render_config
from deploy.nats.permissions import ADMIN, USERS, permissions_of
from deploy.place import Place, find_place

pytestmark = pytest.mark.integration

NOWHERE = "postgresql://127.0.0.1:1/nothing"


class Deployment(Struct, frozen=True):
    """A whole one: guarded NATS and PostgreSQL with a role a service."""

    place: Place
    nats: Running
    environ: dict[str, str]


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    folder = tmp_path_factory.mktemp("doctor")
    seeds = folder / "data" / "secrets" / "nats"
    config = render_config(create_seeds(seeds))
    (folder / "data").chmod(0o700)
    with start_nats(folder / "nats", config) as nats, start_postgres(folder / "postgres", fsync=False) as postgres:
        asyncio.run(apply(nats.url, str(seeds / f"{ADMIN}.seed")))
        asyncio.run(migrate_all(postgres.url, dict.fromkeys(services_with_storage(), "a password")))
        place = Place(
            nats_url=nats.url,
            admin_seed=str(seeds / f"{ADMIN}.seed"),
            seeds={path.stem: path for path in sorted(seeds.iterdir())},
            database_url=postgres.url,
            data=folder / "data",
            processes={},
        )
        environ = {
            "NATS_URL": nats.url,
            "DATABASE_URL": postgres.url,
            "BELFRY_NATS_SEED_FILE": str(place.admin_seed),
            "BELFRY_DATA_DIR": str(folder / "data"),
        }
        yield Deployment(place, nats, environ)


def wrong(findings: list[Finding]) -> dict[str, str]:
    """What is not as it should be, by check; each says what to do."""
    found = {each.check: each.found for each in findings if each.verdict != "ok"}
    assert all(each.fix for each in findings if each.verdict != "ok")
    return found


async def execute(url: str, sql: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


def test_where_all_is_well_nothing_is_found(deployment: Deployment, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--json"], deployment.environ) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] is True
    assert [each for each in told["findings"] if each["verdict"] == "failed"] == []
    checks = {each["check"] for each in told["findings"]}
    assert {"NATS", "stream BELFRY_EVENTS", "consumer health_due", "rights of gateway", "schema alert"} <= checks
    assert {"role belfry_alert", "clock of NATS", "clock of PostgreSQL", "disk", "secrets", "settings"} <= checks


async def test_what_is_missing_or_changed_on_nats_is_named(deployment: Deployment) -> None:
    client = Client()
    await bus.connect(client, deployment.place, deployment.place.admin_seed, ADMIN)
    try:
        await bus.ask(client, "$JS.API.CONSUMER.DELETE.BELFRY_NOTIFY.alert_senders")
        await bus.ask(client, "$JS.API.STREAM.DELETE.BELFRY_DLQ")
        events = (await bus.ask(client, "$JS.API.STREAM.INFO.BELFRY_EVENTS"))["config"]
        changed = json.dumps(events | {"max_age": 1_000_000_000 * 3600}).encode()
        assert "error" not in await bus.ask(client, "$JS.API.STREAM.UPDATE.BELFRY_EVENTS", changed)
        found = wrong(await bus.examine(deployment.place))
    finally:
        await client.close()
        await apply(deployment.place.nats_url, deployment.place.admin_seed)
    assert found == {
        "stream BELFRY_EVENTS": "differs in max_age",
        "stream BELFRY_DLQ": "stream not found",
        "consumer alert_senders": "consumer not found",
    }
    assert wrong(await bus.examine(deployment.place)) == {}


async def test_a_nats_without_jetstream_or_without_anybody_is_told(tmp_path: Path, deployment: Deployment) -> None:
    accounts = "accounts { PLAIN { users: [{user: u, password: p}] } }\nno_auth_user: u\n"
    with start_nats(tmp_path / "plain", accounts) as plain:
        at_plain = _at(deployment.place, nats_url=plain.url, admin_seed=None)
        assert set(wrong(await bus.examine(at_plain))) == {"JetStream"}
        await asyncio.to_thread(plain.stop)
        assert set(wrong(await bus.examine(at_plain))) == {"NATS"}
    assert set(wrong(await rights.examine(_at(deployment.place, seeds={})))) == {"rights on NATS"}


def test_rights_that_are_too_few_or_too_many_are_told_apart(tmp_path: Path, deployment: Deployment) -> None:
    text = render_config(create_seeds(tmp_path / "seeds"))
    assert text.count('"belfry.node.>",') == 1, "ws_svc publishes it"
    with start_nats(tmp_path / "nats", text.replace('"belfry.node.>",', "")) as server:
        seeds = {path.stem: path for path in (tmp_path / "seeds").iterdir()}
        place = _at(deployment.place, nats_url=server.url, seeds=seeds)
        found = wrong(asyncio.run(rights.examine(place)))
    assert found == {"rights of ws_svc": "may not publish belfry.node.>"}
    more = permissions_of("ws_svc")
    more["publish"]["allow"].append("belfry.v1.health.>")
    assert rights.judge("rights", "ws_svc", more).found == "may also publish belfry.v1.health.>"


async def test_what_is_wrong_in_the_database_is_named(deployment: Deployment) -> None:
    url = deployment.place.database_url
    spoil = """
        DELETE FROM latency.applied_migrations WHERE version = (SELECT max(version) FROM kept);
        ALTER SCHEMA pipeline RENAME TO pipeline_away;
        GRANT USAGE ON SCHEMA health TO belfry_alert;
        INSERT INTO health.outbox (id, action, subject, rejected)
            VALUES (gen_random_uuid(), 'store', 'belfry.v1.nothing', 'no stream');
    """
    kept = "CREATE TEMP TABLE kept AS SELECT * FROM latency.applied_migrations ORDER BY version DESC LIMIT 1"
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(f"{kept};{spoil}")
        found = wrong(await database.examine(deployment.place))
    finally:
        await connection.execute(
            """
            INSERT INTO latency.applied_migrations SELECT * FROM kept;
            ALTER SCHEMA pipeline_away RENAME TO pipeline;
            REVOKE USAGE ON SCHEMA health FROM belfry_alert;
            DELETE FROM health.outbox;
            """
        )
        await connection.close()
    assert set(found) == {"schema latency", "schema pipeline", "role belfry_alert", "outbox of health"}
    assert found["role belfry_alert"] == "may also read health"
    assert "this release needs" in found["schema latency"]
    away = wrong(await database.examine(_at(deployment.place, database_url=NOWHERE)))
    assert set(away) == {"PostgreSQL"}


def test_what_is_broken_makes_the_exit_code(deployment: Deployment, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([], deployment.environ | {"DATABASE_URL": "postgresql://u:hidden@127.0.0.1:1/nothing"}) == 1
    told = capsys.readouterr().out
    assert "FAILED   PostgreSQL" in told
    assert "-> Start PostgreSQL" in told
    assert "hidden" not in told, "no password is shown"
    assert main([], deployment.environ | {"BELFRY_WS_TICK_MS": "soon"}) == 1
    assert main([], deployment.environ | {"PORT": "many"}) == 2


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"BELFRY_PUBLIC_URL": "http://belfry.example"}, "cookies and passwords travel readable"),
        ({"BELFRY_PUBLIC_URL": "https://belfry.example"}, "no proxy is trusted"),
        ({"BELFRY_HOST": "0.0.0.0"}, "links in alerts lead nowhere"),
        ({"BELFRY_WS_MAX_CONNECTIONS": "100"}, "more WebSockets than there are"),
        ({"BELFRY_LATENCY_SLOW_MS": "900", "BELFRY_LATENCY_VERY_SLOW_MS": "300"}, "BELFRY_LATENCY_SLOW_MS is more"),
        ({"BELFRY_WS_TICKS": "5"}, "BELFRY_WS_TICKS is not a setting"),
    ],
)
def test_settings_that_contradict_each_other_are_told(given: dict[str, str], told: str) -> None:
    assert machine.settings({})[0].verdict == "ok"
    (finding,) = machine.settings(given)
    assert told in finding.found
    assert finding.fix


def test_the_place_is_found_as_either_command_has_made_it(tmp_path: Path) -> None:
    create_seeds(tmp_path / "local")
    create(tmp_path / "secrets", "postgresql://belfry@postgres/belfry")
    local, contained = (find_place({}, tmp_path / name).seeds for name in ("local", "secrets"))
    assert set(local) == set(contained) == set(USERS)
    (tmp_path / "ports.json").write_text(json.dumps({"nats": 1, "postgres": 2, "ws_svc": 3}))
    (tmp_path / "secrets" / "postgres.password").write_text("pw")
    given = {"BELFRY_DATA_DIR": str(tmp_path), "BELFRY_TLS_CERT_FILE": "x.pem", "PORT": "8443"}
    place = find_place(given, None)
    assert place.processes == {"ws_svc": "http://127.0.0.1:3", "gateway": "https://127.0.0.1:8443"}
    assert (place.nats_url, place.database_url) == ("nats://127.0.0.1:1", "postgresql://belfry:pw@127.0.0.1:2/belfry")


def test_secrets_that_others_may_read_are_told(tmp_path: Path, deployment: Deployment) -> None:
    seed = tmp_path / "open" / "ws_svc.seed"
    seed.parent.mkdir(mode=0o755)
    seed.write_text("secret")
    seed.chmod(0o644)
    place = _at(deployment.place, data=tmp_path / "none", seeds={"ws_svc": seed})
    tmp_path.chmod(0o755)
    findings = machine.examine(place, {})
    shut = any(parent.stat().st_mode & 0o077 == 0 for parent in seed.parents)
    assert ("secrets" in wrong(findings)) is not shut
    seed.chmod(0o600)
    assert "secrets" not in wrong(machine.examine(place, {}))


async def test_a_certificate_that_ends_soon_is_told(tmp_path: Path) -> None:
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1", not_after=datetime.now(UTC) + timedelta(days=10, hours=1))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    issued.configure_cert(context)

    async def close(_: Any, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with await asyncio.start_server(close, "127.0.0.1", 0, ssl=context) as server:
        port = server.sockets[0].getsockname()[1]
        file = tmp_path / "own.pem"
        issued.cert_chain_pems[0].write_to_path(file)
        given = {"BELFRY_PUBLIC_URL": f"https://127.0.0.1:{port}/", "BELFRY_TLS_CERT_FILE": str(file)}
        own, finding = await certificates.examine(given)
    assert (own.verdict, own.found) == ("warning", "10 days left")
    assert (finding.verdict, finding.found) == ("warning", "10 days left")
    assert [certificates.judge("c", days).verdict for days in (-1, 3, 10, 60)] == ["failed", "failed", "warning", "ok"]
    (nobody,) = await certificates.examine({"BELFRY_PUBLIC_URL": "https://127.0.0.1:1"})
    assert nobody.verdict == "failed"


def test_figures_are_judged_by_their_size() -> None:
    assert [headroom("disk", used, 100, "fix").verdict for used in (79, 81, 96)] == ["ok", "warning", "failed"]
    told = [100.2, 98.0, 104.0, 130.0]
    assert [clock("c", each, 100.0, 101.0).verdict for each in told] == ["ok", "warning", "warning", "failed"]
    assert clock("c", 105.0, 100.0, 110.0).verdict == "ok", "an answer that took long tells little"
    pending = {"status": "fail", "releaseId": "1", "checks": {"nats": [{"output": "away"}], "postgres": [{}]}}
    assert processes.judge("gateway", pending).found == "not ready: nats: away"
    assert processes.judge("gateway", None).verdict == "failed"


def _at(place: Place, **changes: Any) -> Place:
    return replace(place, **changes)

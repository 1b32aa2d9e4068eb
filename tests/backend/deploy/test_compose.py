"""Compose: the file is valid and says what the code knows, and what it says runs, without containers."""

import json
import re
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from compose_spec import PyCompose

from deploy import authority, credentials
from deploy.image.__main__ import MODULES
from deploy.migrate import services_with_storage
from deploy.nats.permissions import GRANTS
from deploy.prepare import PrepareSettings
from gateway.auth.oidc.config import config_of
from gateway.settings import GatewaySettings
from shared.settings import Settings, load_settings, variable_of
from tests.fixtures.certificates import issue
from tests.fixtures.compose import ROOT, compose, mounts, published
from tests.fixtures.containers import NATS_IMAGE, POSTGRES_IMAGE
from tests.fixtures.image import environment

COMPOSE = compose({})
BY_TLS = compose({}, "compose.yaml", "tls.yaml")
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
SECURED: dict[str, dict[str, Any]] = BY_TLS["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"] == "belfry"}
SECRETS = "/etc/belfry/secrets"


def test_the_file_is_a_compose_file() -> None:
    for each in (COMPOSE, BY_TLS):
        assert set(PyCompose.from_json(json.dumps(each)).service_names()) == set(SERVICES)
    with pytest.raises(ValueError, match="healthchek"):
        PyCompose.from_json(json.dumps({"services": {"gateway": {**SERVICES["gateway"], "healthchek": {}}}}))


def test_every_process_runs_once_from_the_same_image_with_no_rights() -> None:
    assert {service["command"][0] for service in OURS.values()} == {*GRANTS, "migrate"} <= set(MODULES)
    for service in OURS.values():
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["mem_limit"]
    assert (SERVICES["nats"]["image"], SERVICES["postgres"]["image"]) == (NATS_IMAGE, POSTGRES_IMAGE)


def test_variables_and_ports_are_those_of_the_code() -> None:
    for service in OURS.values():
        known = variables_of(service["command"][0])
        assert {name for name in service["environment"] if not {name, name.removesuffix("_FILE")} & known} == set()
        assert not [value for name, value in service["environment"].items() if is_secret_variable(name)]
    assert published(SERVICES["gateway"]) == [int(environment()["PORT"])]
    assert published(SERVICES["latency"]) == [4318]
    jobs = yaml.safe_load((ROOT / "deploy" / "prometheus" / "prometheus.yml").read_text())["scrape_configs"]
    scraped = {(job["job_name"], target) for job in jobs for target in job["static_configs"][0]["targets"]}
    expected = {(service["command"][0], f"{name}:{environment()['PORT']}") for name, service in OURS.items()}
    assert scraped == expected - {("migrate", f"migrate:{environment()['PORT']}")}


def test_only_this_machine_reaches_what_is_published_and_servers_reach_nothing() -> None:
    for service in SERVICES.values():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))
    inner = {name for name, network in COMPOSE["networks"].items() if network.get("internal")}
    assert inner == {"bus", "data"}
    for name in ("nats", "postgres", "ws", "pipeline", "migrate"):
        assert set(SERVICES[name]["networks"]) <= inner
    stored = {service.removesuffix("_svc") for service in services_with_storage()}
    assert {name for name, service in SERVICES.items() if "data" in service["networks"]} == {
        *stored,
        "migrate",
        "postgres",
    }


def test_the_gateway_may_be_told_of_a_provider() -> None:
    """All that it reads of one; nothing of it is set unless somebody sets it, and the secret is a file."""
    given = {name: value for name, value in SERVICES["gateway"]["environment"].items() if "_OIDC_" in name}
    assert set(given.values()) == {""}
    fields = {variable_of(field) for field in GatewaySettings.__struct_fields__ if field.startswith("oidc_")}
    assert set(given) == fields - {"BELFRY_OIDC_CLIENT_SECRET"} | {"BELFRY_OIDC_CLIENT_SECRET_FILE"}
    assert config_of(load_settings(GatewaySettings, given)) is None


def test_by_tls_everybody_speaks_and_nobody_asks_in_the_clear() -> None:
    for name, service in SECURED.items():
        given = service.get("environment", {})
        if name in OURS:
            assert urlsplit(given["NATS_URL"]).scheme == "tls"
            assert ("BELFRY_TLS_CERT_FILE" in given) is (name != "migrate")
    assert SECURED["gateway"]["environment"]["BELFRY_PUBLIC_URL"].startswith("https://")
    assert {"--tls", "--ssl=on"} <= {*SECURED["nats"]["command"], *SECURED["postgres"]["command"]}
    assert "/etc/prometheus/belfry/prometheus.tls.yml" in SECURED["prometheus"]["command"][0]
    jobs = yaml.safe_load((ROOT / "deploy" / "prometheus" / "prometheus.tls.yml").read_text())["scrape_configs"]
    hosts = {urlsplit(f"//{target}").hostname for job in jobs for target in job["static_configs"][0]["targets"]}
    assert all(host in credentials.names_of(host) for host in [*map(str, hosts), "nats", "postgres"])
    assert {(job["scheme"], job["tls_config"]["ca_file"]) for job in jobs} == {("https", f"{SECRETS}/ca.crt")}


@pytest.mark.parametrize(("services", "tls"), [(SERVICES, False), (SECURED, True)])
def test_each_process_is_given_the_secrets_it_reads_and_no_other(
    services: dict[str, dict[str, Any]], tls: bool, tmp_path: Path
) -> None:
    credentials.create(tmp_path, tls=tls)
    for name, service in services.items():
        mounted = mounts(service).get(SECRETS, "")
        assert mounted in ("", f"./secrets/{name}")
        named = set(re.findall(rf"{SECRETS}/([\w.-]+)", json.dumps(service)))
        if name == "prometheus" and tls:
            named |= {"ca.crt"}
        held = {path.name for path in (tmp_path / name).iterdir()} if mounted else set()
        passwords = {f"{each}.password" for each in services_with_storage()} if name == "migrate" else set()
        in_the_url = {"postgres-ca.crt"} if tls and "database.url" in held else set()
        assert named | passwords | in_the_url == held - ({"ca.crt"} if name == "nats" else set())
    made = {path.name for path in tmp_path.iterdir()}
    own = {"authority.crt", "authority.key"} if tls else {"prometheus"}
    assert made == {*services, "observer"} ^ own


def test_certificates_are_renewed_in_time_and_stay_as_long_as_they_may(tmp_path: Path) -> None:
    """Nobody but who makes them sees the authority's key. A name more makes them anew; so does half of their time."""
    credentials.create(tmp_path, tls=True)
    path = tmp_path / "gateway" / "tls.crt"
    first = path.read_bytes()
    assert (tmp_path / authority.KEY).stat().st_mode & 0o777 == 0o600
    credentials.create(tmp_path)
    assert path.read_bytes() == first, "an authority that is there goes on"
    half = datetime.now(UTC) + authority.CERTIFICATE_LASTS / 2
    assert authority.serves(path, credentials.names_of("gateway"), half - timedelta(hours=1))
    assert not authority.serves(path, credentials.names_of("gateway"), half + timedelta(hours=1))
    credentials.create(tmp_path, hosts=["belfry.example"])
    assert path.read_bytes() != first
    theirs = issue(tmp_path / "theirs", "belfry.example")
    path.write_bytes(Path(theirs.cert).read_bytes())
    credentials.create(tmp_path, hosts=["other.example"])
    assert path.read_bytes() == Path(theirs.cert).read_bytes(), "one of another authority is left alone"


def test_a_postgresql_of_yours_is_insisted_on_by_its_authority(tmp_path: Path) -> None:
    ca = tmp_path / "theirs.pem"
    ca.write_text("their certificate")
    for given in (ca, None):  # it is remembered
        credentials.create(tmp_path / "s", "postgresql://root:pw@db.example/belfry?sslmode=prefer", postgres_ca=given)
        own = urlsplit((tmp_path / "s" / "health" / "database.url").read_text())
        assert own.query == f"sslmode=verify-full&sslrootcert={SECRETS}/postgres-ca.crt"
        assert (tmp_path / "s" / "health" / "postgres-ca.crt").read_text() == "their certificate"
    assert credentials.main([str(tmp_path / "s"), "--postgres-ca", str(tmp_path / "none.pem")]) == 1


def test_secrets_are_made_once_and_shown_to_nobody_else(tmp_path: Path) -> None:
    """What follows from the database's address or the permissions of a release is written anew; keys stay."""
    folder = tmp_path / "secrets"
    assert credentials.main([str(folder)]) == 0
    first = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in first} == {0o444}
    other = "postgresql://root:p%40ss@db.example:6432/belfry?sslmode=require"
    credentials.create(folder, other)
    changed = {str(path.relative_to(folder)) for path, text in first.items() if path.read_bytes() != text}
    assert changed == {f"{name.removesuffix('_svc')}/database.url" for name in services_with_storage()} | {
        "migrate/database.url"
    }
    assert (folder / "migrate" / "database.url").read_text() == other
    own = urlsplit((folder / "health" / "database.url").read_text())
    assert (own.username, own.hostname, own.port, own.query) == ("belfry_health", "db.example", 6432, "sslmode=require")
    (tmp_path / "file").touch()
    assert credentials.main([str(tmp_path / "file")]) == 1


def variables_of(process: str) -> set[str]:
    """What a process reads from its environment."""
    cls = PrepareSettings if process == "migrate" else settings_of(process)
    return {variable_of(field) for field in cls.__struct_fields__}


def settings_of(process: str) -> type[Settings]:
    found: type[Settings] = import_module(f"{process}.app").create_app.__annotations__["settings"]
    return found


def is_secret_variable(variable: str) -> bool:
    return any(word in variable for word in ("PASSWORD", "TOKEN", "KEYS", "SEED", "DATABASE")) and not (
        variable.endswith(("_FILE", "_GENERATED"))
    )

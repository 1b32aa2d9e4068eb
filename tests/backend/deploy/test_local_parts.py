"""The parts of the supervisor that need nothing started."""

import json
import socket
from pathlib import Path
from typing import get_args

import pytest

from demo.shop import PORTS
from deploy.local import demo, follow, ports, servers
from deploy.local.backoff import LONGEST_SECONDS, STEADY_SECONDS, Backoff, after_end
from deploy.local.fleet import Ground
from deploy.local.lock import TakenError, only_one
from deploy.local.secret_files import secret
from deploy.local.settings import GATEWAY, LATENCY, ROOT, LocalSettings, environment_of
from deploy.nats import create_seeds
from health_svc.declared import load
from shared.contracts.checks import CheckKind, kind_of


def test_waits_double_up_to_the_longest() -> None:
    backoff, waits = Backoff(), []
    for _ in range(8):
        wait, backoff = after_end(backoff, lived_seconds=1)
        waits.append(wait)
    assert waits == [0.5, 1, 2, 4, 8, 16, LONGEST_SECONDS, LONGEST_SECONDS]


def test_a_long_life_is_a_new_beginning() -> None:
    assert after_end(Backoff(16), STEADY_SECONDS) == (0.5, Backoff(1.0))


def test_ports_are_those_of_the_last_run(tmp_path: Path) -> None:
    remembered = tmp_path / "ports.json"
    first = ports.choose({"nats": 0, "postgres": 0}, remembered)
    assert len(set(first.values())) == 2
    assert ports.choose({"nats": 0, "postgres": 0}, remembered) == first


def test_a_taken_port_is_left_to_its_owner(tmp_path: Path) -> None:
    remembered = tmp_path / "ports.json"
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = server.getsockname()[1]
        remembered.write_text(json.dumps({"nats": taken}))
        chosen = ports.choose({"nats": 0, "health_svc": taken}, remembered)
    assert taken not in chosen.values()
    assert json.loads(remembered.read_text()) == chosen


def test_a_wanted_port_that_is_free_is_given(tmp_path: Path) -> None:
    wanted = ports.free_port()
    assert ports.choose({"health_svc": wanted}, tmp_path / "ports.json") == {"health_svc": wanted}


def test_a_directory_has_one_owner_at_a_time(tmp_path: Path) -> None:
    taken = pytest.raises(TakenError, match=r"already runs on .* \(process \d+\)")
    with only_one(tmp_path), taken, only_one(tmp_path):
        pass
    with only_one(tmp_path):
        assert (tmp_path / "lock").exists()


def test_a_secret_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "secrets" / "health_svc.password"
    made = secret(path)
    assert secret(path) == made
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_children_hear_only_what_is_theirs() -> None:
    environ = {"PATH": "/bin", "PORTAL": "1", "BELFRY_ADMIN_TOKEN": "t", "PORT": "1", "NATS_URL_FILE": "f"}
    environ |= {"BELFRY_OTLP_TOKEN": "o", "BELFRY_OTLP_PORT": "4318"}
    assert environment_of("health_svc", environ) == {"PATH": "/bin", "PORTAL": "1"}
    assert environment_of(LATENCY, environ) == {"PATH": "/bin", "PORTAL": "1", "BELFRY_OTLP_TOKEN": "o"}
    assert environment_of(GATEWAY, environ) == {"PATH": "/bin", "PORTAL": "1", "BELFRY_ADMIN_TOKEN": "t"}


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8080"),
        ("0.0.0.0", "http://127.0.0.1:8080"),
        ("::", "http://[::1]:8080"),
        ("belfry.test", "http://belfry.test:8080"),
    ],
)
def test_the_url_is_one_that_works_here(host: str, url: str) -> None:
    assert LocalSettings(host=host).url == url


def test_only_whole_new_lines_are_read(tmp_path: Path) -> None:
    path = tmp_path / "health_svc.log"
    path.write_text("old\n")
    log = follow.LogFile(path)
    with path.open("a") as file:
        file.write("one\ntwo\nthr")
    assert log.new_lines() == ["one", "two"]
    with path.open("a") as file:
        file.write("ee\n")
    assert log.new_lines() == ["three"]


def test_a_long_log_is_moved_away_and_read_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow, "MAX_LOG_BYTES", 10)
    path = tmp_path / "health_svc.log"
    log = follow.LogFile(path)
    with path.open("a") as child:  # appends, as a child does, and keeps the file open
        child.write("a long line\n")
        child.flush()
        assert log.new_lines() == ["a long line"]
        log.rotate()
        child.write("next\n")
        child.flush()
        assert log.new_lines() == ["next"]
    assert (tmp_path / "health_svc.log.1").read_text() == "a long line\n"


def test_warnings_are_shown_and_information_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    lines = [json.dumps({"event": f"bus.{level}", "level": level}) for level in ("info", "warning", "error")]
    follow.show("health_svc", [*lines, "Traceback (most recent call last):"], "warning")
    shown = capsys.readouterr().out
    assert "bus.info" not in shown
    assert "bus.warning" in shown
    assert "bus.error" in shown
    assert "health_svc: Traceback" in shown


def test_what_the_embedded_servers_say_is_for_debugging(capsys: pytest.CaptureFixture[str]) -> None:
    follow.show("postgres", ["LOG:  checkpoint starting"], "warning")
    assert capsys.readouterr().out == ""
    follow.show("postgres", ["LOG:  checkpoint starting"], "debug")
    assert capsys.readouterr().out == "postgres: LOG:  checkpoint starting\n"


def test_the_example_configuration_is_valid_and_shows_every_kind() -> None:
    declared = load(ROOT / "belfry.yaml.example")
    shown = {kind_of(check) for service in declared for check in service.spec.checks}
    assert shown == set(get_args(CheckKind))


def test_the_shop_of_the_demonstration_is_a_valid_configuration(tmp_path: Path) -> None:
    path = tmp_path / "belfry.yaml"
    demo.write_config(path, {name: 9000 + n for n, name in enumerate(PORTS)})
    declared = load(path)
    assert not any(f":{port}/" in path.read_text() for port in PORTS.values())
    ids = {service.spec.id for service in declared}
    assert {needed.id for service in declared for needed in service.spec.dependencies} <= ids


def test_the_shop_is_told_of_opentelemetry_only(tmp_path: Path) -> None:
    settings = LocalSettings(data_dir=str(tmp_path), config_path=str(tmp_path / "belfry.yaml"), otlp_token="a+b")
    environ = {"BELFRY_OTLP_TOKEN": "a+b", "OTEL_SERVICE_NAME": "other"}
    ground = Ground(settings=settings, environ=environ, nats=None, postgres=None, ports={"otlp": 4400})
    edge, *others = demo.shop(ground)
    assert not [name for one in (edge, *others) for name in one.env if name.startswith(("BELFRY", "NATS", "DATABASE"))]
    assert edge.env["OTEL_SERVICE_NAME"] == "edge"
    assert edge.env["OTEL_EXPORTER_OTLP_ENDPOINT"] == "http://127.0.0.1:4400"
    assert edge.env["OTEL_EXPORTER_OTLP_HEADERS"] == "Authorization=Bearer%20a%2Bb"


def test_a_given_nats_knows_each_process_by_its_own_key_where_there_is_one(tmp_path: Path) -> None:
    create_seeds(tmp_path / "seeds")
    url, seed = "tls://bus.example:4222", str(tmp_path / "seeds" / "gateway.seed")
    many = LocalSettings(nats_url=url, nats_seed_file=str(tmp_path / "seeds"))
    one = LocalSettings(nats_url=url, nats_seed_file=seed)
    own = {"NATS_URL": url, "BELFRY_NATS_SEED_FILE": seed}
    assert Path(seed).exists()
    assert servers.nats_variables(many, None, GATEWAY) == own
    assert servers.nats_variables(one, None, LATENCY) == own

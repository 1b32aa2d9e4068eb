"""The environment is read once, typed, and refused with one clear line."""

from importlib import import_module
from pathlib import Path
from typing import Annotated

import pytest
from msgspec import Meta, structs

from shared.redaction import is_secret
from shared.settings import VARIABLES_OF_BELFRY, Settings, SettingsError, load_settings, variable_of

ROOT = Path(__file__).parents[3]


class ProbeSettings(Settings, frozen=True, kw_only=True):
    service: str = "probe_svc"
    probe_limit: Annotated[int, Meta(ge=1)] = 100
    verify: bool = True
    ratio: float = 0.5
    proxies: tuple[str, ...] = ()
    admin_token: Annotated[str, Meta(min_length=16)] | None = None
    ceiling: int | None = None


KNOWN = frozenset(variable_of(field) for field in ProbeSettings.__struct_fields__)


@pytest.fixture(autouse=True)
def _variables_of_the_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.settings.VARIABLES_OF_BELFRY", VARIABLES_OF_BELFRY | KNOWN)


def refused(environ: dict[str, str]) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load_settings(ProbeSettings, environ)
    return caught.value.messages


def test_defaults_need_no_environment() -> None:
    settings = load_settings(ProbeSettings, {})
    assert settings.service == "probe_svc"
    assert settings.domain == "probe"
    assert settings.host == "127.0.0.1"
    assert len(settings.instance) == 8
    assert settings.instance != load_settings(ProbeSettings, {}).instance


def test_values_are_typed() -> None:
    environ = {
        "PORT": "8081",
        "BELFRY_PROBE_LIMIT": "7",
        "BELFRY_VERIFY": "false",
        "BELFRY_RATIO": "1",
        "BELFRY_PROXIES": "10.0.0.0/8, ::1",
        "BELFRY_CEILING": "12",
        "BELFRY_CONFIG": "1234",
        "OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318",
        "HOME": "/root",
    }
    settings = load_settings(ProbeSettings, environ)
    assert (settings.port, settings.probe_limit, settings.verify, settings.ratio) == (8081, 7, False, 1.0)
    assert settings.proxies == ("10.0.0.0/8", "::1")
    assert settings.ceiling == 12
    assert settings.config_path == "1234"
    assert settings.otlp_endpoint == "http://collector:4318"


def test_every_bad_value_is_named_at_once() -> None:
    messages = refused({"PORT": "eighty", "BELFRY_PROBE_LIMIT": "0", "LOG_LEVEL": "inf", "BELFRY_VERIFY": "perhaps"})
    assert sorted(messages) == [
        "BELFRY_PROBE_LIMIT must be at least 1 (is: 0)",
        "BELFRY_VERIFY must be true or false (is: perhaps)",
        "LOG_LEVEL must be one of debug, error, info, warning, did you mean `info`? (is: inf)",
        "PORT must be a whole number (is: eighty)",
    ]


def test_an_unknown_variable_is_refused_with_a_hint() -> None:
    assert refused({"BELFRY_PROB_LIMIT": "3"}) == [
        "BELFRY_PROB_LIMIT is not a setting. Did you mean BELFRY_PROBE_LIMIT?"
    ]
    assert refused({"BELFRY_ZZZ": "3"}) == ["BELFRY_ZZZ is not a setting"]


def test_a_variable_of_another_process_is_no_fault() -> None:
    assert load_settings(ProbeSettings, {"BELFRY_ADMIN_PASSWORD": "for the gateway"}).service == "probe_svc"


def test_an_empty_variable_counts_as_not_given() -> None:
    assert load_settings(ProbeSettings, {"PORT": "", "DATABASE_URL": ""}).database_url.startswith("postgresql://")


def test_any_variable_may_come_from_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "dsn"
    secret.write_text("postgresql://ana:hush@db/belfry\n")
    assert load_settings(ProbeSettings, {"DATABASE_URL_FILE": str(secret)}).database_url.endswith("hush@db/belfry")


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "dsn"
    if content is not None:
        path.write_bytes(content)
    (message,) = refused({"DATABASE_URL_FILE": str(path)})
    assert message.startswith(f"DATABASE_URL_FILE: {path} cannot be read: ")


def test_a_variable_and_its_file_together_are_refused(tmp_path: Path) -> None:
    assert refused({"PORT": "1", "PORT_FILE": "/run/port"}) == ["PORT and PORT_FILE are both set. Keep one"]


def test_secrets_are_neither_shown_nor_told() -> None:
    environ = {"DATABASE_URL": "postgresql://ana:hush@db/belfry", "BELFRY_ADMIN_TOKEN": "a-very-secret-token"}
    shown = repr(load_settings(ProbeSettings, environ))
    assert "hush" not in shown
    assert "a-very-secret-token" not in shown
    assert "postgresql://ana:***@db/belfry" in shown
    assert refused({"BELFRY_ADMIN_TOKEN": "too-short"}) == ["BELFRY_ADMIN_TOKEN must have at least 16 characters"]


def test_every_variable_of_every_service_is_known_to_all() -> None:
    """One environment may be given to all processes, so none may refuse what another one reads."""
    for package in sorted(path.parent.name for path in ROOT.glob("*/__main__.py")):
        for found in _settings_of(package):
            read = {variable_of(field) for field in found.__struct_fields__ if field != "service"}
            assert {name for name in read if name.startswith("BELFRY_")} <= VARIABLES_OF_BELFRY, found


def test_every_secret_of_every_service_may_come_from_a_file_and_is_never_shown(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("aHVzaCBodXNoIGh1c2ggaHVzaCBodXNoIGh1c2ggaHU=\n")
    packages = sorted(path.parent.name for path in ROOT.glob("*/__main__.py"))
    secrets = {
        (found, field)
        for package in packages
        for found in _settings_of(package)
        if not structs.fields(found)[0].required  # a process, and no part of one
        for field in found.__struct_fields__
        if is_secret(field)
    }
    assert {"admin_token", "oidc_client_secret", "otlp_token"} <= {field for _, field in secrets}
    for found, field in secrets:
        settings = load_settings(found, {f"{variable_of(field)}_FILE": str(secret)})
        assert str(getattr(settings, field)).strip("(),'").startswith("aHVzaC")
        assert "aHVzaC" not in repr(settings)


def _settings_of(package: str) -> list[type[Settings]]:
    name = next((name for name in ("settings", "app") if (ROOT / package / f"{name}.py").exists()), "")
    found = vars(import_module(f"{package}.{name}")).values() if name else ()
    return [each for each in found if isinstance(each, type) and issubclass(each, Settings)]

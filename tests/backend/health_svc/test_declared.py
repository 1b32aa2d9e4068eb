"""The declarative file: what it may say, and how its mistakes are told."""

from pathlib import Path

import pytest

from health_svc.declared import load, parse
from shared.contracts.checks import HttpCheck
from shared.contracts.health.services import Dependency
from shared.declared import InvalidFile

GOOD = """\
services:
  - id: shop
    name: The shop
    interval_seconds: 10
    dependencies: [ledger, {id: search, kind: limited}]
    checks:
      - kind: http
        url: https://shop.example/health
  - id: ledger
    checks: [{kind: tcp, host: ledger.example, port: 5432}]
"""


def refused(text: str) -> list[str]:
    with pytest.raises(InvalidFile) as caught:
        parse(text, "belfry.yaml")
    return caught.value.errors


def test_services_come_with_the_line_they_start_at() -> None:
    shop, ledger = parse(GOOD, "belfry.yaml")
    assert (shop.spec.id, shop.line, ledger.line) == ("shop", 2, 9)
    assert shop.spec.checks == [HttpCheck(url="https://shop.example/health")]
    assert shop.spec.dependencies == [Dependency(id="ledger"), Dependency(id="search", kind="limited")]


@pytest.mark.parametrize("text", ["", "services:\n", "services: []\n", "# nothing yet\n"])
def test_an_empty_file_declares_nothing(text: str) -> None:
    assert parse(text, "belfry.yaml") == []


def test_every_mistake_is_told_with_line_and_field() -> None:
    errors = refused(GOOD.replace("https://", "htps://").replace("interval_seconds: 10", "intervall: 10"))
    assert [e.split(" ", 2)[:2] for e in errors] == [
        ["belfry.yaml:4:", "services[0].intervall"],
        ["belfry.yaml:8:", "services[0].checks[0].url"],
    ]


def test_a_missing_field_is_told_at_the_nearest_line() -> None:
    (error,) = refused("services:\n  - id: shop\n    checks:\n      - kind: tcp\n        host: x\n")
    assert error.startswith("belfry.yaml:4: services[0].checks[0].port")


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("services:\n  - id: a\n   bad indent: [", "belfry.yaml:3:"),
        ("services:\n\t- id: a", "belfry.yaml:2:"),
        ("- a\n- b\n", "belfry.yaml:1: the file must hold a mapping"),
        ("services: 5\n", "belfry.yaml:1: services must be a list"),
        ("servicess: []\n", "belfry.yaml:1: servicess unknown field"),
        ("services:\n  - just text\n", "belfry.yaml:2: services[0]"),
        ("services: [{id: a, id: b}]\n", "belfry.yaml:1:"),
    ],
)
def test_what_is_not_understood(text: str, start: str) -> None:
    assert refused(text)[0].startswith(start)


def test_an_id_twice_names_both_lines() -> None:
    one = "  - id: a\n    checks: [{kind: heartbeat}]\n"
    assert refused(f"services:\n{one}{one}") == ["belfry.yaml:4: id a is declared twice, first in line 2"]


def test_mistakes_between_fields_are_found() -> None:
    (error,) = refused("services:\n  - id: a\n    dependencies: [a]\n    checks: [{kind: heartbeat}]\n")
    assert error == "belfry.yaml:3: services[0].dependencies[0].id a service cannot depend on itself"


def test_a_file_is_read_by_path(tmp_path: Path) -> None:
    path = tmp_path / "belfry.yaml"
    path.write_text(GOOD)
    assert [d.spec.id for d in load(path)] == ["shop", "ledger"]
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "other.yaml")

"""One line for each event: JSON where nobody looks on, colours in a terminal, and never a password."""

import logging
from collections.abc import Iterator
from contextvars import copy_context
from datetime import datetime

import msgspec
import pytest
import structlog

from shared.log import configure, name_request, write_lines
from shared.settings import Settings


class Counted(msgspec.Struct):
    number: int


@pytest.fixture
def settings() -> Iterator[Settings]:
    """Logging is the process's own; it is put back as it was."""
    handlers, level = logging.root.handlers[:], logging.root.level
    yield Settings(service="sample_svc", instance="i1")
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
    structlog.reset_defaults()


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [msgspec.json.decode(line) for line in capsys.readouterr().out.splitlines()]


def test_an_event_is_one_json_line(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    configure(settings)
    log = structlog.get_logger()
    log.debug("too.quiet")
    log.info("probe.failed", target="shop", tries=3, at={1, 2})
    (line,) = lines(capsys)
    assert (line["event"], line["level"], line["target"], line["tries"]) == ("probe.failed", "info", "shop", 3)
    assert (line["service"], line["instance"]) == ("sample_svc", "i1")
    assert str(line["timestamp"]).endswith("Z")


def test_an_exception_stays_on_its_line_without_the_password(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(settings)
    try:
        raise ConnectionError("cannot reach postgresql://ana:hush@db/b")
    except ConnectionError:
        structlog.get_logger().exception("probe.crashed", password="hush")
    (line,) = lines(capsys)
    assert "hush" not in str(line)
    assert "postgresql://ana:***@db/b" in str(line["exception"])
    assert "Traceback" in str(line["exception"])


def test_libraries_speak_in_the_same_form_from_warnings_up(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(settings)
    logging.getLogger("asyncio").info("not of interest")
    logging.getLogger("asyncio").warning("slow: %s", "nats://a:hush@n")
    (line,) = lines(capsys)
    assert (line["event"], line["level"], line["service"]) == ("slow: nats://a:***@n", "warning", "sample_svc")


def test_the_level_is_the_setting(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    configure(Settings(service="sample_svc", log_level="warning"))
    structlog.get_logger().info("not.shown")
    structlog.get_logger().warning("shown")
    assert [line["event"] for line in lines(capsys)] == ["shown"]


def test_a_terminal_gets_words_and_not_json(
    settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    configure(settings)
    structlog.get_logger().info("probe.failed", target="shop")
    out = capsys.readouterr().out
    assert "probe.failed" in out
    assert not out.startswith("{")


def test_many_lines_are_written_together_each_with_its_own_moment(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(settings)
    moments = [1_764_374_399.999999, 1_764_374_400.0, 1_764_374_400.25, 1_764_374_399.5]
    write_lines("thing.counted", [(at, Counted(number)) for number, at in enumerate(moments)])
    written = lines(capsys)
    assert [line["number"] for line in written] == [0, 1, 2, 3]
    assert all((line["event"], line["level"], line["instance"]) == ("thing.counted", "info", "i1") for line in written)
    times = [datetime.fromisoformat(str(line["timestamp"])).timestamp() for line in written]
    assert times == pytest.approx(moments, abs=2e-6)
    assert str(written[0]["timestamp"]).endswith("Z")


def test_a_line_is_about_the_request_of_its_task_unless_it_names_another(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(settings)

    def within() -> None:
        name_request("req-1")
        structlog.get_logger().info("thing.done")
        structlog.get_logger().info("thing.done", request_id="req-2")

    copy_context().run(within)
    structlog.get_logger().info("thing.done")
    assert [line.get("request_id") for line in lines(capsys)] == ["req-1", "req-2", None]

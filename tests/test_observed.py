"""What Belfry says of itself is written down, and named as the field expects it."""

import re

import pytest

from tests.observed import logs
from tests.observed.metrics import LABELS, known
from tests.observed.pages import pages

PAGES = {path.name: (path, text) for path, text in pages().items()}
NAME = re.compile(r"^belfry_[a-z][a-z0-9_]*$")
MEASURED = [
    ("belfry_http_requests_total", "belfry_http_request_duration_seconds"),
    ("belfry_rpc_requests_total", "belfry_rpc_duration_seconds"),
    ("belfry_rpc_calls_total", "belfry_rpc_call_duration_seconds"),
    ("belfry_loop_rounds_total", "belfry_loop_duration_seconds"),
    ("belfry_bus_handled_total", "belfry_bus_handler_duration_seconds"),
    ("belfry_consumer_messages_total", "belfry_consumer_batch_duration_seconds"),
    ("belfry_db_queries_total", "belfry_db_query_duration_seconds"),
]
LOGGED = re.compile(r"\blog\.(?:debug|info|warning|error|exception)\(")
FOREIGN_UNITS = re.compile(r"_(ms|milliseconds|minutes|hours|kb|mb|kilobytes|percent|pct)(_|$)")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_what_belfry_says_is_not_stale(name: str) -> None:
    path, text = PAGES[name]
    assert path.read_text() == text, "run: .venv/bin/python -m tests.observed"


def test_every_event_has_a_meaning_and_every_meaning_an_event() -> None:
    assert {event.name for event in logs.events()} == set(logs.meanings())


def test_every_line_is_logged_by_the_dotted_name_of_an_event() -> None:
    """So that none is missing on the page, and none has a name made up of values."""
    named = sum(1 for package in logs.PACKAGES for _ in logs.lines_of(package))
    calls = [
        call
        for package in logs.PACKAGES
        for path in (logs.ROOT / package).rglob("*.py")
        for call in LOGGED.findall(path.read_text())
    ]
    assert len(calls) <= named


def test_metrics_are_named_by_the_conventions_of_prometheus() -> None:
    metrics = known()
    assert len({metric.name for metric in metrics}) == len(metrics)
    for metric in metrics:
        assert NAME.match(metric.name), metric
        assert not FOREIGN_UNITS.search(metric.name), f"base units only: {metric.name}"
        assert metric.name.endswith("_total") == (metric.kind == "counter"), metric
        assert metric.kind != "histogram" or metric.name.endswith("_seconds"), metric
        assert metric.meaning[0].isupper() or metric.meaning[0].isdigit(), metric


def test_every_label_has_few_values_and_every_promise_of_that_a_label() -> None:
    assert {label for metric in known() for label in metric.labels} == set(LABELS)


@pytest.mark.parametrize(("counter", "duration"), MEASURED)
def test_what_is_done_has_a_rate_errors_and_a_duration(counter: str, duration: str) -> None:
    metrics = {metric.name: metric for metric in known()}
    assert {"outcome", "status"} & set(metrics[counter].labels)
    assert metrics[duration].kind == "histogram"

"""What is heard of each event, and how values, times and reasons are said."""

import msgspec
import pytest

from alert_svc.board import Around, in_order, shown_rule
from alert_svc.book import watched
from alert_svc.engine import Engine
from alert_svc.listener import Ear
from alert_svc.sampling import SOURCES, samples_of, subjects
from alert_svc.series import Sample
from alert_svc.store.rules import StoredRule
from alert_svc.wording import duration, object_of, shown, title_of
from shared.contracts.alerts.rules import AlertRuleSpec
from shared.contracts.wire import EVENTS_STREAM, MEASURES_STREAM
from tests.contracts.shop.clock import NOW
from tests.contracts.shop.files import messages

MESSAGES = messages()
AT = NOW.timestamp()


def heard(kind: str) -> dict[str, tuple[float, float | None]]:
    """Metrics that a golden event measures, with value and count, of its first series."""
    message = MESSAGES[f"events/{kind}.v1.json"]
    found: dict[str, tuple[float, float | None]] = {}
    for sample in samples_of(message.subject, msgspec.json.encode(message.payload), AT):
        found.setdefault(sample.metric, (round(sample.value, 3), sample.measured_from))
    return found


def test_time_passes_only_as_far_as_a_stream_was_heard() -> None:
    """While it catches up, up to what it reads; after a silence not before what was said meanwhile has come."""
    ear = Ear()
    ear.hear(AT, AT)
    assert ear.heard_until == 0
    ear.hear(AT + 1, AT - 3600)
    assert ear.heard_until == AT - 3600
    ear.hear(AT + 2, AT + 2)
    ear.hear(AT + 2.1, AT + 1.5)
    assert ear.heard_until == AT + 2
    for late in (30, 30.5):
        ear.hear(AT + late, AT + late)
        assert ear.heard_until == AT + 2
    ear.hear(AT + 31, AT + 31)
    assert ear.heard_until == AT + 31
    for slow in (40, 50, 60):
        ear.hear(AT + slow, AT + slow)
    assert ear.heard_until == AT + 50


def test_each_event_measures_what_it_says() -> None:
    assert heard("health.changed") == {"health.status": (2.0, None)}
    assert heard("health.checked") == {
        "health.status": (1.0, None), "health.response_ms": (812.4, None), "health.tls_days": (60.994, None),
    }  # fmt: skip
    latency = heard("latency.summarised")
    assert latency["latency.p99"] == (3120.0, 206.0)
    assert latency["latency.service.error_rate"] == (4.6, 304.0)
    assert latency["latency.max"] == (3404.0, 206.0)
    assert {"ws.active", "ws.pool_pct", "ws.msg_in_rate"} <= heard("ws.status").keys()
    steps = heard("pipeline.measured")
    assert (steps["pipeline.avg_ms"], steps["pipeline.calls"]) == ((0.41, 4.0), (0.8, 4.0))
    assert steps["pipeline.self_p99"][0] == pytest.approx(0.6, rel=0.5)
    assert heard("metric.sampled") == {"queue.depth": (12.0, None)}
    assert heard("metric.measured") == {"belfry.cpu_pct": (3.9, None)}
    assert heard("auth.revoked") == {}


def test_every_source_is_followed_and_what_others_may_not_say_is_left_out() -> None:
    assert len(subjects(EVENTS_STREAM)) + len(subjects(MEASURES_STREAM)) == len(SOURCES)
    forged = b'{"name": "health.status", "samples": [{"value": 2, "labels": {"service": "shop"}}]}'
    assert samples_of("belfry.v1.metric.sampled.x", forged, AT) == []
    future = b'{"name": "queue.depth", "samples": [{"value": 1}], "at": "2999-01-01T00:00:00Z"}'
    assert samples_of("belfry.v1.metric.sampled.x", future, AT)[0].at == AT
    with pytest.raises(msgspec.ValidationError):
        samples_of("belfry.v1.metric.sampled.x", b'{"name": "queue.depth", "samples": [{"value": "much"}]}', AT)


@pytest.mark.parametrize(
    ("value", "unit", "metric", "text"),
    [
        (9.42, "ms", "", "9.4 ms"), (268.4, "ms", "", "268 ms"), (3121, "ms", "", "3.12 s"),
        (6.31, "%", "", "6.31 %"), (5, "%", "", "5 %"), (12_377, "", "", "12,377"), (1204, "/s", "", "1,204/s"),
        (319_488, "bytes", "", "312.0 KB"), (93_600, "s", "", "1 d 2 h"), (0.2, "s", "", "0.2 s"),
        (2.0, "", "health.status", "down"), (None, "ms", "", "no data"), (0.0041, "", "", "0.0041"),
    ],
)  # fmt: skip
def test_values_are_said_with_their_units(value: float | None, unit: str, metric: str, text: str) -> None:
    assert shown(value, unit, metric) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (90, "90 s"), (300, "5 min"), (372, "6 min 12 s"), (8040, "2 h 14 min"), (0, "0 s"), (8.23, "8.23 s"),
        (273_600, "3 d 4 h"),
    ],
)  # fmt: skip
def test_durations_have_two_units_at_most(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_series_are_called_by_what_they_are_of() -> None:
    assert title_of({"service": "shop", "method": "POST", "path": "/api/checkout"}) == "POST /api/checkout"
    assert title_of({"service": "ledger-db"}) == "ledger-db"
    assert title_of({"queue": "mail"}) == "queue=mail"
    assert title_of({}, "Rule") == "Rule"
    assert object_of(
        {"service": "shop"}, [{"service": "shop", "path": "/a"}, {"service": "shop", "path": "/b"}], ""
    ) == ("shop, 2 series")


def test_a_rule_says_what_is_worst_in_words() -> None:
    engine = Engine()
    spec = AlertRuleSpec(name="Slow", metric="latency.p99", operator=">", threshold=500, duration=300, id="slow")
    rule = StoredRule(
        id="slow", spec=spec, version=1, source="api", created_by="a", created_at=NOW, updated_by="dana", updated_at=NOW
    )
    assert shown_rule(rule, engine, Around(), AT).reason == "No series matches"
    engine.book.add_rule(watched("slow", 1, AT - 10_000, spec))

    def hear(at: float, **values: float) -> None:
        engine.hear([Sample("latency.p99", {"service": name}, at, value, 500, 10) for name, value in values.items()])

    def said(now: float) -> tuple[str, str]:
        found = shown_rule(rule, engine, Around(), now)
        return found.state, found.reason

    hear(AT, a=100, b=200)
    assert said(AT) == ("inactive", "200 ms, not over 500 ms")
    assert said(AT + 200) == ("no_data", f"No data since {NOW:%H:%M:%S} UTC, the last state is kept")
    for seconds in (10, 130, 190):
        hear(AT + seconds, a=655, b=10)
    assert said(AT + 190) == ("pending", "655 ms, over 500 ms for 3 min of 5 min")
    hear(AT + 320, a=655, b=10)
    assert said(AT + 320) == ("firing", "655 ms, over 500 ms for 5 min")
    shown_now = shown_rule(rule, engine, Around(), AT + 320)
    assert (shown_now.firing, shown_now.series, shown_now.value) == (1, 2, 655.0)
    hear(AT + 330, a=1, b=1)
    assert said(AT + 330)[0] == "resolved"
    assert said(AT + 5000)[0] == "no_data"
    assert [each.state for each in in_order([shown_now, shown_rule(rule, Engine(), Around(), AT)])] == [
        "firing",
        "no_data",
    ]

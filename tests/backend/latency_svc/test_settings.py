"""What latency_svc is told from outside."""

import pytest

from latency_svc.app import LatencySettings, create_app
from shared.settings import SettingsError, load_settings


def test_where_slow_begins_is_a_setting() -> None:
    """F2.2.2: the colours' thresholds are those of the environment."""
    settings = load_settings(LatencySettings, {"BELFRY_LATENCY_SLOW_MS": "50", "BELFRY_LATENCY_VERY_SLOW_MS": "250.5"})

    assert (settings.latency_slow_ms, settings.latency_very_slow_ms) == (50.0, 250.5)


def test_slow_is_less_than_very_slow(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        create_app(LatencySettings(latency_slow_ms=600))

    assert ended.value.code == 2
    assert "BELFRY_LATENCY_SLOW_MS is more than BELFRY_LATENCY_VERY_SLOW_MS" in capsys.readouterr().err


def test_a_threshold_is_a_positive_number() -> None:
    with pytest.raises(SettingsError, match="BELFRY_LATENCY_SLOW_MS"):
        load_settings(LatencySettings, {"BELFRY_LATENCY_SLOW_MS": "0"})


@pytest.mark.parametrize(
    "url", ["https://tracing.example/trace", "tracing.example/{trace_id}", "https://a b/{trace_id}"]
)
def test_a_trace_is_shown_at_an_address_with_its_id(url: str) -> None:
    with pytest.raises(SettingsError, match=r"BELFRY_TRACE_URL .*an http or https address with \{trace_id\} in it"):
        load_settings(LatencySettings, {"BELFRY_TRACE_URL": url})
    good = "https://tracing.example/trace/{trace_id}"
    assert load_settings(LatencySettings, {"BELFRY_TRACE_URL": good}).trace_url == good

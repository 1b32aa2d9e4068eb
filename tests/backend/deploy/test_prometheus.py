"""The rules by which Prometheus watches Belfry: as the tables say, true to the metrics, tried by promtool."""

import json
import re
import subprocess

import pytest

from deploy.prometheus.alerts import ALERTS
from deploy.prometheus.files import HERE, ROOT, RUNBOOKS, config, files
from deploy.prometheus.recordings import RECORDINGS
from tests import prometheus
from tests.observed.metrics import known, names_in

FILES = {path.name: (path, text) for path, text in files().items()}
STANDARD = {"up", "process_start_time_seconds", "process_open_fds", "process_max_fds"}
PARTS = ("**Means**", "**Look**", "**Do**")


@pytest.fixture
def promtool() -> str:
    return prometheus.find("promtool") or pytest.skip(prometheus.why_not("promtool"))


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_prometheus_is_not_stale(name: str) -> None:
    path, text = FILES[name]
    assert path.read_text() == text, "run: .venv/bin/python -m deploy.prometheus"


def test_rules_ask_for_nothing_that_belfry_does_not_say() -> None:
    said = {metric.name for metric in known()} | STANDARD | {rule.name for rule in RECORDINGS}
    for rule in RECORDINGS:
        assert names_in(rule.expr) <= said, rule.name
    for alert in ALERTS:
        assert names_in(alert.expr) <= said, alert.name


def test_every_alert_has_a_runbook_and_every_runbook_an_alert() -> None:
    sections = (ROOT / RUNBOOKS).read_text().split("\n## ")[1:]
    found = {section.partition("\n")[0]: section for section in sections}
    assert list(found) == [alert.name for alert in ALERTS], "in the order of the alerts"
    for name, section in found.items():
        assert [part for part in PARTS if part not in section] == [], name


def test_alerts_are_worded_for_a_person_in_the_night() -> None:
    assert len({alert.name for alert in ALERTS}) == len(ALERTS)
    for alert in ALERTS:
        assert re.fullmatch(r"Belfry[A-Z]\w+", alert.name)
        assert len(re.sub(r"{{.*?}}", "x", alert.summary)) <= 100, alert.name
        assert alert.quiet or alert.name == "BelfryWatchdog"


def test_promtool_finds_nothing_wrong_and_every_alert_fires_when_it_should(promtool: str) -> None:
    for words in (["check", "config", "prometheus.yml"], ["test", "rules", "tests.yaml"]):
        done = subprocess.run([promtool, *words], cwd=HERE, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr


def test_a_local_run_gets_a_configuration_of_its_own() -> None:
    found = config({"gateway": ["127.0.0.1:8080"]}, ["/rules"])
    assert json.loads(json.dumps(found))["scrape_configs"][0]["static_configs"] == [{"targets": ["127.0.0.1:8080"]}]

"""The dashboards, without a Grafana: as the tables say, laid out without gaps, and about what Belfry really says."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from deploy.grafana.files import COLUMNS, DASHBOARDS, HERE, expression, files
from deploy.prometheus.recordings import RECORDINGS
from deploy.prometheus.rule import PROCESSES
from tests import prometheus
from tests.observed.metrics import known, names_in

FILES = {path.name: (path, text) for path, text in files().items()}
STANDARD = {"up", "process_cpu_seconds_total", "process_resident_memory_bytes"}
EXPRESSIONS = [
    (f"{dashboard.title}: {panel.title}", expression(dashboard, ask))
    for dashboard in DASHBOARDS
    for row in dashboard.rows
    for panel in row.panels
    for ask in panel.asks
]


@pytest.mark.parametrize("name", FILES)
def test_a_dashboard_is_not_stale(name: str) -> None:
    path, text = FILES[name]
    assert path.read_text() == text, "run: .venv/bin/python -m deploy.grafana"


def test_there_is_one_for_each_process_and_an_overview() -> None:
    assert {path.name for path in HERE.iterdir()} == set(FILES)
    assert {each.uid.removeprefix("belfry-").replace("-", "_") for each in DASHBOARDS} == {"overview", *PROCESSES}
    assert len({each.title for each in DASHBOARDS}) == len(DASHBOARDS)


def test_panels_ask_for_what_belfry_says_and_nothing_else() -> None:
    said = {metric.name for metric in known()} | STANDARD | {rule.name for rule in RECORDINGS}
    for title, expr in EXPRESSIONS:
        assert names_in(expr) <= said, title
        assert names_in(expr) or "ALERTS" in expr, title


@pytest.mark.parametrize("name", FILES)
def test_panels_have_numbers_of_their_own_and_lie_beside_each_other(name: str) -> None:
    panels = json.loads(FILES[name][1])["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    covered: set[tuple[int, int]] = set()
    for panel in panels:
        cells = _cells(panel["gridPos"])
        assert not cells & covered, panel["title"]
        assert max(x for x, _ in cells) < COLUMNS
        covered |= cells


def test_promtool_can_read_every_expression(tmp_path: Path) -> None:
    promtool = prometheus.find("promtool") or pytest.skip(prometheus.why_not("promtool"))
    rules = [
        {"record": f"panel:{number}", "expr": expr.replace("$__rate_interval", "1m").replace("$instance", ".*")}
        for number, (_, expr) in enumerate(EXPRESSIONS)
    ]
    path = tmp_path / "panels.yaml"
    path.write_text(json.dumps({"groups": [{"name": "panels", "rules": rules}]}))
    done = subprocess.run([promtool, "check", "rules", "--lint=none", str(path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def _cells(place: dict[str, Any]) -> set[tuple[int, int]]:
    return {(place["x"] + dx, place["y"] + dy) for dx in range(place["w"]) for dy in range(place["h"])}

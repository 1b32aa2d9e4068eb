"""The JSON that Grafana reads, from the tables."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from deploy.grafana.overview import OVERVIEW
from deploy.grafana.panel import Ask, Dashboard, Panel
from deploy.grafana.services import SERVICES

HERE = Path(__file__).parent / "dashboards"
DASHBOARDS: tuple[Dashboard, ...] = (OVERVIEW, *SERVICES)
SOURCE = {"type": "prometheus", "uid": "${datasource}"}
COLUMNS, HEIGHT, FIGURE_HEIGHT = 24, 8, 4
SCHEMA_VERSION = 39
LINKS = {"type": "dashboards", "tags": ["belfry"], "title": "Belfry", "asDropdown": True, "includeVars": False}


def files() -> dict[Path, str]:
    """Every dashboard as it should be."""
    return {HERE / f"{each.uid}.json": json.dumps(_dashboard(each), indent=2) + "\n" for each in DASHBOARDS}


def expression(dashboard: Dashboard, ask: Ask) -> str:
    """As Grafana sends it, but for its own variables."""
    return ask.expr.replace("$at", dashboard.at).replace("$range", "$__rate_interval")


def _dashboard(dashboard: Dashboard) -> dict[str, Any]:
    return {
        "uid": dashboard.uid,
        "title": dashboard.title,
        "description": dashboard.description,
        "tags": ["belfry"],
        "editable": False,
        "graphTooltip": 1,
        "refresh": "30s",
        "schemaVersion": SCHEMA_VERSION,
        "time": {"from": "now-3h", "to": "now"},
        "timezone": "",
        "links": [LINKS],
        "templating": {"list": list(_variables(dashboard))},
        "panels": list(_panels(dashboard)),
    }


def _variables(dashboard: Dashboard) -> Iterator[dict[str, Any]]:
    yield {"name": "datasource", "label": "Source", "type": "datasource", "query": "prometheus"}
    if "$instance" in dashboard.at:
        query = f"label_values(up{{{dashboard.at.partition(',')[0]}}}, instance)"
        yield {
            "name": "instance", "label": "Replica", "type": "query", "datasource": SOURCE, "query": query,
            "refresh": 2, "includeAll": True, "multi": True, "allValue": ".*",
            "current": {"text": "All", "value": "$__all"},
        }  # fmt: skip


def _panels(dashboard: Dashboard) -> Iterator[dict[str, Any]]:
    """Rows of panels, as many beside each other as fit."""
    number, top = 0, 0
    for row in dashboard.rows:
        number += 1
        heading = {"type": "row", "title": row.title, "collapsed": False, "panels": []}
        yield {"id": number, "gridPos": _at(0, top, COLUMNS, 1), **heading}
        top += 1
        figures = all(panel.kind == "stat" for panel in row.panels)
        beside, height = (6, FIGURE_HEIGHT) if figures else (3, HEIGHT)
        width = COLUMNS // beside
        for place, panel in enumerate(row.panels):
            number += 1
            position = _at(place % beside * width, top + place // beside * height, width, height)
            yield {"id": number, "gridPos": position, **_panel(dashboard, panel)}
        top += -(-len(row.panels) // beside) * height


def _panel(dashboard: Dashboard, panel: Panel) -> dict[str, Any]:
    targets = [_target(expression(dashboard, ask), ask.legend, place) for place, ask in enumerate(panel.asks)]
    defaults: dict[str, Any] = {"unit": panel.unit, "min": 0}
    if panel.kind == "timeseries":
        defaults["custom"] = {"fillOpacity": 8, "lineWidth": 1, "showPoints": "never", "spanNulls": False}
        options: dict[str, Any] = {
            "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True},
            "tooltip": {"mode": "multi", "sort": "desc"},
        }
    else:
        options = {"reduceOptions": {"calcs": ["lastNotNull"]}, "colorMode": "none", "graphMode": "area"}
    if panel.quiet:
        defaults["noValue"] = "0"
    return {
        "type": panel.kind,
        "title": panel.title,
        "description": panel.meaning,
        "datasource": SOURCE,
        "targets": targets,
        "fieldConfig": {"defaults": defaults, "overrides": []},
        "options": options,
    }


def _target(expr: str, legend: str, place: int) -> dict[str, Any]:
    return {
        "refId": chr(ord("A") + place),
        "datasource": SOURCE,
        "expr": expr,
        "legendFormat": legend or "__auto",
    }


def _at(x: int, y: int, width: int, height: int) -> dict[str, int]:
    return {"x": x, "y": y, "w": width, "h": height}

"""The files Prometheus reads, and those promtool tests, from the tables."""

from collections.abc import Iterable, Mapping
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from deploy.prometheus.alerts import ALERTS, GROUPS
from deploy.prometheus.recordings import RECORDINGS
from deploy.prometheus.rule import PROCESSES, Alert

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
HEAD = "# Written by `python -m deploy.prometheus`; a test fails when it is stale.\n\n"
RULES = ("recording.rules.yaml", "alerts.rules.yaml")
EVERY = "15s"
RUNBOOKS = "docs/runbooks.md"
ADDRESSES = {process: f"{process.removesuffix('_svc')}:8080" for process in PROCESSES}
"""Where each answers within the containers' network."""


def files() -> dict[Path, str]:
    """Every file as it should be."""
    containers = {process: [address] for process, address in ADDRESSES.items()}
    written = {
        "recording.rules.yaml": _recording(),
        "alerts.rules.yaml": _alerting(),
        "tests.yaml": _tests(),
        "prometheus.yml": config(containers, RULES),
        "prometheus.tls.yml": config(containers, RULES, ca_file="/etc/belfry/secrets/ca.crt"),
    }
    return {HERE / name: HEAD + _yaml(content) for name, content in written.items()}


def config(
    targets: Mapping[str, Iterable[str]], rule_files: Iterable[str], ca_file: str | None = None
) -> dict[str, Any]:
    """A configuration that asks these addresses, one job a process; by HTTPS when an authority is given. JSON is YAML:
    it may be written as either."""
    return {
        "global": {"scrape_interval": EVERY, "evaluation_interval": EVERY},
        "rule_files": list(rule_files),
        "scrape_configs": [
            {"job_name": job, **_by_tls(ca_file), "static_configs": [{"targets": list(addresses)}]}
            for job, addresses in targets.items()
        ],
    }


def _by_tls(ca_file: str | None) -> dict[str, Any]:
    return {"scheme": "https", "tls_config": {"ca_file": ca_file}} if ca_file else {}


def _recording() -> dict[str, Any]:
    rules = [{"record": rule.name, "expr": rule.expr} for rule in RECORDINGS]
    return {"groups": [{"name": "belfry-recording", "rules": rules}]}


def _alerting() -> dict[str, Any]:
    return {"groups": [{"name": name, "rules": [_alert(alert) for alert in alerts]} for name, alerts in GROUPS.items()]}


def _alert(alert: Alert) -> dict[str, Any]:
    return {
        "alert": alert.name,
        "expr": alert.expr,
        "for": alert.lasts,
        "labels": {"severity": alert.severity},
        "annotations": {"summary": alert.summary, "runbook": f"{RUNBOOKS}#{alert.name.lower()}"},
    }


def _tests() -> dict[str, Any]:
    """Each alert fires over what it is meant for, and is silent over what looks alike."""
    cases = [case for alert in ALERTS for case in (_case(alert, fires=True), _case(alert, fires=False))]
    return {"rule_files": list(RULES), "evaluation_interval": "5m", "tests": [case for case in cases if case]}


def _case(alert: Alert, *, fires: bool) -> dict[str, Any] | None:
    series = alert.fires if fires else alert.quiet
    if not series:
        return None
    expr = f'count(ALERTS{{alertname="{alert.name}",alertstate="firing"}}) > bool 0 or vector(0)'
    question = {"expr": expr, "eval_time": alert.at, "exp_samples": [{"labels": "{}", "value": int(fires)}]}
    return {
        "name": f"{alert.name} {'fires' if fires else 'is silent'}",
        "interval": "1m",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "promql_expr_test": [question],
    }


def _yaml(content: dict[str, Any]) -> str:
    yaml = YAML()
    yaml.width = 10_000
    yaml.indent(mapping=2, sequence=4, offset=2)
    text = StringIO()
    yaml.dump(content, text)
    return text.getvalue()

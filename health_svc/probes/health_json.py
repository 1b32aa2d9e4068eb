"""The health+json body (draft-inadarei-api-health-check): its status and its components. Pure."""

from typing import Any

import msgspec

from health_svc.probes.evidence import Verdict, worst
from health_svc.probes.words import short
from shared.contracts.checks import CheckKind
from shared.contracts.health.runs import ComponentOutcome
from shared.contracts.health.services import Result

MEDIA_TYPE = "application/health+json"
MAX_CHILDREN = 50
_RESULTS: dict[str, Result] = {
    "pass": "pass", "ok": "pass", "up": "pass", "warn": "warn", "warning": "warn", "degraded": "warn",
    "fail": "fail", "error": "fail", "down": "fail", "out_of_service": "fail",
}  # fmt: skip


class Report(msgspec.Struct, frozen=True):
    """What a body says of its service and of each of its components; `said` is none when nobody can tell."""

    verdict: Verdict
    said: Result | None = None
    children: list[ComponentOutcome] = []


def report_of(media_type: str, document: Any, kind: CheckKind) -> Report | None:
    """Reads a decoded body; none when it makes no health statement."""
    if not media_type.endswith("+json") or not isinstance(document, dict):
        return None
    result = result_of(document.get("status"))
    if result is None:
        unclear = Verdict("fail", "The health+json body has no known status")
        return Report(unclear) if media_type == MEDIA_TYPE else None
    children = _children(document, kind)
    said = f"Reports {str(document['status']).lower()}{_about(document, children)}"
    if result == "pass" and any(child.result != "pass" for child in children):
        return Report(Verdict("warn", f"Reports pass, but{_about({}, children).removeprefix(':')}"), result, children)
    return Report(Verdict(result, "" if result == "pass" else said), result, children)


def result_of(status: Any) -> Result | None:
    return _RESULTS.get(status.lower()) if isinstance(status, str) else None


def contradiction(said: Result | None, http_status: int) -> Verdict | None:
    """A body and a status code that disagree: the worse counts."""
    code_fails = http_status >= 400
    if said is None or code_fails == (said == "fail"):
        return None
    return Verdict("fail", f"The body says {said} with HTTP {http_status}: contract violation")


def _about(document: dict[str, Any], children: list[ComponentOutcome]) -> str:
    failing = [f"{child.component} {child.result}" for child in children if child.result != "pass"]
    words = ", ".join(failing[:3]) + (f" and {len(failing) - 3} more" if len(failing) > 3 else "")
    words = words or short(str(document.get("output") or ""), 80)
    return f": {words}" if words else ""


def _children(document: dict[str, Any], kind: CheckKind) -> list[ComponentOutcome]:
    entries = document.get("checks") or document.get("components")
    if not isinstance(entries, dict):
        return []
    children = [_child(str(name), entry, kind) for name, entry in list(entries.items())[:MAX_CHILDREN]]
    return [child for child in children if child]


def _child(name: str, entry: Any, kind: CheckKind) -> ComponentOutcome | None:
    """A component's measurements, taken together: the worst of them speaks."""
    measures = [one for one in (entry if isinstance(entry, list) else [entry]) if isinstance(one, dict)]
    known = [(result, one) for one in measures if (result := result_of(one.get("status")))]
    if not known:
        return None
    verdict = worst([Verdict(result, short(str(one.get("output") or ""), 120)) for result, one in known])
    durations_ms = [ms for _, one in known if (ms := _duration_ms(one)) is not None]
    slowest_ms = max(durations_ms, default=0.0)
    return ComponentOutcome(
        component=name[:100], kind=kind, result=verdict.result, reason=verdict.reason, duration_ms=slowest_ms
    )


def _duration_ms(measure: dict[str, Any]) -> float | None:
    value = measure.get("observedValue")
    scale = {"ms": 1.0, "s": 1000.0, "us": 0.001}.get(str(measure.get("observedUnit")))
    return value * scale if scale and isinstance(value, int | float) and not isinstance(value, bool) else None

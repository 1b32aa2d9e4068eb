"""How alerts are said: values with their units, durations, series, and why something changed."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from alert_svc.catalogue import levels_of
from alert_svc.state import Change
from shared.contracts.alerts.rules import AlertRuleSpec, Operator

MINUTE, HOUR, DAY = 60, 3600, 86_400
UNITS = ((DAY, "d"), (HOUR, "h"), (MINUTE, "min"), (1, "s"))
BEYOND: dict[Operator, str] = {
    ">": "over", ">=": "at least", "<": "under", "<=": "at most", "==": "equal to", "!=": "other than",
}  # fmt: skip


def shown(value: float | None, unit: str, metric: str = "") -> str:
    """`268 ms`, `3.12 s`, `6.31 %`, `1,204/s`, `down`."""
    if value is None or value != value:
        return "no data"
    if word := next((word for word, level in levels_of(metric).items() if level == value), None):
        return word
    if unit == "ms":
        return _milliseconds(value)
    if unit == "s":
        return duration(value) if value >= MINUTE else f"{value:.3g} s"
    if unit == "bytes":
        return _bytes(value)
    number = _number(value)
    return number + unit if unit.startswith("/") else f"{number} {unit}".rstrip()


def _number(value: float) -> str:
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.2f}".rstrip("0").rstrip(".") if abs(value) >= 0.1 or value == 0 else f"{value:.3g}"


def _milliseconds(value: float) -> str:
    if abs(value) >= 1000:
        return f"{value / 1000:.2f} s"
    return f"{value:.1f} ms".replace(".0 ms", " ms") if abs(value) < 10 else f"{value:.0f} ms"


def _bytes(value: float) -> str:
    for size, unit in ((1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "KB")):
        if abs(value) >= size:
            return f"{value / size:.1f} {unit}"
    return f"{value:.0f} B"


def duration(seconds: float) -> str:
    """Two units at most: `6 min 12 s`, `90 s`, `2 h 14 min`."""
    if seconds < 120 and (seconds % MINUTE or not seconds):
        return f"{seconds:.3g} s"
    left = round(seconds)
    parts: list[str] = []
    for size, unit in UNITS:
        if left >= size or (size == 1 and not parts):
            parts.append(f"{left // size} {unit}")
            left %= size
        elif parts:
            break
        if len(parts) == 2 or not left:
            break
    return " ".join(parts)


def slug(name: str) -> str:
    """An id from a name: `checkout-p99-over-500-ms`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:50] or "rule"


def clock(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%H:%M:%S} UTC"


def title_of(labels: Mapping[str, str], fallback: str = "") -> str:
    """What a series is called: `POST /api/checkout`, `ledger-db`, `mail queue=exports`."""
    if "path" in labels:
        return f"{labels.get('method', '')} {labels['path']}".strip()
    rest = [f"{name}={value}" for name, value in sorted(labels.items()) if name != "service"]
    return " ".join([*([labels["service"]] if "service" in labels else []), *rest]) or fallback


def object_of(group: Mapping[str, str], members: Iterable[Mapping[str, str]], fallback: str) -> str:
    """What an incident is about: its only series, or what its series have in common."""
    found = list(members)
    if len(found) == 1:
        return title_of(found[0], fallback)
    return f"{title_of({name: value for name, value in group.items() if value}, fallback)}, {len(found)} series"


def condition(spec: AlertRuleSpec, unit: str) -> str:
    """`over 500 ms for 5 min`."""
    held = f" for {duration(spec.duration)}" if spec.duration else ""
    return f"{BEYOND[spec.operator]} {shown(spec.threshold, unit, spec.metric)}{held}"


def reason_of(spec: AlertRuleSpec, change: Change, value: float, unit: str) -> str:
    """Why an alert changed, in a sentence without a full stop."""
    if change.cause == "no_data":
        return f"No data since {clock(change.at)}"
    if change.cause == "missing_series":
        return "Its values have stopped, while others go on"
    now = shown(value, unit, spec.metric)
    if levels_of(spec.metric):
        held = f" for {duration(spec.duration)}" if change.kind == "fired" and spec.duration else ""
        return f"{now[:1].upper()}{now[1:]}{held}"
    match change.kind:
        case "pending":
            return f"{now}, {BEYOND[spec.operator]} {shown(spec.threshold, unit)}"
        case "fired":
            return f"{now}, {condition(spec, unit)}"
        case "raised":
            return f"{now}, {BEYOND[spec.operator]} {shown(spec.critical_threshold, unit)}"
        case "fired_again":
            return f"{now}, {BEYOND[spec.operator]} {shown(_recovery(spec), unit)} again"
        case "data":
            return f"Data again: {now}"
        case "forgotten":
            return "Resolved a while ago"
    line = _recovery(spec) if change.from_state in ("firing", "recovering") else spec.threshold
    return f"{now}, not {BEYOND[spec.operator]} {shown(line, unit)}"


def _recovery(spec: AlertRuleSpec) -> float:
    return spec.threshold if spec.recovery_threshold is None else spec.recovery_threshold

"""What the rule on checkout would have done over the last day."""

import math
from datetime import timedelta

from shared.contracts.alerts.preview import (
    PreviewFiring,
    PreviewMessage,
    PreviewSeries,
    PreviewSpan,
    PreviewSuggestion,
    RulePreview,
)
from tests.contracts.shop.alerts.rules import CHECKOUT_LABELS, TITLE
from tests.contracts.shop.clock import NOW, today

MINUTES = 1440
FROM = NOW.replace(second=0) - timedelta(minutes=MINUTES)
PEAKS = {281: (32, 662.0), 787: (22, 594.0), 1436: (4, 655.0)}


def _value(minute: int) -> float | None:
    if 600 <= minute < 630:
        return None
    for start, (length, peak) in PEAKS.items():
        if start - 5 <= minute < start + length:
            return peak
    return round(180 + 90 * math.sin(minute / 229) + minute % 7, 1)


def _firing(clock: str, days: int, minutes: int, peak: float, live: str, incident: str | None) -> PreviewFiring:
    start = today(clock) - timedelta(days=days)
    return PreviewFiring(
        title=TITLE,
        labels=CHECKOUT_LABELS,
        from_at=start,
        to_at=None if live == "firing_now" else start + timedelta(minutes=minutes),
        seconds=minutes * 60,
        peak=peak,
        live=live,  # type: ignore[arg-type]
        incident_id=incident,
    )


FIRINGS = [
    _firing("14:04:00", 0, 4, 655.0, "firing_now", "2042"),
    _firing("03:15:00", 0, 22, 594.0, "also_fired", "2035"),
    _firing("18:49:00", 1, 32, 662.0, "did_not_fire", None),
]
PENDING = [
    PreviewSpan(
        title=TITLE, labels=CHECKOUT_LABELS, state="pending", from_at=each.from_at - timedelta(minutes=5),
        to_at=each.from_at,
    )
    for each in FIRINGS
]  # fmt: skip

PREVIEW = RulePreview(
    metric="latency.p99",
    unit="ms",
    from_at=FROM,
    to_at=NOW,
    step_seconds=60,
    threshold=500.0,
    critical_threshold=None,
    recovery_threshold=400.0,
    matched_series=1,
    series=[
        PreviewSeries(title=TITLE, labels=CHECKOUT_LABELS, values=[_value(minute) for minute in range(MINUTES)])
    ],
    spans=[
        *PENDING,
        *(
            PreviewSpan(
                title=TITLE, labels=CHECKOUT_LABELS, state="firing", from_at=each.from_at, to_at=each.to_at
            )
            for each in FIRINGS
        ),
    ],
    firings=FIRINGS,
    insufficient=[
        PreviewSpan(
            title=TITLE, labels=CHECKOUT_LABELS, state="no_data", from_at=FROM + timedelta(minutes=600),
            to_at=FROM + timedelta(minutes=630),
        )
    ],
    fired=3,
    firing_seconds=58 * 60,
    longest_seconds=32 * 60,
    messages=8,
    suggestion=PreviewSuggestion(threshold=620.0, fired=2),
    said=[
        PreviewMessage(
            channel="ops",
            name="#ops",
            kind="slack",
            title="Firing (critical): Checkout p99 over 500 ms: POST /api/checkout",
            text="655 ms, over 500 ms for 5 min.\nSeverity: critical\nOpen in Belfry: https://belfry.shop.example/admin/incidents",
            sent='{\n  "text": "Firing (critical): Checkout p99 over 500 ms: POST /api/checkout"\n}',
        ),
        PreviewMessage(
            channel="sms-oncall",
            name="sms-oncall",
            kind="sms",
            title="",
            text="Firing (critical): Checkout p99 over 500 ms: POST /api/checkout. 655 ms, over 500 ms for 5 min.",
            sent="To: +4915112345678\nBody: Firing (critical): Checkout p99 over 500 ms: POST /api/checkout.",
        ),
    ],
    warnings=[],
)  # fmt: skip

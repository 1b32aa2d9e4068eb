"""Times, spans and percentages as people read them."""

from datetime import UTC, datetime, timedelta
from html import escape

UNITS = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))


def span_words(span: timedelta) -> str:
    """At most two units: `6 min 12 s`, `2 h`."""
    seconds = max(0, int(span.total_seconds()))
    parts = []
    for unit, size in UNITS:
        amount, seconds = divmod(seconds, size)
        if amount:
            parts.append(f"{amount} {unit}")
        elif parts:
            break
    return " ".join(parts[:2]) or "0 s"


def age_words(span: timedelta) -> str:
    """One unit, as an age needs no more: `6 min ago`."""
    return f"{span_words(span).split(' ')[0]} {span_words(span).split(' ')[1]} ago"


def time_words(at: datetime, now: datetime) -> str:
    """`14:02 UTC` today, `12 Nov, 03:18 UTC` this year, else with the year."""
    at, clock = at.astimezone(UTC), f"{at.astimezone(UTC):%H:%M} UTC"
    if at.date() == now.astimezone(UTC).date():
        return clock
    day = f"{at.day} {at:%b}" if at.year == now.year else f"{at.day} {at:%b %Y}"
    return f"{day}, {clock}"


def time_tag(at: datetime, now: datetime) -> str:
    """The time as HTML, exact for machines."""
    exact = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return f'<time datetime="{exact}">{escape(time_words(at, now))}</time>'


def percent_words(pct: float | None) -> str:
    """Two digits, as floored by who measured it; whole only when exact."""
    if pct is None:
        return "no data"
    return "100 %" if pct == 100 else f"{pct:.2f} %"

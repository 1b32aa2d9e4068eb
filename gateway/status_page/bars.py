"""Ninety days in a few hundred bytes: one dashed line for each run of days in the same state."""

from datetime import date
from html import escape
from itertools import groupby

from gateway.status_page.words import percent_words
from shared.contracts.health.history import DayState, UptimeDay
from shared.contracts.health.status_page import PublicService

DAYS, DAY_WIDTH, HEIGHT = 90, 4, 28
HEIGHTS: dict[DayState, int] = {"healthy": 12, "degraded": 20, "down": 28, "maintenance": 6, "no_data": 12}
"""The height carries the severity, so that the bars can be read in grey."""
LETTERS: dict[DayState, str] = {"healthy": "h", "degraded": "g", "down": "d", "maintenance": "m", "no_data": "n"}
NAMED_AT_MOST = 4


def bars(service: PublicService) -> str:
    """The last ninety days as SVG; days from before the service was watched are without data."""
    days = service.days[-DAYS:]
    unwatched: list[DayState] = ["no_data"] * (DAYS - len(days))
    states = unwatched + [day.worst for day in days]
    lines, start = [], 0
    for state, run in groupby(states):
        length = len(list(run)) * DAY_WIDTH
        lines.append(f'<path class="{LETTERS[state]}" d="M{start} {HEIGHT - HEIGHTS[state] / 2:g}h{length}"/>')
        start += length
    return (
        f'<svg class="bars" viewBox="0 0 {DAYS * DAY_WIDTH} {HEIGHT}" preserveAspectRatio="none" role="img" '
        f'aria-label="{escape(sentence(service.name, service.uptime_pct, days))}">{"".join(lines)}</svg>'
    )


def sentence(name: str, uptime_pct: float | None, days: list[UptimeDay]) -> str:
    """What the bars show, in words: `Shop, 90 days: 99.96 % uptime. Outages on 12 Nov, 23 Nov`."""
    bad = [day.date for day in days if day.worst == "down"]
    uptime = "no data" if uptime_pct is None else f"{percent_words(uptime_pct)} uptime"
    return f"{name}, {len(days)} days: {uptime}. {_outages(bad)}"


def _outages(dates: list[str]) -> str:
    if not dates:
        return "No outage"
    named = ", ".join(f"{day.day} {day:%b}" for day in map(date.fromisoformat, dates[-NAMED_AT_MOST:]))
    more = len(dates) - NAMED_AT_MOST
    return f"Outages on {named}" + (f" and {more} more days" if more > 0 else "")

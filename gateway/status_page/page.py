"""The page itself: one HTML document without a script, light or dark as the system is."""

from datetime import timedelta
from html import escape
from itertools import groupby
from pathlib import Path

from gateway.status_page.bars import bars
from gateway.status_page.shapes import SYMBOLS, WORDS, shape
from gateway.status_page.view import View
from gateway.status_page.words import age_words, percent_words, span_words, time_tag
from shared.contracts.health.status_page import PublicIncident, PublicMaintenance, PublicService

STYLE = Path(__file__).with_name("style.css").read_text(encoding="utf-8")
LINKS = '<nav aria-label="Formats"><a href="/status.rss">RSS</a><a href="/status.json">JSON</a></nav>'


def page(view: View) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(view.headline)}</title><style>{STYLE}</style>"
        '<link rel="alternate" type="application/rss+xml" title="Status" href="/status.rss"></head><body>'
        f'<svg width="0" height="0" aria-hidden="true" class="off">{SYMBOLS}</svg><header>{LINKS}</header><main>'
        f'<h1 class="verdict t-{view.status}">{shape(view.status, 28)}{escape(view.headline)}</h1>{_updated(view)}'
        f"{_open(view)}{_running(view)}{_groups(view)}{_planned(view)}{_history(view)}</main></body></html>\n"
    )


def _updated(view: View) -> str:
    """When the data is from; amber when it is too old to be believed."""
    if view.updated_at is None:
        return '<p class="stale">Nothing was checked yet</p>'
    age = view.now - view.updated_at
    words = f"Last updated {age_words(max(age, timedelta()))}, at {time_tag(view.updated_at, view.now)}"
    return f'<p class="stale">{words}. Checks have stopped</p>' if view.stale_for else f'<p class="quiet">{words}</p>'


def _open(view: View) -> str:
    lines = "".join(_incident(incident, view) for incident in view.open_incidents)
    return f'<section class="card"><h2>Now</h2><ul>{lines}</ul></section>' if lines else ""


def _running(view: View) -> str:
    return _windows("Maintenance now", [each for each in view.maintenance if each.active], view)


def _planned(view: View) -> str:
    return _windows("Planned maintenance", [each for each in view.maintenance if not each.active], view)


def _windows(title: str, windows: list[PublicMaintenance], view: View) -> str:
    lines = "".join(_window(window, view) for window in windows)
    return f'<section class="card"><h2>{title}</h2><ul>{lines}</ul></section>' if lines else ""


def _window(window: PublicMaintenance, view: View) -> str:
    note = f"<p>{escape(window.note)}</p>" if window.note else ""
    when = f"{time_tag(window.starts_at, view.now)} to {time_tag(window.ends_at, view.now)}"
    words = f'<b>{escape(window.title)}</b> <span class="quiet">{when}</span>{note}'
    return f"<li>{shape('maintenance')}<div>{words}</div></li>"


def _incident(incident: PublicIncident, view: View) -> str:
    status = incident.status
    when = f"since {time_tag(incident.started_at, view.now)}, {span_words(view.now - incident.started_at)}"
    if incident.ended_at is not None:
        when = f"{time_tag(incident.started_at, view.now)}, {span_words(incident.ended_at - incident.started_at)}"
    name = f'<b>{escape(incident.service_name)}</b> <span class="t-{status}">{WORDS[status].lower()}</span>'
    return f'<li>{shape(status)}<div>{name} <span class="quiet">{when}</span></div></li>'


def _groups(view: View) -> str:
    return "".join(
        f'<section class="card"><h2>{escape(group)}</h2>{"".join(_service(each) for each in members)}</section>'
        for group, members in groupby(sorted(view.services, key=lambda each: each.group), key=lambda each: each.group)
    )


def _service(service: PublicService) -> str:
    return (
        f"<article><h3>{shape(service.status)}{escape(service.name)}</h3>"
        f'<span class="t-{service.status}">{WORDS[service.status]}</span>'
        f'<div class="window">{bars(service)}</div><p class="axis"><span class="wide">90 days ago</span>'
        f'<span class="narrow">30 days ago</span><b>{_uptime(service.uptime_pct)}</b><span>Today</span></p></article>'
    )


def _history(view: View) -> str:
    """Past incidents, newest first, by month."""
    past = sorted(view.past_incidents, key=lambda each: each.started_at, reverse=True)
    months = "".join(
        f"<h3>{month}</h3><ul>{''.join(_incident(each, view) for each in incidents)}</ul>"
        for month, incidents in groupby(past, key=lambda each: f"{each.started_at:%B %Y}")
    )
    return f'<section class="card"><h2>History</h2>{months or "<p>No incident</p>"}</section>'


def _uptime(pct: float | None) -> str:
    return "No data" if pct is None else f"{percent_words(pct)} uptime"

"""Incidents and maintenance as RSS 2.0."""

from datetime import datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape

from gateway.status_page.shapes import WORDS
from gateway.status_page.view import View
from gateway.status_page.words import span_words
from shared.contracts.health.status_page import PublicIncident, PublicMaintenance


def feed(view: View, url: str) -> str:
    """Newest first. An item keeps its guid, so that a reader shows an incident once."""
    dated = [_incident(each) for each in (*view.open_incidents, *view.past_incidents)]
    dated += [_maintenance(each) for each in view.maintenance]
    items = "".join(item for _, item in sorted(dated, key=lambda pair: pair[0], reverse=True))
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel>'
        f"<title>Status</title><link>{escape(url)}/status</link><description>{escape(view.headline)}</description>"
        f"<lastBuildDate>{format_datetime(view.updated_at or view.now)}</lastBuildDate>{items}</channel></rss>\n"
    )


def _incident(incident: PublicIncident) -> tuple[datetime, str]:
    end = (
        f"It lasted {span_words(incident.ended_at - incident.started_at)}."
        if incident.ended_at
        else "It is not over yet."
    )
    title = f"{incident.service_name}: {WORDS[incident.status].lower()}"
    return incident.started_at, _item(
        title, end, incident.started_at, f"{incident.service_name} {incident.started_at.isoformat()}"
    )


def _maintenance(window: PublicMaintenance) -> tuple[datetime, str]:
    words = f"{span_words(window.ends_at - window.starts_at)} from {window.starts_at:%Y-%m-%d %H:%M} UTC. {window.note}"
    guid = f"{window.title} {window.starts_at.isoformat()}"
    return window.starts_at, _item(f"Maintenance: {window.title}", words, window.starts_at, guid)


def _item(title: str, words: str, at: datetime, guid: str) -> str:
    return (
        f"<item><title>{escape(title)}</title><description>{escape(words)}</description>"
        f'<guid isPermaLink="false">{escape(guid)}</guid>'
        f"<pubDate>{format_datetime(at)}</pubDate></item>"
    )

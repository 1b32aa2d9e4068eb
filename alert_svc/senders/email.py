"""email: what a mail says, in text and HTML, threaded by incident. Pure; `smtp.py` carries it."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from html import escape

from alert_svc.senders.facts import as_text, colour, facts, headline
from alert_svc.senders.outgoing import Outgoing
from alert_svc.senders.plain import cut
from shared.contracts.alerts.channels import EmailChannel

SUBJECT = 180
TEXT_POLICY = SMTP.clone(max_line_length=78)


def form(channel: EmailChannel, outgoing: Outgoing) -> EmailMessage:
    """Its Message-ID is made from the delivery's id: what is sent twice is one mail to those who look. What follows
    the first mail of an incident refers to it."""
    message = outgoing.message
    mail = EmailMessage(policy=TEXT_POLICY)
    mail["From"] = Address("Belfry", addr_spec=channel.from_address)
    mail["To"] = ", ".join(channel.to)
    mail["Subject"] = cut(headline(message), SUBJECT)
    mail["Date"] = outgoing.at
    mail["Message-ID"] = message_id(channel, outgoing)
    if outgoing.thread:
        mail["In-Reply-To"] = outgoing.thread
        mail["References"] = outgoing.thread
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    if message.severity == "critical" and message.reason not in ("resolved", "acknowledged", "test"):
        mail["Importance"] = "high"
    mail.set_content(as_text(message, outgoing.link))
    mail.add_alternative(as_html(outgoing), subtype="html")
    return mail


def message_id(channel: EmailChannel, outgoing: Outgoing) -> str:
    return f"<{outgoing.id}@{channel.from_address.rpartition('@')[2]}>"


def as_html(outgoing: Outgoing) -> str:
    message = outgoing.message
    rows = "".join(
        f'<tr><td style="padding:2px 12px 2px 0;color:#6b7280">{escape(name)}</td><td>{escape(value)}</td></tr>'
        for name, value in facts(message)
    )
    described = f"<p>{_lines(message.description)}</p>" if message.description else ""
    link = f'<p><a href="{escape(outgoing.link)}">Open in Belfry</a></p>' if outgoing.link else ""
    return (
        '<!doctype html><html><body style="font-family:sans-serif;font-size:14px;color:#1f2937">'
        f'<h2 style="font-size:18px;border-left:4px solid #{colour(message):06x};padding-left:10px">'
        f"{escape(headline(message))}</h2><p>{_lines(message.text)}</p>{described}"
        f'<table style="border-collapse:collapse">{rows}</table>{link}</body></html>'
    )


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>")

"""A badge for a README or a wiki: name and status, as SVG that says the same to a screen reader."""

from html import escape

from gateway.status_page.shapes import WORDS
from gateway.status_page.view import Shown

FILLS: dict[Shown, str] = {
    "healthy": "#07674F",
    "degraded": "#7C4D00",
    "down": "#A51F1C",
    "unknown": "#4C5563",
    "maintenance": "#1D5A99",
}
LETTER_WIDTH, PADDING, HEIGHT = 6.6, 9, 20
LONGEST = 40


def badge(name: str, status: Shown) -> str:
    """White on the status' text colour: over 4.5 to 1 for each of the five."""
    label = name if len(name) <= LONGEST else name[: LONGEST - 1] + "…"
    word = WORDS[status].lower()
    left, right = _width(label), _width(word)
    title = escape(f"{name}: {word}")
    size = f'width="{left + right}" height="{HEIGHT}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{title}"><title>{title}</title>'
        f'<clipPath id="c"><rect {size} rx="4"/></clipPath>'
        f'<g clip-path="url(#c)"><path fill="#333B47" d="M0 0h{left}v{HEIGHT}H0z"/>'
        f'<path fill="{FILLS[status]}" d="M{left} 0h{right}v{HEIGHT}H{left}z"/></g>'
        f'<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">'
        f'<text x="{left / 2:g}" y="14" textLength="{left - 2 * PADDING}">{escape(label)}</text>'
        f'<text x="{left + right / 2:g}" y="14" textLength="{right - 2 * PADDING}">{word}</text></g></svg>'
    )


def _width(text: str) -> int:
    return round(len(text) * LETTER_WIDTH) + 2 * PADDING

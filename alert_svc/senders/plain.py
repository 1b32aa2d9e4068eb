"""Text of others, made harmless: names of series and labels may be anything that someone once sent. Pure."""

import re
from typing import Any

from msgspec.structs import replace

from shared.contracts.alerts.deliveries import AlertMessage

# Control characters; marks that turn the direction of text; what ends a line in some reader or another.
_HOSTILE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
_BLANKS = re.compile(r"\s+")

LONGEST = {"title": 300, "text": 4000, "object": 300, "rule_name": 200, "actor": 200, "likely_cause": 500}
MOST_LABELS, LONGEST_LABEL = 50, 300
MOST_SUPPRESSED = 100


def plain(text: str) -> str:
    """Without anything but characters that are seen, blanks and ends of lines."""
    return _HOSTILE.sub("", text)


def one_line(text: str) -> str:
    return _BLANKS.sub(" ", plain(text.replace("\r", "\n"))).strip()


def cut(text: str, length: int) -> str:
    """At most so many characters, with a mark where something is missing."""
    return text if len(text) <= length else text[: max(0, length - 1)].rstrip() + "…"


def cleaned(message: AlertMessage) -> AlertMessage:
    """The same message, in which no text can do harm and none is huge."""
    changed: dict[str, Any] = {field: cut(one_line(getattr(message, field)), most) for field, most in LONGEST.items()}
    changed["text"] = cut(plain(message.text).strip(), LONGEST["text"])
    changed["description"] = cut(plain(message.description).strip(), 2000)
    labels = list(message.labels.items())[:MOST_LABELS]
    changed["labels"] = {cut(one_line(k), LONGEST_LABEL): cut(one_line(v), LONGEST_LABEL) for k, v in labels}
    changed["suppressed"] = [cut(one_line(each), LONGEST_LABEL) for each in message.suppressed[:MOST_SUPPRESSED]]
    return replace(message, **changed)

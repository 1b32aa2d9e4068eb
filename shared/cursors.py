"""Cursors of paged lists: where the last page ended, opaque to clients."""

import base64
import binascii
from datetime import datetime

from shared.problems import invalid_field


def encode_cursor(at: datetime, item_id: str) -> str:
    return base64.urlsafe_b64encode(f"{at.isoformat()} {item_id}".encode()).decode().rstrip("=")


def decode_cursor(cursor: str | None) -> tuple[datetime, str] | None:
    """The time and id a cursor stands for. Raises 422 when it is none of ours."""
    if cursor is None:
        return None
    try:
        at, item_id = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii").split(" ")
        moment = datetime.fromisoformat(at)
    except (ValueError, binascii.Error):
        raise invalid_field("cursor", "is not a cursor of this list; leave it out to start anew") from None
    if moment.tzinfo is None:
        raise invalid_field("cursor", "is not a cursor of this list; leave it out to start anew")
    return moment, item_id

"""What becomes of messages for a client that does not keep up: a decision by the class of each."""

from collections.abc import Iterable

from gateway.live.client import Client
from gateway.live.frames import Item


def hold(client: Client, items: Iterable[Item]) -> int:
    """Keeps the newest state of each key, counts what is left out; returns the topics, as a mask, of which events were
    left out: their clients must load anew."""
    broken = 0
    for item in items:
        if item.delivery == "event":
            broken |= item.bit
            client.dropped += 1
        elif item.delivery == "log":
            client.dropped += 1
        else:
            client.conflated += client.held.pop(item.key, None) is not None
            client.held[item.key] = item
    if broken:
        client.held = {key: item for key, item in client.held.items() if not item.bit & broken}
    return broken


def released(client: Client) -> list[Item]:
    """What was held, in the order it came."""
    items, client.held = list(client.held.values()), {}
    return items

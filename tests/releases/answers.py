"""What a release told of a small installation, as one asks for it after an upgrade."""

from typing import Any

import aiohttp
from msgspec import Struct

from tests.fixtures.whole import EVALUATED, VOLATILE, ask, without

AT = "/api/v1/admin"
PATHS = {
    "rules": f"{AT}/alerts/rules",
    "channels": f"{AT}/alerts/channels",
    "policies": f"{AT}/alerts/policies",
    "maintenance": f"{AT}/health/maintenance",
    "revisions": f"{AT}/middleware/pipeline/revisions",
    "users": "/api/v1/auth/users",
    "tokens": "/api/v1/auth/tokens",
}
ASKED_ONLY = (f"{AT}/latency/summary", f"{AT}/websocket/stats", f"{AT}/health/services/bell/history?days=400")
"""Answers about the last hours, which are others each time."""
OF_THE_MOMENT = (
    VOLATILE
    | EVALUATED
    | {
        *("last_used_at", "last_used_ip", "last_sign_in_at", "last_delivery", "next_cursor", "unit", "active"),
        *("running", "running_on", "latest", "occurrence_starts_at", "occurrence_ends_at"),
    }
)


class Told(Struct, frozen=True, kw_only=True):
    """`answers`: by what they are about. `password` is that of the user `ana`, `token` an API token."""

    release: str
    password: str
    token: str
    answers: dict[str, Any]


async def answers(api: aiohttp.ClientSession) -> dict[str, Any]:
    """The board, history, and what people have made, without what is of the moment."""
    for path in ASKED_ONLY:
        await ask(api, "GET", path)
    found = {name: without(await ask(api, "GET", path), OF_THE_MOMENT) for name, path in PATHS.items()}
    board = (await ask(api, "GET", f"{AT}/health/services"))["services"]
    health = (await ask(api, "GET", f"{AT}/health/incidents"))["incidents"]
    alerts = (await ask(api, "GET", f"{AT}/alerts/incidents"))["incidents"]
    edges = (await ask(api, "GET", f"{AT}/health/dependencies"))["edges"]
    ours = [card for card in board if card["id"] in ("bell", "rope")]
    return found | {
        "needs": {each["source"]: each["target"] for each in edges if each["source"] in ("bell", "rope")},
        "board": {card["id"]: _some(card, "name", "group", "status", "source", "public") for card in ours},
        "health incidents": {each["id"]: _some(each, "service_id", "status", "started_at") for each in health},
        "alert incidents": {each["id"]: _some(each, "rule_id", "severity", "started_at") for each in alerts},
    }


def _some(found: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: found[name] for name in names if name in found}


def lost(before: Any, after: Any, place: str = "") -> list[str]:
    """Where something that was told before is missing or different now; what is new is welcome. Entries of lists are
    known by their id."""
    if isinstance(before, dict) and isinstance(after, dict):
        pairs = [(before[name], after.get(name), f"{place}/{name}") for name in before]
        return [line for pair in pairs for line in lost(*pair)]
    if isinstance(before, list) and isinstance(after, list) and all(map(_id, [*before, *after])):
        return lost({_id(each): each for each in before}, {_id(each): each for each in after}, place)
    if isinstance(before, list) and isinstance(after, list):
        return [f"{place}: {each!r} is missing" for each in before if each not in after]
    return [] if before == after else [f"{place}: {before!r} is now {after!r}"]


def _id(entry: Any) -> Any:
    keys = ("id", "name", "revision", "key")
    return next((entry[key] for key in keys if key in entry), None) if isinstance(entry, dict) else None

"""What each user may do on NATS, as the server says it: what it must, and no more."""

from typing import Any

from nats.aio.client import Client
from nats.errors import Error as NatsError

from deploy.doctor.bus import ask, connect
from deploy.doctor.finding import Finding, failed, ok, warning
from deploy.nats.permissions import ADMIN, OBSERVER, WHO_AM_I, permissions_of
from deploy.place import Place

RENDER = "Write the configuration anew (python -m deploy.nats config DIR) and reload NATS"
SIDES = ("publish", "subscribe")


async def examine(place: Place) -> list[Finding]:
    """Only of users whose key we have."""
    users = [user for user in place.seeds if user not in (ADMIN, OBSERVER)]
    if not users:
        return [warning("rights on NATS", "no keys to try them with", "Name their folder: --seeds DIR")]
    return [await _rights(place, user) for user in users]


async def _rights(place: Place, user: str) -> Finding:
    client, check = Client(), f"rights of {user}"
    try:
        await connect(client, place, str(place.seeds[user]), user)
        answer = await ask(client, WHO_AM_I)
    except (OSError, NatsError, TimeoutError, ValueError) as error:
        return failed(check, f"cannot sign in or ask: {str(error) or type(error).__name__}", RENDER)
    finally:
        await client.close()
    found = answer.get("data", {}).get("permissions")
    if not found:
        return warning(check, "may do everything", RENDER)
    return judge(check, user, found)


def judge(check: str, user: str, found: dict[str, Any]) -> Finding:
    """What is missing breaks the service; what is too much lets it pass for another."""
    declared = permissions_of(user)
    missing = [f"{side} {subject}" for side in SIDES for subject in _allowed(declared, side) - _allowed(found, side)]
    more = [f"{side} {subject}" for side in SIDES for subject in _allowed(found, side) - _allowed(declared, side)]
    if missing:
        return failed(check, f"may not {_some(missing)}", RENDER)
    if more:
        return failed(check, f"may also {_some(more)}", RENDER)
    return ok(check, "what it must, and no more")


def _allowed(permissions: dict[str, Any], side: str) -> set[str]:
    return set((permissions.get(side) or {}).get("allow") or ())


def _some(things: list[str]) -> str:
    shown = ", ".join(sorted(things)[:3])
    return f"{shown} and {len(things) - 3} more" if len(things) > 3 else shown

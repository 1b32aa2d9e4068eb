"""What clients may ask: reading a command, and how many of them are too many."""

import msgspec
from msgspec import Struct

from gateway.live.client import Client
from shared.contracts.live import Command
from shared.problems import ProblemError, invalid_field
from shared.validate import decode

BURST_SECONDS = 2.0
MOST_BAD_COMMANDS = 10
MOST_BUSY = 5
KINDS = ("subscribe", "unsubscribe", "refresh")


class _Numbered(Struct):
    """The one field that an answer to a bad command needs."""

    id: int | None = None


def may_send(client: Client, per_second: float, now: float) -> bool:
    """Counts one message of the client; False when it sends more than `per_second`, short bursts aside."""
    most = per_second * BURST_SECONDS
    if not client.allowed_at:
        client.allowance = most
    elapsed, client.allowed_at = now - client.allowed_at, now
    client.allowance = min(most, client.allowance + elapsed * per_second) - 1
    return client.allowance >= 0


def is_pong(message: bytes) -> bool:
    """The answer to a ping: an empty object."""
    return len(message) <= 16 and message.split() in ([b"{}"], [b"{", b"}"])


def read(message: bytes) -> Command:
    """Raises ProblemError: 400 for what is no JSON, 422 for what is no command."""
    command = decode(message, Command)
    given = [kind for kind in KINDS if getattr(command, kind) is not None]
    if command.id is None:
        raise invalid_field("id", "must be given: the answer repeats it")
    if len(given) != 1:
        raise invalid_field(given[1] if given else "subscribe", f"give exactly one of {', '.join(KINDS)}")
    return command


def id_of(message: bytes) -> int | None:
    """The id of a command that is bad otherwise, as far as it can be told."""
    try:
        return msgspec.json.decode(message, type=_Numbered).id
    except (msgspec.MsgspecError, RecursionError):
        return None


def words_of(error: ProblemError) -> str:
    """What is wrong with a command, in one line."""
    faults = [f"{fault.field} {fault.message}" for fault in error.problem.errors]
    return "; ".join(faults) or error.problem.detail or error.problem.title

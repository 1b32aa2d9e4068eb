"""What the last run found, kept for the table of docs/reliability.md."""

from pathlib import Path

import msgspec
from msgspec import Struct

PATH = Path(__file__).resolve().parents[2] / ".chaos" / "results.json"


class Result(Struct, frozen=True, kw_only=True):
    """Of one fault. `recovery_seconds`: from its end until every process is ready and everything flows. The rest is
    counted from before the fault until all has come to rest: `refused` answers said what was lacking, `unreached` are
    those that nobody was there to give."""

    recovery_seconds: float
    events: int
    durations: int
    alerts: int
    answers: int
    refused: int
    unreached: int


def results() -> dict[str, Result]:
    """By the id of the fault."""
    if not PATH.exists():
        return {}
    return msgspec.json.decode(PATH.read_bytes(), type=dict[str, Result])


def keep(fault_id: str, result: Result) -> None:
    PATH.parent.mkdir(exist_ok=True)
    PATH.write_bytes(msgspec.json.format(msgspec.json.encode({**results(), fault_id: result})))

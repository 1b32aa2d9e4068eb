"""What nodes say, at seconds of a clock of the tests' own."""

from datetime import UTC, datetime
from typing import Any

from shared.contracts.ws.events import Connection, WsFailed, WsMeasured

START = 1_795_000_000.0


def moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(START + seconds, UTC)


def measured(node: str, seconds: float, started: float = 0.0, **known: Any) -> WsMeasured:
    """What a node says so many seconds after START; counts of which nothing is known are 0."""
    counted = {name: 0 for name in WsMeasured.__struct_fields__ if name.endswith("_total")}
    given = {"service": "gateway", "active": 0, "max": 100, "lagging": 0, "pending_bytes": 0, **counted, **known}
    return WsMeasured(node=node, at=moment(seconds), started_at=moment(started), **given)


def failed(node: str, code: int, message: str = "", **known: Any) -> WsFailed:
    return WsFailed(node=node, at=moment(0), **{"kind": "protocol", "code": code, "message": message, **known})


def connection(id_: str, node: str = "gw-0", **known: Any) -> Connection:
    given: dict[str, Any] = {
        "service": "gateway",
        "client_ip": "10.0.0.1",
        "user": None,
        "agent": "tests",
        "connected_at": moment(0),
        "subscriptions": [],
    }
    return Connection(id=id_, node=node, **{**given, **known})

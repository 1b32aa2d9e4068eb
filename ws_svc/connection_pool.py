"""The pool of connections: which nodes hold them, how full each node is, and how much goes through them."""

from collections.abc import Iterable
from datetime import UTC, datetime

from msgspec import Struct

from shared.contracts.ws.events import OUTSIDE, Rates, WsMeasured, WsNode, WsStats
from shared.contracts.ws.overview import RateHistory
from ws_svc.rate_history import Seconds
from ws_svc.rates import COUNTERS, SILENT_SECONDS, WINDOWS_SECONDS, ZERO, Counts, Meter, total

GONE_SECONDS = 60.0  # so long a silent node is missed; then it is gone, and so are its connections
FORGOTTEN_SECONDS = 3_600.0
MOST_NODES = 500
MAIN_WINDOW_SECONDS = 10


class Node(Struct):
    """A node as last heard. `heard_at`: the epoch in seconds when the stream took its last word."""

    said: WsMeasured
    heard_at: float
    meter: Meter


class ConnectionPool:
    """What all nodes said. A node goes by its name in subjects: `gw-0`, `outside.shop-1`."""

    def __init__(self) -> None:
        self._nodes: dict[str, Node] = {}
        self._seconds = Seconds()
        self._departed = ZERO  # what was counted by nodes that are forgotten

    def hear(self, name: str, said: WsMeasured, heard_at: float) -> bool:
        """Take a node's word; False when there are too many nodes to take one more."""
        node = self._nodes.get(name)
        if node is None:
            self._forget(heard_at)
            if len(self._nodes) >= MOST_NODES:
                return False
            node = self._nodes[name] = Node(said, heard_at, Meter())
        node.said, node.heard_at = said, heard_at
        stretch = node.meter.add(_moment_of(said, heard_at), said.started_at.timestamp(), _counts_of(said))
        if stretch is not None:
            self._seconds.add(stretch, said.active)
        return True

    def whom_to_ask(self, now: float) -> list[str]:
        """The nodes that may hold connections: all but those that are gone."""
        return sorted(name for name, node in self._nodes.items() if not is_gone(node, now))

    def stats(self, now: float, alert_pct: float) -> WsStats:
        known = [(name, self._nodes[name]) for name in self.whom_to_ask(now)]
        answering = [node for _, node in known if answers(node, now)]
        rates = [_rates(answering, seconds) for seconds in WINDOWS_SECONDS]
        main = rates[WINDOWS_SECONDS.index(MAIN_WINDOW_SECONDS)]
        counted = total([self._departed, *(node.meter.counts for node in self._nodes.values())])
        totals = {f"{name}_total": int(count) for name, count in zip(COUNTERS, counted, strict=True)}
        return WsStats(
            active=_sum(answering, "active"),
            max=_sum(answering, "max"),
            active_pct=_active_pct(answering),
            msg_in_rate=main.msg_in_rate,
            msg_out_rate=main.msg_out_rate,
            error_rate=main.error_rate,
            rates=rates,
            lagging=_sum(answering, "lagging"),
            pending_bytes=_sum(answering, "pending_bytes"),
            **{name: totals[name] for name in totals if name in WsStats.__struct_fields__},
            nodes=[_told(name, node, now) for name, node in known],
            missing_nodes=[node.said.node for _, node in known if not answers(node, now)],
            alert_pct=alert_pct,
            at=datetime.fromtimestamp(now, UTC),
        )

    def history(self, now: float, window_seconds: int) -> RateHistory:
        return self._seconds.history(now, window_seconds)

    def _forget(self, now: float) -> None:
        for name, node in list(self._nodes.items()):
            if now - node.heard_at > FORGOTTEN_SECONDS:
                self._departed = total([self._departed, node.meter.counts])
                del self._nodes[name]


def answers(node: Node, now: float) -> bool:
    return now - node.heard_at <= SILENT_SECONDS and not node.said.stopping


def is_gone(node: Node, now: float) -> bool:
    return now - node.heard_at > GONE_SECONDS or node.said.stopping


def _moment_of(said: WsMeasured, heard_at: float) -> float:
    """When it was so: as the node says, for its word may come late; unless its clock is wrong."""
    at = said.at.timestamp()
    return at if abs(at - heard_at) <= SILENT_SECONDS else heard_at


def _counts_of(said: WsMeasured) -> Counts:
    return tuple(float(getattr(said, f"{name}_total")) for name in COUNTERS)


def _sum(nodes: Iterable[Node], field: str) -> int:
    return sum(getattr(node.said, field) for node in nodes)


def _active_pct(nodes: Iterable[Node]) -> float | None:
    limited = [node for node in nodes if node.said.max]
    return round(100 * _sum(limited, "active") / _sum(limited, "max"), 1) if limited else None


def _rates(nodes: Iterable[Node], window_seconds: int) -> Rates:
    """Of all nodes together; a node that has just come counts from when enough of it is known."""
    known = [rates for node in nodes if (rates := node.meter.per_second(window_seconds)) is not None]
    summed = dict(zip(COUNTERS, total(known), strict=True)) if known else {}
    return Rates(
        window_seconds=window_seconds,
        msg_in_rate=_rounded(summed.get("received")),
        msg_out_rate=_rounded(summed.get("sent")),
        opened_rate=_rounded(summed.get("opened")),
        closed_rate=_rounded(summed.get("closed")),
        error_rate=_rounded(summed.get("failed")),
    )


def _told(name: str, node: Node, now: float) -> WsNode:
    rates, said = _rates([node], MAIN_WINDOW_SECONDS), node.said
    return WsNode(
        node=said.node,
        service=said.service,
        active=said.active,
        max=said.max,
        lagging=said.lagging,
        pending_bytes=said.pending_bytes,
        msg_in_rate=rates.msg_in_rate,
        msg_out_rate=rates.msg_out_rate,
        error_rate=rates.error_rate,
        started_at=said.started_at,
        at=datetime.fromtimestamp(node.heard_at, UTC),
        answers=answers(node, now),
        outside=name.startswith(OUTSIDE),
    )


def _rounded(rate: float | None) -> float | None:
    return None if rate is None else round(rate, 3)

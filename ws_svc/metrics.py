"""What ws_svc knows of the fleet and counts of its own work, on /metrics."""

from prometheus_client import Counter, Gauge

from shared.contracts.ws.events import WsStats

ACTIVE = Gauge("belfry_ws_fleet_connections", "Open connections of all nodes that answer")
MAX = Gauge("belfry_ws_fleet_connections_max", "Connections that these nodes may have")
LAGGING = Gauge("belfry_ws_fleet_connections_lagging", "Connections whose client reads too slowly")
PENDING = Gauge("belfry_ws_fleet_pending_bytes", "Bytes that wait for slow clients")
RECEIVED = Gauge("belfry_ws_fleet_messages_received_per_second", "Messages from clients, over the last 10 s")
SENT = Gauge("belfry_ws_fleet_messages_sent_per_second", "Messages to clients, over the last 10 s")
FAILED = Gauge("belfry_ws_fleet_errors_per_second", "Errors, over the last 10 s")
NODES = Gauge("belfry_ws_fleet_nodes", "Nodes, by whether they answer", ["answers"])

HEARD = Counter("belfry_ws_events_total", "Events of nodes, by kind and what became of them", ["kind", "outcome"])
UNANSWERED = Counter("belfry_ws_node_requests_unanswered_total", "Questions a node did not answer in time", ["action"])


def show(stats: WsStats) -> None:
    ACTIVE.set(stats.active)
    MAX.set(stats.max)
    LAGGING.set(stats.lagging)
    PENDING.set(stats.pending_bytes)
    RECEIVED.set(stats.msg_in_rate or 0)
    SENT.set(stats.msg_out_rate or 0)
    FAILED.set(stats.error_rate or 0)
    NODES.labels("yes").set(len(stats.nodes) - len(stats.missing_nodes))
    NODES.labels("no").set(len(stats.missing_nodes))

"""Every operation of the HTTP interface, as rows of tables: a request that no row allows is refused."""

from gateway.routes.about import ABOUT
from gateway.routes.alerts import ALERTS
from gateway.routes.auth import AUTH
from gateway.routes.health import HEALTH
from gateway.routes.latency import LATENCY
from gateway.routes.route import Route
from gateway.routes.websocket import WEBSOCKET

ROUTES: tuple[Route, ...] = (*AUTH, *HEALTH, *LATENCY, *WEBSOCKET, *ALERTS, *ABOUT)

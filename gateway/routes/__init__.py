"""Every operation of the HTTP interface, as rows of tables: a request that no row allows is refused."""

from gateway.routes.about import ABOUT
from gateway.routes.alerts import ALERTS
from gateway.routes.auth import AUTH
from gateway.routes.health import HEALTH
from gateway.routes.latency import LATENCY
from gateway.routes.pipeline import PIPELINE
from gateway.routes.route import Route
from gateway.routes.websocket import WEBSOCKET

ROUTES: tuple[Route, ...] = (*AUTH, *HEALTH, *LATENCY, *WEBSOCKET, *PIPELINE, *ALERTS, *ABOUT)


def pattern_of(route: Route) -> str:
    """The path as the router takes it. A parameter at its end is none of the words that other paths have there."""
    if route.rest:
        return route.path.replace(f"{{{route.rest}}}", f"{{{route.rest}:.+}}")
    above, _, last = route.path.rpartition("/")
    others = {each.path.rpartition("/")[2] for each in ROUTES if each.path.rpartition("/")[0] == above} - {last}
    if not last.startswith("{") or not others:
        return route.path
    return f"{above}/{last[:-1]}:(?!(?:{'|'.join(sorted(others))})$)[^{{}}/]+}}"

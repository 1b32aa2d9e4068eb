"""What runs: processes, streams, versions."""

from gateway.about import get_about
from gateway.routes.route import Local, Route
from shared.contracts.auth import About
from shared.contracts.wire import Nothing

ABOUT: tuple[Route, ...] = (
    Route("GET", "/api/v1/admin/about", "viewer", Local(get_about, Nothing, About), "Processes, streams and versions"),
)

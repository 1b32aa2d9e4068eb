"""Latency: everything under /api/v1/admin/latency."""

from gateway.routes.route import Route
from shared.contracts import latency
from shared.contracts.examples import LIST_EXAMPLES

_AT = "/api/v1/admin/latency"
_ENDPOINT = f"{_AT}/endpoints/{{path}}"

LATENCY: tuple[Route, ...] = (
    Route("GET", f"{_AT}/summary", "viewer", latency.GET_SUMMARY, "Percentiles of the busiest endpoints of a window"),
    Route("GET", f"{_AT}/endpoints", "viewer", latency.LIST_ENDPOINTS, "All endpoints, searched and paged"),
    Route(
        "GET", f"{_ENDPOINT}/histogram", "viewer", latency.GET_HISTOGRAM, "How the durations of one are distributed",
        rest="path",
    ),
    Route(
        "GET", f"{_ENDPOINT}/trend", "viewer", latency.GET_TREND, "Percentiles of one endpoint over time",
        rest="path",
    ),
    Route(
        "GET", f"{_ENDPOINT}/examples", "viewer", LIST_EXAMPLES, "Its slowest requests that a trace is known of",
        rest="path",
    ),
)  # fmt: skip

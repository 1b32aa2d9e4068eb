"""The endpoints of latency_svc on the bus: which function answers which remote procedure."""

from collections.abc import Awaitable, Callable
from typing import Any

from latency_svc.api import endpoint, overview
from latency_svc.room import Room
from shared.contracts import latency as contract
from shared.contracts.examples import LIST_EXAMPLES
from shared.contracts.wire import Rpc
from shared.rpc import Caller

HANDLERS: list[tuple[Rpc, Callable[[Room, Any, Caller], Awaitable[Any]]]] = [
    (contract.GET_SUMMARY, overview.get_summary),
    (contract.LIST_ENDPOINTS, overview.list_endpoints),
    (contract.GET_HISTOGRAM, endpoint.get_histogram),
    (contract.GET_TREND, endpoint.get_trend),
    (LIST_EXAMPLES, endpoint.list_examples),
]

"""The endpoints of ws_svc on the bus: which function answers which remote procedure."""

from collections.abc import Awaitable, Callable
from typing import Any

from shared.contracts.wire import Rpc
from shared.contracts.ws import procedures as contract
from shared.rpc import Caller
from ws_svc.api import connections, overview
from ws_svc.room import Room

HANDLERS: list[tuple[Rpc, Callable[[Room, Any, Caller], Awaitable[Any]]]] = [
    (contract.GET_STATS, overview.get_stats),
    (contract.GET_RATES, overview.get_rates),
    (contract.LIST_ERRORS, overview.list_errors),
    (contract.LIST_CONNECTIONS, connections.list_connections),
    (contract.DISCONNECT, connections.disconnect),
    (contract.DISCONNECT_MANY, connections.disconnect_many),
]

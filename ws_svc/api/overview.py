"""The fleet as a whole: how full, how fast, and what went wrong."""

from shared.contracts.ws import procedures as contract
from shared.contracts.ws.events import WsStats
from shared.contracts.ws.overview import ErrorList, RateHistory
from shared.rpc import Caller
from ws_svc.room import Room


async def get_stats(room: Room, request: contract.WsStatsQuery, caller: Caller) -> WsStats:
    return room.stats()


async def get_rates(room: Room, request: contract.RateHistoryQuery, caller: Caller) -> RateHistory:
    return room.pool.history(room.now(), request.window_seconds)


async def list_errors(room: Room, request: contract.ErrorsQuery, caller: Caller) -> ErrorList:
    return ErrorList(errors=room.registry.errors(request.limit))

"""The fleet as a whole: how full, how fast, and what went wrong."""

from shared.contracts import ws as contract
from shared.rpc import Caller
from ws_svc.room import Room


async def get_stats(room: Room, request: contract.WsStatsQuery, caller: Caller) -> contract.WsStats:
    return room.stats()


async def get_rates(room: Room, request: contract.RateHistoryQuery, caller: Caller) -> contract.RateHistory:
    return room.pool.history(room.now(), request.window_seconds)


async def list_errors(room: Room, request: contract.ErrorsQuery, caller: Caller) -> contract.ErrorList:
    return contract.ErrorList(errors=room.registry.errors(request.limit))

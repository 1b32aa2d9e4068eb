"""The endpoints of pipeline_svc on the bus: which function answers which remote procedure."""

from collections.abc import Awaitable, Callable
from typing import Any

from pipeline_svc.api import applying, changing, history, reading
from pipeline_svc.room import Room
from shared.contracts.pipeline import procedures as contract
from shared.contracts.wire import Rpc
from shared.rpc import Caller

HANDLERS: list[tuple[Rpc, Callable[[Room, Any, Caller], Awaitable[Any]]]] = [
    (contract.GET_PIPELINE, reading.get_pipeline),
    (contract.UPDATE_PIPELINE, changing.update_pipeline),
    (contract.VALIDATE_PIPELINE, changing.validate_pipeline),
    (contract.APPLY_PIPELINE, applying.apply_pipeline),
    (contract.CONFIRM_PIPELINE, applying.confirm_pipeline),
    (contract.ROLLBACK_PIPELINE, changing.rollback_pipeline),
    (contract.LIST_REVISIONS, history.list_revisions),
    (contract.GET_REVISION_DIFF, history.get_revision_diff),
    (contract.GET_MIDDLEWARE, reading.get_middleware),
    (contract.UPDATE_MIDDLEWARE, changing.update_middleware),
    (contract.GET_MIDDLEWARE_STATS, reading.get_middleware_stats),
    (contract.GET_CHAIN, reading.get_chain),
]

"""Examples of latency: the slowest requests that a trace is known of."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from shared.contracts.latency import Method, Moment, Route, Service, WindowSeconds
from shared.contracts.wire import Rpc


class Example(Struct, frozen=True, kw_only=True):
    """A request that ended at `at`. `trace_id`: 32 hexadecimal digits. `status`: of HTTP, null when none was told.
    `failed`: it counts as an error. `trace_url`: where its trace is shown, when BELFRY_TRACE_URL says where."""

    trace_id: str
    duration_ms: float
    at: datetime
    status: int | None
    failed: bool
    trace_url: str | None


class EndpointExamples(Struct, frozen=True, kw_only=True):
    """The slowest first, of those kept: a few of every hour, for a week. Empty for who sends no traces."""

    service: str
    method: str
    path: str
    from_at: datetime
    to_at: datetime
    examples: list[Example]


class ExamplesQuery(Struct, frozen=True, kw_only=True):
    """As HistogramQuery."""

    path: Route
    service: Service | None = None
    method: Method | None = None
    window_seconds: WindowSeconds = 3600
    to_at: Moment | None = None
    limit: Annotated[int, Meta(ge=1, le=50)] = 5


LIST_EXAMPLES = Rpc("belfry.rpc.latency.list_examples", ExamplesQuery, EndpointExamples)

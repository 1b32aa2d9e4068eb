"""Reports how long requests take to Belfry: under a microsecond a request, and never in the application's way.

For aiohttp, with a `reporter = Reporter("shop", NatsSender("nats://127.0.0.1:4222"))`:
`app.middlewares.insert(0, middleware(reporter))` and `app.cleanup_ctx.append(running(reporter))`.
For ASGI: `app = Latencies(app, reporter)`.
"""

from belfry_reporter.core import Reporter, ReporterState, Send
from belfry_reporter.sender import NatsSender

__all__ = ["NatsSender", "Reporter", "ReporterState", "Send"]

"""OTLP over HTTP: /v1/metrics and /v1/traces on a port of their own."""

import asyncio
import hmac
import os
import time
from collections.abc import AsyncIterator

import structlog
from aiohttp import hdrs, web
from aiohttp.typedefs import Handler
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from latency_svc.otlp import body, codec
from latency_svc.otlp.batches import request_id_of
from latency_svc.otlp.exemplars import offer_exemplars
from latency_svc.otlp.intake import Intake, take_metrics, take_spans
from latency_svc.otlp.metrics import read_metrics
from latency_svc.otlp.settings import OtlpSettings
from latency_svc.otlp.status import answer_errors
from latency_svc.otlp.traces import read_traces
from latency_svc.slowest import Slowest
from shared import tls
from shared.keys import BUS, POOL, SETTINGS
from shared.metrics import Watched
from shared.middleware import identify, measure
from shared.problems import unauthorized
from shared.process import refuse
from shared.service import add_queue

log = structlog.get_logger()

INTAKE: web.AppKey[Intake] = web.AppKey("INTAKE", Intake)
PLACES: web.AppKey[asyncio.Semaphore] = web.AppKey("PLACES", asyncio.Semaphore)
OTLP_PORT: web.AppKey[int] = web.AppKey("OTLP_PORT", int)
"""Where the door listens, for who chose port 0."""
SLOWEST: web.AppKey[Slowest] = web.AppKey("SLOWEST", Slowest)
"""The slowest requests that came through it with their trace."""

TOKEN_NEEDED = "A token is needed: OTEL_EXPORTER_OTLP_HEADERS=Authorization=Bearer%20<what BELFRY_OTLP_TOKEN holds>"
AT_A_TIME = 16  # requests in memory
CLOSE_SECONDS = 0.6


async def otlp_context(app: web.Application) -> AsyncIterator[None]:
    """The door, open as long as the application lives. Needs SETTINGS, BUS and POOL."""
    settings: OtlpSettings = app[SETTINGS]  # type: ignore[assignment]
    intake = Intake(bus=app[BUS], pool=app[POOL])
    door = create_door(settings, intake)
    app[SLOWEST] = intake.slowest
    places = door[PLACES]
    add_queue(app, Watched(name="otlp_requests", depth=lambda: AT_A_TIME - places._value, limit=lambda: AT_A_TIME))
    runner = web.AppRunner(door, access_log=None, auto_decompress=False, shutdown_timeout=CLOSE_SECONDS)
    await runner.setup()
    host, port = settings.otlp_host or settings.host, settings.otlp_port
    async with tls.served(settings) as context:
        try:
            await web.TCPSite(runner, host, port, ssl_context=context).start()
        except OSError as error:
            reason = os.strerror(error.errno) if error.errno else str(error)
            refuse(f"cannot listen on {host}:{port} for OpenTelemetry (BELFRY_OTLP_HOST, BELFRY_OTLP_PORT): {reason}")
        app[OTLP_PORT] = runner.addresses[0][1]
        log.info("otlp.listening", host=host, port=app[OTLP_PORT], token=bool(settings.otlp_token))
        yield
    await runner.cleanup()


def create_door(settings: OtlpSettings, intake: Intake) -> web.Application:
    door = web.Application(middlewares=[identify, measure, answer_errors, admit], client_max_size=body.MOST_BYTES)
    door[SETTINGS] = settings
    door[INTAKE] = intake
    door[PLACES] = asyncio.Semaphore(AT_A_TIME)
    door.add_routes(ROUTES)
    return door


@web.middleware
async def admit(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The token, when one is set; and not too many at once."""
    settings: OtlpSettings = request.app[SETTINGS]  # type: ignore[assignment]
    if settings.otlp_token:
        given = request.headers.get(hdrs.AUTHORIZATION, "").encode()
        if not hmac.compare_digest(given, b"Bearer " + settings.otlp_token.encode()):
            raise unauthorized(TOKEN_NEEDED)
    async with request.app[PLACES]:
        return await handler(request)


async def metrics(request: web.Request) -> web.Response:
    """Histograms of request durations. What cannot be counted is told as a partial success."""
    intake, now = request.app[INTAKE], time.time()
    content_type = body.content_type_of(request)
    content = await body.read(request)
    protobuf = codec.as_protobuf(content, content_type, ExportMetricsServiceRequest)
    with codec.explained(ExportMetricsServiceRequest):
        readings = read_metrics(protobuf, intake.naming, now)
    await take_metrics(intake, readings, request_id_of(content), now)
    offer_exemplars(intake.slowest, readings.traced, now)
    response = ExportMetricsServiceResponse()
    if refused := readings.refusals.total():
        response.partial_success.rejected_data_points = refused
        response.partial_success.error_message = readings.refusals.words("data points")
    return web.Response(body=codec.encode(response, content_type), content_type=content_type)


async def traces(request: web.Request) -> web.Response:
    """Server spans."""
    intake, now = request.app[INTAKE], time.time()
    content_type = body.content_type_of(request)
    content = await body.read(request)
    export = codec.decode(content, content_type, ExportTraceServiceRequest)
    spans = read_traces(export, intake.naming, intake.preference, intake.slowest, now)
    await take_spans(intake, spans, request_id_of(content))
    response = ExportTraceServiceResponse()
    if refused := spans.refusals.total():
        response.partial_success.rejected_spans = refused
        response.partial_success.error_message = spans.refusals.words("spans")
    return web.Response(body=codec.encode(response, content_type), content_type=content_type)


ROUTES = [web.post("/v1/metrics", metrics), web.post("/v1/traces", traces)]

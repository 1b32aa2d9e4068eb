"""A span for each request, below the caller's when `traceparent` came along."""

from aiohttp import web
from multidict import istr
from opentelemetry.trace import SpanKind

from gateway.interceptors.step import TRACE_ID, Rest, Step, Tools, among
from shared import telemetry
from shared.contracts.interceptors import TracingSettings
from shared.middleware import route_of

TRACEPARENT = istr("traceparent")


def build(settings: TracingSettings, tools: Tools) -> Step:
    share, skipped, random = settings.sample_pct / 100, among(settings.skip_paths), tools.random

    async def carrying(request: web.Request, rest: Rest) -> web.StreamResponse:
        """Nobody collects spans: only the ids go on."""
        if skipped(request.path):
            return await rest(request)
        token = telemetry.carry(request.headers.get(TRACEPARENT))
        request[TRACE_ID] = telemetry.current_trace_id()
        try:
            return await rest(request)
        finally:
            telemetry.put_down(token)

    async def tracing(request: web.Request, rest: Rest) -> web.StreamResponse:
        if skipped(request.path):
            return await rest(request)
        parent = request.headers.get(TRACEPARENT) or telemetry.new_traceparent(sampled=random() < share)
        route = route_of(request)
        attributes = {"http.request.method": request.method, "http.route": route}
        with telemetry.span(f"{request.method} {route}", SpanKind.SERVER, parent, attributes) as span:
            request[TRACE_ID] = telemetry.current_trace_id()
            response = await rest(request)
            span.set_attribute("http.response.status_code", response.status)
            if response.status >= 500:
                telemetry.mark_failed(span, str(response.status))
            return response

    return tracing if telemetry.is_exporting() else carrying

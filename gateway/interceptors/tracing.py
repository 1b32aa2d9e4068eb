"""A span for each request, below the caller's when `traceparent` came along."""

from aiohttp import web
from multidict import istr
from opentelemetry.trace import SpanKind

from gateway.interceptors.step import Gate, Rest, Step, Tools, among
from gateway.passage import PASSAGE
from shared import telemetry
from shared.contracts.interceptors import TracingSettings

TRACEPARENT = istr("traceparent")


def build(settings: TracingSettings, tools: Tools) -> Step | Gate:
    share, skipped, random = settings.sample_pct / 100, among(settings.skip_paths), tools.random

    def carrying(request: web.Request) -> None:
        """Nobody collects spans: only the ids go on."""
        passage = PASSAGE.get()
        if not skipped(passage.path):
            passage.trace_id = telemetry.begin_trace(request.headers.get(TRACEPARENT))

    async def tracing(request: web.Request, rest: Rest) -> web.StreamResponse:
        passage = PASSAGE.get()
        if skipped(passage.path):
            return await rest(request)
        parent = request.headers.get(TRACEPARENT) or telemetry.new_traceparent(sampled=random() < share)
        route = passage.route
        attributes = {"http.request.method": request.method, "http.route": route}
        with telemetry.span(f"{request.method} {route}", SpanKind.SERVER, parent, attributes) as span:
            passage.trace_id = telemetry.current_trace_id()
            response = await rest(request)
            span.set_attribute("http.response.status_code", response.status)
            if response.status >= 500:
                telemetry.mark_failed(span, str(response.status))
            return response

    return tracing if telemetry.is_exporting() else Gate(carrying)

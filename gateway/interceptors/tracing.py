"""A span for each request, below the caller's when `traceparent` came along."""

from aiohttp import web
from opentelemetry.trace import SpanKind

from gateway.interceptors.step import TRACE_ID, Rest, Step, Tools, exempt
from shared import telemetry
from shared.contracts.interceptors import TracingSettings
from shared.middleware import route_of


def build(settings: TracingSettings, tools: Tools) -> Step:
    share, skipped, random = settings.sample_pct / 100, settings.skip_paths, tools.random

    async def tracing(request: web.Request, rest: Rest) -> web.StreamResponse:
        if exempt(skipped, request.path):
            return await rest(request)
        parent = request.headers.get("traceparent") or telemetry.new_traceparent(sampled=share == 1 or random() < share)
        route = route_of(request)
        attributes = {"http.request.method": request.method, "http.route": route}
        with telemetry.span(f"{request.method} {route}", SpanKind.SERVER, parent, attributes) as span:
            request[TRACE_ID] = telemetry.current_trace_id()
            response = await rest(request)
            span.set_attribute("http.response.status_code", response.status)
            if response.status >= 500:
                telemetry.mark_failed(span, str(response.status))
            return response

    return tracing

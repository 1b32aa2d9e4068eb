"""The door for OpenTelemetry: OTLP over HTTP, on a port of its own."""

from latency_svc.otlp.door import otlp_context

__all__ = ["otlp_context"]

"""The steps a request may pass on its way to a handler: one file each, and how each is built from its settings."""

from gateway.interceptors import (
    access_log,
    audit,
    auth,
    body_limit,
    cache,
    circuit_breaker,
    compression,
    cors,
    errors,
    fault_injection,
    in_flight,
    ip_rules,
    latency,
    rate_limit,
    request_id,
    security_headers,
    timeout,
    tracing,
)
from gateway.interceptors.step import Build

STEPS: dict[str, Build] = {
    "request_id": request_id.build,
    "access_log": access_log.build,
    "tracing": tracing.build,
    "latency": latency.build,
    "security_headers": security_headers.build,
    "cors": cors.build,
    "errors": errors.build,
    "ip_rules": ip_rules.build,
    "body_limit": body_limit.build,
    "timeout": timeout.build,
    "in_flight": in_flight.build,
    "audit": audit.build,
    "auth": auth.build,
    "rate_limit": rate_limit.build,
    "cache": cache.build,
    "compression": compression.build,
    "circuit_breaker": circuit_breaker.build,
    "fault_injection": fault_injection.build,
}

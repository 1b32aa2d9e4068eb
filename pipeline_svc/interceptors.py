"""Settings of the steps: are they good, what is their schema, and what do they say in a line."""

from collections.abc import Callable, Iterator
from ipaddress import ip_network
from typing import Any
from urllib.parse import urlsplit

from msgspec import json

from shared.contracts import interceptors as settings
from shared.contracts.catalogue import BY_ID, Interceptor
from shared.contracts.interceptors import InterceptorSettings
from shared.contracts.wire import FieldError
from shared.limits import counted
from shared.validate import validate

YEAR_SECONDS = 31_536_000
DAY_SECONDS = 86_400
MIB, KIB = 1024 * 1024, 1024
PORTS = {"http": 80, "https": 443}


def check(id: str, raw: dict[str, Any]) -> tuple[dict[str, Any], list[FieldError]]:
    """The settings as they are stored, complete; and what is wrong with them, by field. `id`: of the catalogue."""
    read, errors = validate(raw, BY_ID[id].settings)
    if read is None:
        return raw, errors
    plain: dict[str, Any] = json.decode(json.encode(read))
    return plain, [FieldError(field, message) for field, message in _joint_faults(id, read)]


def schema_of(interceptor: Interceptor) -> dict[str, Any]:
    """The JSON Schema of the settings, in one piece."""
    name = interceptor.settings.__name__
    schema: dict[str, Any] = json.decode(json.encode(json.schema(interceptor.settings)["$defs"][name]))
    return {**schema, "title": interceptor.name, "description": interceptor.doc}


def summary(id: str, plain: dict[str, Any]) -> str:
    """The settings in a line; empty for a step that is not in the catalogue, or cannot be read."""
    interceptor = BY_ID.get(id)
    read, _ = validate(plain, interceptor.settings) if interceptor else (None, [])
    return SUMMARIES[id](read) if read is not None and id in SUMMARIES else ""


# --- what several fields say together -----------------------------------------------------------------------------

Faults = Iterator[tuple[str, str]]


def _joint_faults(id: str, read: InterceptorSettings) -> Faults:
    return FAULTS[id](read) if id in FAULTS else iter(())


def origin_of(text: str) -> str:
    """As the header Origin has it: small letters, punycode, no port that is the scheme's own; empty for none."""
    try:
        parts = urlsplit(text)
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except ValueError:
        return ""
    place = f"[{host}]" if ":" in host else host
    return (
        f"{parts.scheme}://{place}" if port in (None, PORTS.get(parts.scheme)) else f"{parts.scheme}://{place}:{port}"
    )


def _cors(read: settings.CorsSettings) -> Faults:
    for place, text in enumerate(read.origins):
        if text not in ("*", written := origin_of(text)):
            words = f"must be as browsers write it: {written}" if written else "must be an origin, without a path"
            yield f"origins[{place}]", words
    if read.credentials and "*" in read.origins:
        yield "credentials", "must be off while any origin (*) may call: name the origins, or leave cookies out"


def _security_headers(read: settings.SecurityHeadersSettings) -> Faults:
    if read.hsts_preload and not read.hsts_subdomains:
        yield "hsts_subdomains", "must be on for preload"
    if read.hsts_preload and read.hsts_seconds < YEAR_SECONDS:
        yield "hsts_seconds", f"must be at least {YEAR_SECONDS}, a year, for preload"


def _ip_rules(read: settings.IpRulesSettings) -> Faults:
    for name, networks in (("allow", read.allow), ("deny", read.deny)):
        for place, text in enumerate(networks):
            try:
                ip_network(text, strict=False)
            except ValueError:
                yield f"{name}[{place}]", "must be an address or a network, such as 10.0.0.0/8 or 2001:db8::/32"


def _in_flight(read: settings.InFlightSettings) -> Faults:
    if read.max_per_client > read.max_requests:
        yield "max_per_client", f"must be at most {read.max_requests}, as many as there may be in all"


def _rate_limit(read: settings.RateLimitSettings) -> Faults:
    least = -(-read.requests // 10)
    if read.burst < least:
        yield "burst", f"must be at least {least}, a tenth of requests"
    if 0 < read.requests < read.burst:
        yield "burst", f"must be at most {read.requests}, the number of requests"


def _auth(read: settings.AuthSettings) -> Faults:
    if len(set(read.schemes)) < len(read.schemes):
        yield "schemes", "must name each only once"


FAULTS: dict[str, Callable[[Any], Faults]] = {
    "auth": _auth,
    "cors": _cors,
    "in_flight": _in_flight,
    "ip_rules": _ip_rules,
    "rate_limit": _rate_limit,
    "security_headers": _security_headers,
}


# --- in a line ----------------------------------------------------------------------------------------------------


def _bytes(count: int) -> str:
    if count % MIB == 0:
        return f"{count // MIB} MiB"
    return f"{count // KIB} KiB" if count % KIB == 0 else f"{count:,} bytes"


def _but(paths: tuple[str, ...], word: str = "path") -> str:
    return f", but not {counted(len(paths), word)}" if paths else ""


def _say_request_id(s: settings.RequestIdSettings) -> str:
    return "Keeps a sane X-Request-Id" if s.trust_inbound else "Always a new X-Request-Id"


def _say_access_log(s: settings.AccessLogSettings) -> str:
    return "Every request" if s.every == 1 else f"1 of {s.every:,} under {s.fast_ms:g} ms, all others"


def _say_tracing(s: settings.TracingSettings) -> str:
    return f"{s.sample_pct:g} % of new traces{_but(s.skip_paths)}"


def _say_latency(s: settings.LatencySettings) -> str:
    return f"Every route{_but(s.skip_paths)}"


def _say_security_headers(s: settings.SecurityHeadersSettings) -> str:
    days = s.hsts_seconds // DAY_SECONDS
    policy = {"enforce": "content policy", "report_only": "content policy reports", "off": ""}[s.content_policy]
    frames = "no frames" if s.frame_options == "DENY" else "own frames"
    parts = [f"HTTPS only for {counted(days, 'day')}" if s.hsts_seconds else "", policy, frames]
    text = ", ".join(part for part in parts if part)
    return text[0].upper() + text[1:]


def _say_cors(s: settings.CorsSettings) -> str:
    if "*" in s.origins:
        return "Any origin"
    cookies = ", with cookies" if s.credentials else ""
    return f"{counted(len(s.origins), 'origin')}{cookies}" if s.origins else "Our own pages only"


def _say_ip_rules(s: settings.IpRulesSettings) -> str:
    parts = [f"{len(s.allow):,} allowed" if s.allow else "", f"{len(s.deny):,} denied" if s.deny else ""]
    return ", ".join(part for part in parts if part) or "Everyone"


def _say_rate_limit(s: settings.RateLimitSettings) -> str:
    if s.requests == 0:
        return "No limit"
    whose = {"user": "user", "token": "session or token", "ip": "address"}[s.count_by]
    shared = ", shared" if s.store == "shared" else ""
    return f"{s.requests:,} per {s.per_seconds:g} s for each {whose}, {s.burst:,} at once{shared}"


def _say_auth(s: settings.AuthSettings) -> str:
    names = {"cookie": "cookie", "bearer": "bearer token"}
    text = ", ".join(names[scheme] for scheme in s.schemes)
    return text[0].upper() + text[1:]


def _say_cache(s: settings.CacheSettings) -> str:
    if s.fresh_seconds == 0:
        return "Only 304 for what did not change"
    if not s.fresh_seconds:
        return "Asks each time"
    return f"{s.fresh_seconds:g} s for reads, at most {counted(s.max_entries, 'answer')}"


def _say_fault_injection(s: settings.FaultInjectionSettings) -> str:
    delayed = f"{s.delay_pct:g} % delayed by {s.delay_ms:g} ms" if s.delay_pct else ""
    refused = f"{s.abort_pct:g} % get {s.abort_status}" if s.abort_pct else ""
    return ", ".join(part for part in (delayed, refused) if part) or "Nothing"


SUMMARIES: dict[str, Callable[[Any], str]] = {
    "request_id": _say_request_id,
    "access_log": _say_access_log,
    "tracing": _say_tracing,
    "latency": _say_latency,
    "security_headers": _say_security_headers,
    "cors": _say_cors,
    "errors": lambda s: "Always",
    "ip_rules": _say_ip_rules,
    "body_limit": lambda s: _bytes(s.max_bytes),
    "timeout": lambda s: f"{s.seconds:g} s",
    "in_flight": lambda s: f"{s.max_requests:,} at a time, {s.max_per_client:,} for each address",
    "audit": lambda s: "Every change",
    "auth": _say_auth,
    "rate_limit": _say_rate_limit,
    "cache": _say_cache,
    "compression": lambda s: f"gzip from {_bytes(s.min_bytes)}",
    "circuit_breaker": lambda s: f"Opens at {s.error_pct:g} % of {s.min_requests:,} requests in {s.window_seconds:g} s",
    "fault_injection": _say_fault_injection,
}

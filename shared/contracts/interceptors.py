"""The steps a request may pass on its way through the gateway: one Struct of settings each.

Their JSON Schemas make the forms: `title` is the label, `description` the hint, `x-unit` the unit, `x-labels` the words
for the values of a choice, in the order to show them.
"""

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

Phase = Literal["edge", "browser", "admit", "auth", "rate", "transform", "upstream"]
"""Where a step usually stands, in running order."""

Path = Annotated[str, Meta(pattern=r"^/\S*$", max_length=200, description="a path that starts with /")]
Cidr = Annotated[
    str,
    Meta(
        pattern=r"^[0-9A-Fa-f:.]{2,45}(/\d{1,3})?$",
        description="an address or a network, such as 10.0.0.0/8 or 2001:db8::/32",
    ),
]
Origin = Annotated[
    str,
    Meta(
        pattern=r"^(\*|https?://[^\s/,]+)$",
        max_length=253,
        description="an origin such as https://shop.example, without a path; or *",
    ),
]
Header = Annotated[str, Meta(pattern=r"^[A-Za-z0-9-]{1,64}$", description="the name of a header")]
Feature = Annotated[str, Meta(pattern=r"^[a-z-]{1,64}$", description="a browser feature, such as camera")]

PROBES = ("/healthz", "/readyz", "/metrics")


def choice(title: str, description: str, **labels: str) -> Meta:
    """A closed list of values, and the words for them."""
    return Meta(title=title, description=description, extra_json_schema={"x-labels": labels})


def amount(title: str, description: str, unit: str = "", **limits: Any) -> Meta:
    """A number with its unit."""
    return Meta(title=title, description=description, extra_json_schema={"x-unit": unit} if unit else None, **limits)


class InterceptorSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of the settings of every step. Every field has a default."""


class NoSettings(InterceptorSettings, frozen=True, kw_only=True):
    """There is nothing to set."""


class RequestIdSettings(InterceptorSettings, frozen=True, kw_only=True):
    trust_inbound: Annotated[
        bool, Meta(title="Keep the caller's id", description="Take over X-Request-Id when it is 8 to 64 plain letters")
    ] = True


class AccessLogSettings(InterceptorSettings, frozen=True, kw_only=True):
    every: Annotated[
        int,
        amount("One line for", "so many fast and successful requests; all others have a line each", ge=1, le=10_000),
    ] = 1
    fast_ms: Annotated[float, amount("Fast is under", "Slower requests always have a line", "ms", ge=0, le=60_000)] = (
        100.0
    )
    skip_paths: Annotated[
        tuple[Path, ...], Meta(title="Not logged", description="Requests for these paths have no line", max_length=50)
    ] = PROBES


class TracingSettings(InterceptorSettings, frozen=True, kw_only=True):
    sample_pct: Annotated[
        float,
        amount("Sampled", "Share of new traces that are recorded; a caller's decision is kept", "%", ge=0, le=100),
    ] = 100.0
    skip_paths: Annotated[
        tuple[Path, ...], Meta(title="Not traced", description="Requests for these paths have no span", max_length=50)
    ] = PROBES


class LatencySettings(InterceptorSettings, frozen=True, kw_only=True):
    skip_paths: Annotated[
        tuple[Path, ...],
        Meta(title="Not counted", description="These paths are not on the latency page", max_length=50),
    ] = ()


class SecurityHeadersSettings(InterceptorSettings, frozen=True, kw_only=True):
    hsts_seconds: Annotated[
        int,
        amount("HTTPS only, for", "Strict-Transport-Security over HTTPS; 0 leaves it out", "s", ge=0, le=63_072_000),
    ] = 31_536_000
    hsts_subdomains: Annotated[bool, Meta(title="Subdomains too", description="includeSubDomains")] = False
    hsts_preload: Annotated[
        bool, Meta(title="Preload", description="Ask browsers to know it beforehand; needs subdomains and a year")
    ] = False
    content_policy: Annotated[
        Literal["enforce", "report_only", "off"],
        choice(
            "Content policy",
            "What our own pages may load and run",
            enforce="Enforce",
            report_only="Only report",
            off="Off",
        ),
    ] = "enforce"
    frame_options: Annotated[
        Literal["DENY", "SAMEORIGIN"],
        choice("Framed by", "Who may show our pages in a frame", DENY="Nobody", SAMEORIGIN="Our own pages"),
    ] = "DENY"
    referrer_policy: Annotated[
        Literal["no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"],
        Meta(title="Referrer policy", description="What other sites learn of the page a link was on"),
    ] = "same-origin"
    denied_features: Annotated[
        tuple[Feature, ...],
        Meta(title="Features denied", description="Browser features that no page of ours may use", max_length=30),
    ] = ("camera", "geolocation", "microphone")


class CorsSettings(InterceptorSettings, frozen=True, kw_only=True):
    origins: Annotated[
        tuple[Origin, ...],
        Meta(title="Origins", description="Sites whose pages may call the API; none means ours only", max_length=100),
    ] = ()
    methods: Annotated[
        tuple[Literal["GET", "POST", "PUT", "PATCH", "DELETE"], ...],
        Meta(title="Methods", description="What they may do", min_length=1),
    ] = ("GET", "POST", "PUT", "PATCH", "DELETE")
    headers: Annotated[
        tuple[Header, ...], Meta(title="Headers in", description="Request headers they may send", max_length=50)
    ] = ("Authorization", "Content-Type", "If-Match", "If-None-Match", "Idempotency-Key", "X-Request-Id")
    exposed: Annotated[
        tuple[Header, ...], Meta(title="Headers out", description="Answer headers they may read", max_length=50)
    ] = ("ETag", "RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-Id")
    credentials: Annotated[
        bool, Meta(title="With cookies", description="Let them use the cookie of who is signed in; not with *")
    ] = False
    max_age_seconds: Annotated[
        int, amount("Preflight kept", "How long a browser need not ask again", "s", ge=0, le=86_400)
    ] = 600


class IpRulesSettings(InterceptorSettings, frozen=True, kw_only=True):
    allow: Annotated[
        tuple[Cidr, ...],
        Meta(title="Allowed", description="Only these may come in; none means everyone", max_length=1000),
    ] = ()
    deny: Annotated[
        tuple[Cidr, ...], Meta(title="Denied", description="These may not, even when allowed above", max_length=1000)
    ] = ()
    except_paths: Annotated[
        tuple[Path, ...], Meta(title="For everyone", description="Paths the rules do not guard", max_length=50)
    ] = ("/healthz", "/readyz")


class BodyLimitSettings(InterceptorSettings, frozen=True, kw_only=True):
    max_bytes: Annotated[
        int, amount("Largest body", "Larger ones are refused with 413", "bytes", ge=1024, le=16 * 1024 * 1024)
    ] = 1024 * 1024


class TimeoutSettings(InterceptorSettings, frozen=True, kw_only=True):
    seconds: Annotated[float, amount("Longest answer", "After this the caller gets 503", "s", ge=0.1, le=120)] = 15.0


class InFlightSettings(InterceptorSettings, frozen=True, kw_only=True):
    max_requests: Annotated[
        int, amount("At a time", "Requests this gateway works on at once; more are refused with 503", ge=10, le=100_000)
    ] = 1000
    max_per_client: Annotated[
        int, amount("For each address", "Of these, so many for one client address", ge=2, le=100_000)
    ] = 200


class RateLimitSettings(InterceptorSettings, frozen=True, kw_only=True):
    requests: Annotated[
        int, amount("Requests", "How many each may make; 0 turns the limit off", ge=0, le=10_000_000)
    ] = 6000
    per_seconds: Annotated[float, amount("Per", "The span they are counted over", "s", ge=1, le=86_400)] = 60.0
    burst: Annotated[
        int, amount("Burst", "How many of them may come at once; at least a tenth of Requests", ge=1, le=10_000_000)
    ] = 1200
    count_by: Annotated[
        Literal["user", "token", "ip"],
        choice("Count by", "Whose requests are counted together", user="User", token="Session or token", ip="Address"),
    ] = "user"
    store: Annotated[
        Literal["local", "shared"],
        choice(
            "Counter store",
            "Local is faster, shared is exact over all gateways",
            local="Each gateway",
            shared="Shared over NATS",
        ),
    ] = "local"
    pass_when_unreachable: Annotated[
        bool, Meta(title="Let requests pass", description="When the shared store does not answer; else 503")
    ] = True
    except_paths: Annotated[
        tuple[Path, ...],
        Meta(title="Not limited", description="Requests for these paths are not counted", max_length=50),
    ] = ("/healthz", "/readyz", "/metrics", "/status")


class AuthSettings(InterceptorSettings, frozen=True, kw_only=True):
    schemes: Annotated[
        tuple[Literal["cookie", "bearer"], ...],
        Meta(title="Accepted", description="Cookies of the browser, and tokens of programs", min_length=1),
    ] = ("cookie", "bearer")


class CompressionSettings(InterceptorSettings, frozen=True, kw_only=True):
    min_bytes: Annotated[
        int, amount("From", "Smaller answers are sent as they are", "bytes", ge=200, le=16 * 1024 * 1024)
    ] = 1024
    level: Annotated[int, amount("Level", "1 is fastest, 9 smallest", ge=1, le=9)] = 5
    types: Annotated[
        tuple[Annotated[str, Meta(pattern=r"^[a-z]+/[a-z0-9.+-]+$", description="a media type")], ...],
        Meta(title="Types", description="Media types that are packed", max_length=50),
    ] = (
        "application/json",
        "application/problem+json",
        "application/rss+xml",
        "image/svg+xml",
        "text/css",
        "text/html",
    )


class CacheSettings(InterceptorSettings, frozen=True, kw_only=True):
    fresh_seconds: Annotated[
        float,
        amount(
            "Fresh for",
            "How long an answer is given again, unless something was changed or said on the bus; 0 asks each time",
            "s",
            ge=0,
            le=60,
        ),
    ] = 0
    max_entries: Annotated[int, amount("Answers kept", "The oldest go first", ge=1, le=100_000)] = 500
    max_entry_bytes: Annotated[
        int, amount("Largest answer", "Larger ones are not kept", "bytes", ge=1024, le=16 * 1024 * 1024)
    ] = 512 * 1024


class CircuitBreakerSettings(InterceptorSettings, frozen=True, kw_only=True):
    error_pct: Annotated[
        float, amount("Opens at", "Share of requests to one service that got no answer", "%", ge=1, le=100)
    ] = 50.0
    min_requests: Annotated[
        int, amount("Of at least", "Fewer requests than this open nothing", "requests", ge=2, le=10_000)
    ] = 20
    window_seconds: Annotated[float, amount("Within", "The span they are counted over", "s", ge=1, le=300)] = 10.0
    open_seconds: Annotated[
        float, amount("Open for", "Then one request tries whether the service is back", "s", ge=1, le=300)
    ] = 5.0


class FaultInjectionSettings(InterceptorSettings, frozen=True, kw_only=True):
    path_prefix: Annotated[Path, Meta(title="Paths below")] = "/api/v1/admin/"
    delay_pct: Annotated[float, amount("Delayed", "Share of requests", "%", ge=0, le=100)] = 0.0
    delay_ms: Annotated[float, amount("Delay", "How long", "ms", ge=0, le=60_000)] = 500.0
    abort_pct: Annotated[float, amount("Refused", "Share of requests", "%", ge=0, le=100)] = 0.0
    abort_status: Annotated[int, amount("Refused with", "The status they get", ge=400, le=599)] = 503

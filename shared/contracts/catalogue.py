"""Which steps there are, in the order a new Belfry runs them, and where each may stand."""

from msgspec import Struct

from shared.contracts import interceptors as settings
from shared.contracts.interceptors import InterceptorSettings, Phase
from shared.contracts.pipeline.chain import Chain, ChainStep
from shared.contracts.pipeline.constraints import Constraint, When


class Interceptor(Struct, frozen=True, kw_only=True):
    """`locked`: always on. `risky`: a change of it may keep people out, so it has to be confirmed when it is applied.
    `enabled`: in a new Belfry."""

    id: str
    name: str
    phase: Phase
    doc: str
    settings: type[InterceptorSettings] = settings.NoSettings
    constraints: list[Constraint] = []
    locked: bool = False
    risky: bool = False
    enabled: bool = True


def before(*others: str, reason: str) -> Constraint:
    return Constraint(kind="before", others=list(others), reason=reason)


def after(*others: str, reason: str, when: When | None = None) -> Constraint:
    return Constraint(kind="after", others=list(others), reason=reason, when=when)


def requires(*others: str, reason: str) -> Constraint:
    return Constraint(kind="requires", others=list(others), reason=reason)


SEES_ANSWERS = before("errors", reason="It looks at answers, and errors turns what goes wrong into one")
REFUSES = ("ip_rules", "body_limit", "timeout", "in_flight", "audit", "auth", "rate_limit", "cache", "circuit_breaker")

CATALOGUE: tuple[Interceptor, ...] = (
    Interceptor(
        id="request_id",
        name="Request id",
        phase="edge",
        locked=True,
        settings=settings.RequestIdSettings,
        doc="Gives each request an id. It stands in the answer as X-Request-Id, in every log line and in the audit.",
        constraints=[
            before(
                *("access_log", "tracing", "latency", "security_headers", "cors", "errors", *REFUSES),
                *("compression", "fault_injection"),
                reason="Every other step names the request by its id",
            )
        ],
    ),
    Interceptor(
        id="access_log",
        name="Access log",
        phase="edge",
        settings=settings.AccessLogSettings,
        doc="Writes one line for a request: route, status, duration, client and who asked.",
        constraints=[SEES_ANSWERS],
    ),
    Interceptor(
        id="tracing",
        name="Tracing",
        phase="edge",
        settings=settings.TracingSettings,
        doc="Makes a span for a request, below the caller's when `traceparent` came along (W3C Trace Context).",
        constraints=[SEES_ANSWERS],
    ),
    Interceptor(
        id="latency",
        name="Latency",
        phase="edge",
        settings=settings.LatencySettings,
        doc="Reports how long a request took to the latency page, by route template.",
        constraints=[SEES_ANSWERS],
    ),
    Interceptor(
        id="security_headers",
        name="Security headers",
        phase="browser",
        settings=settings.SecurityHeadersSettings,
        doc="Tells browsers what they may do with our answers: HTTPS only, which scripts, no frames, no guesses.",
        constraints=[before("errors", reason="Its headers also stand on refusals, which errors makes")],
    ),
    Interceptor(
        id="cors",
        name="CORS",
        phase="browser",
        risky=True,
        settings=settings.CorsSettings,
        doc="Lets pages of other sites call the API, by the rules of the Fetch standard, and answers their preflights.",
        constraints=[
            before("errors", reason="A page of another site can only read a refusal that carries its headers"),
            before("auth", "rate_limit", reason="A preflight carries no credentials"),
        ],
    ),
    Interceptor(
        id="errors",
        name="Errors",
        phase="admit",
        locked=True,
        doc="Turns refusals and faults of everything behind it into `application/problem+json` (RFC 9457).",
        constraints=[before(*REFUSES, "fault_injection", reason="What they refuse becomes an answer in errors")],
    ),
    Interceptor(
        id="ip_rules",
        name="IP rules",
        phase="admit",
        risky=True,
        settings=settings.IpRulesSettings,
        doc="Lets requests in by the address of the client, as far as trusted proxies say it. Others get 403.",
        constraints=[before("auth", reason="Who may not come in must not try passwords")],
    ),
    Interceptor(
        id="body_limit",
        name="Body limit",
        phase="admit",
        risky=True,
        settings=settings.BodyLimitSettings,
        doc="Refuses bodies that are too large with 413: before a byte is read when they say so, else at the limit.",
        constraints=[before("audit", reason="audit reads the body")],
    ),
    Interceptor(
        id="timeout",
        name="Timeout",
        phase="admit",
        risky=True,
        settings=settings.TimeoutSettings,
        doc="Ends requests that take too long with 503. WebSockets are not limited.",
        constraints=[
            before("circuit_breaker", "fault_injection", reason="What takes longer must be cut off and counted there")
        ],
    ),
    Interceptor(
        id="in_flight",
        name="In-flight limit",
        phase="admit",
        risky=True,
        settings=settings.InFlightSettings,
        doc="Refuses requests with 503 while too many are being worked on, in all or for one client address.",
    ),
    Interceptor(
        id="audit",
        name="Audit",
        phase="auth",
        locked=True,
        doc="Records who changed what, what was refused for lack of a role, and failed sign-ins.",
        constraints=[before("auth", reason="It also records what auth refuses")],
    ),
    Interceptor(
        id="auth",
        name="Authorization",
        phase="auth",
        locked=True,
        risky=True,
        settings=settings.AuthSettings,
        doc="Finds out who asks, by cookie or bearer token, and refuses who lacks the role of the route.",
        constraints=[
            before("cache", reason="An answer that is kept is only for those who may read it"),
        ],
    ),
    Interceptor(
        id="rate_limit",
        name="Rate limit",
        phase="rate",
        risky=True,
        settings=settings.RateLimitSettings,
        doc="Refuses with 429 who asks too often, and says in RateLimit headers how much is left. A token bucket: it "
        "holds Burst requests, and Requests are filled in again over each span.",
        constraints=[
            after(
                "auth",
                reason="It counts by who is signed in, and auth finds that out",
                when=When("count_by", ["user", "token"]),
            )
        ],
    ),
    Interceptor(
        id="cache",
        name="Cache",
        phase="transform",
        settings=settings.CacheSettings,
        doc="Gives answers of the services again while they are fresh, and 304 to who has them already. A change, and "
        "each event on the bus, ends what was kept of its subject.",
    ),
    Interceptor(
        id="compression",
        name="Compression",
        phase="transform",
        settings=settings.CompressionSettings,
        doc="Packs larger texts with gzip for clients that can unpack it. Behind the cache each answer is packed once.",
    ),
    Interceptor(
        id="circuit_breaker",
        name="Circuit breaker",
        phase="upstream",
        risky=True,
        settings=settings.CircuitBreakerSettings,
        doc="Answers 503 at once, for a while, for a service of which too many requests got no answer.",
    ),
    Interceptor(
        id="fault_injection",
        name="Fault injection",
        phase="upstream",
        risky=True,
        enabled=False,
        settings=settings.FaultInjectionSettings,
        doc="Delays or refuses a share of requests on purpose, to see what happens. Routes of the pipeline are spared.",
        constraints=[requires("timeout", reason="A delay must end for the caller at some time")],
    ),
)

BY_ID = {interceptor.id: interceptor for interceptor in CATALOGUE}


def default_chain() -> Chain:
    """What a gateway runs when it can read no other. Revision 0."""
    return Chain(revision=0, steps=[ChainStep(id=each.id, enabled=each.enabled) for each in CATALOGUE])

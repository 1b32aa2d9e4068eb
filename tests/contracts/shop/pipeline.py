"""What a request passes in the shop's two gateways: revision 42 is saved, 41 still runs."""

from datetime import timedelta
from typing import Any

from msgspec import json

from shared.contracts.catalogue import BY_ID, CATALOGUE
from shared.contracts.pipeline.document import Middleware, Pipeline, PipelineNode, PipelineStep
from shared.contracts.pipeline.stats import MiddlewareStats, NodeStats, StepStats
from tests.contracts.shop.clock import NOW, ago

DAY = 86_400


WINDOW_SECONDS = 300


ERROR_BOUND_PCT = 5.8824


REQUESTS_PER_SECOND = 812.0


AVG_MS = 3.03


# step: average, p50, p95, p99 in ms; share of calls that got there, answered per second
Cost = tuple[float, float, float, float, float, float]


COSTS: dict[str, Cost] = {
    "request_id": (0.01, 0.008, 0.02, 0.04, 812.0, 0.0),
    "access_log": (0.06, 0.04, 0.14, 0.31, 812.0, 0.0),
    "tracing": (0.09, 0.07, 0.21, 0.4, 812.0, 0.0),
    "latency": (0.02, 0.015, 0.03, 0.06, 812.0, 0.0),
    "security_headers": (0.02, 0.018, 0.03, 0.05, 812.0, 0.0),
    "cors": (0.02, 0.014, 0.04, 0.07, 812.0, 46.0),
    "errors": (0.01, 0.006, 0.02, 0.05, 766.0, 0.0),
    "ip_rules": (0.02, 0.016, 0.04, 0.06, 766.0, 3.0),
    "body_limit": (0.01, 0.005, 0.02, 0.03, 763.0, 1.0),
    "timeout": (0.02, 0.017, 0.03, 0.06, 762.0, 0.0),
    "in_flight": (0.01, 0.006, 0.02, 0.04, 762.0, 0.0),
    "audit": (0.02, 0.002, 0.01, 0.9, 762.0, 0.0),
    "auth": (0.41, 0.22, 0.98, 2.2, 762.0, 9.0),
    "rate_limit": (0.18, 0.15, 0.37, 0.8, 753.0, 14.0),
    "cache": (0.0, 0.0, 0.0, 0.0, 0.0, 0.0),
    "compression": (0.22, 0.1, 0.71, 1.6, 739.0, 0.0),
    "circuit_breaker": (0.03, 0.02, 0.05, 0.09, 739.0, 0.0),
    "fault_injection": (0.0, 0.0, 0.0, 0.0, 0.0, 0.0),
    "handler": (1.91, 1.4, 5.6, 12.2, 739.0, 0.0),
}


SUMMARIES = {
    "request_id": "Keeps a sane X-Request-Id",
    "access_log": "1 of 10 under 100 ms, all others",
    "tracing": "5 % of new traces",
    "latency": "Every route",
    "security_headers": "HTTPS only for 365 days, content policy, no frames",
    "cors": "3 origins",
    "errors": "Always",
    "ip_rules": "2 allowed, 11 denied",
    "body_limit": "1 MiB",
    "timeout": "10 s",
    "in_flight": "1,000 at a time, 200 for each address",
    "audit": "Every change",
    "auth": "Cookie, bearer token",
    "rate_limit": "600 per 60 s for each user, 60 at once, shared",
    "cache": "1 s for reads, at most 500 answers",
    "compression": "gzip from 1 KiB",
    "circuit_breaker": "Opens at 50 % of 20 requests in 10 s",
    "fault_injection": "Nothing",
}


SETTINGS: dict[str, dict[str, Any]] = {
    "access_log": {"every": 10},
    "tracing": {"sample_pct": 5.0},
    "cors": {"origins": ["https://shop.example", "https://admin.shop.example", "https://pos.shop.example"]},
    "ip_rules": {
        "allow": ["10.0.0.0/8", "192.168.0.0/16"],
        "deny": [f"10.66.{number}.0/24" for number in range(11)],
    },
    "timeout": {"seconds": 10.0},
    "rate_limit": {"requests": 600, "per_seconds": 60.0, "burst": 60, "store": "shared"},
}


OFF = {"cache", "fault_injection"}


ORDER_42 = [interceptor.id for interceptor in CATALOGUE]


def settings_of(id: str) -> dict[str, Any]:
    return {**_defaults(id), **SETTINGS.get(id, {})}


def _defaults(id: str) -> dict[str, Any]:
    return _plain(BY_ID[id].settings())


def _plain(value: Any) -> dict[str, Any]:
    plain: dict[str, Any] = json.decode(json.encode(value))
    return plain


def _stats(id: str, part: float = 1.0) -> StepStats:
    avg, p50, p95, p99, per_second, answered = COSTS[id]
    if not per_second:
        return StepStats(
            id=id,
            calls=0,
            calls_per_second=0.0,
            answered=0,
            answered_per_second=0.0,
            errors=0,
            avg_ms=None,
            p50_ms=None,
            p95_ms=None,
            p99_ms=None,
            share_pct=None,
        )
    return StepStats(
        id=id,
        calls=round(per_second * part * WINDOW_SECONDS),
        calls_per_second=round(per_second * part, 1),
        answered=round(answered * part * WINDOW_SECONDS),
        answered_per_second=round(answered * part, 1),
        errors=2 if id == "handler" else 0,
        avg_ms=avg,
        p50_ms=p50,
        p95_ms=p95,
        p99_ms=p99,
        share_pct=round(100 * avg * per_second / (AVG_MS * REQUESTS_PER_SECOND), 1),
    )


def _step(place: int, id: str) -> PipelineStep:
    interceptor, stats = BY_ID[id], _stats(id)
    return PipelineStep(
        id=id,
        name=interceptor.name,
        order=place,
        enabled=id not in OFF,
        avg_ms=stats.avg_ms,
        phase=interceptor.phase,
        doc=interceptor.doc,
        summary=SUMMARIES[id],
        locked=interceptor.locked,
        known=True,
        version=5 if id == "rate_limit" else 1,
        settings=settings_of(id),
        constraints=interceptor.constraints,
        stats=stats,
    )


def _node(name: str) -> PipelineNode:
    return PipelineNode(
        node=name,
        version="0.1.0",
        revision=41,
        origin="saved",
        started_at=ago(2 * DAY),
        changed_at=ago(2 * DAY),
        seen_at=ago(2),
    )


PIPELINE = Pipeline(
    revision=42,
    running_revision=41,
    restart_required=True,
    steps=[_step(place, id) for place, id in enumerate(ORDER_42, 1)],
    handler=_stats("handler"),
    avg_ms=AVG_MS,
    steps_avg_ms=1.12,
    requests_per_second=REQUESTS_PER_SECOND,
    nodes=[_node("gw-0"), _node("gw-1")],
    confirmation=None,
    updated_by="ana",
    updated_at=ago(120),
    comment="Cache off while the ledger is down",
)


_RATE_LIMIT = BY_ID["rate_limit"]


MIDDLEWARE = Middleware(
    step=next(step for step in PIPELINE.steps if step.id == "rate_limit"),
    revision=42,
    restart_required=True,
    schema=_plain(json.schema(_RATE_LIMIT.settings)["$defs"][_RATE_LIMIT.settings.__name__]),
    defaults=_defaults("rate_limit"),
    nodes={"gw-0": _stats("rate_limit", 0.52), "gw-1": _stats("rate_limit", 0.48)},
    changed_by="dana",
    changed_at=ago(3 * DAY),
)


def _node_stats(name: str, part: float) -> NodeStats:
    return NodeStats(
        node=name,
        revision=41,
        requests=round(REQUESTS_PER_SECOND * part * WINDOW_SECONDS),
        requests_per_second=round(REQUESTS_PER_SECOND * part, 1),
        avg_ms=AVG_MS,
        steps_avg_ms=1.12,
        steps=[_stats(id, part) for id in ORDER_42],
        handler=_stats("handler", part),
    )


STATS = MiddlewareStats(
    window_seconds=WINDOW_SECONDS,
    from_at=NOW - timedelta(seconds=WINDOW_SECONDS),
    to_at=NOW,
    requests=round(REQUESTS_PER_SECOND * WINDOW_SECONDS),
    requests_per_second=REQUESTS_PER_SECOND,
    avg_ms=AVG_MS,
    steps_avg_ms=1.12,
    steps=[_stats(id) for id in ORDER_42],
    handler=_stats("handler"),
    nodes=[_node_stats("gw-0", 0.52), _node_stats("gw-1", 0.48)],
    error_bound_pct=ERROR_BOUND_PCT,
)

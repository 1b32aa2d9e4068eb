"""What happened in the shop, as events: one of each kind."""

from datetime import timedelta

from shared.contracts.auth import AccessRevoked
from shared.contracts.health.events import HealthChanged, HealthChecked, ServiceDeclared
from shared.contracts.latency import EndpointSummary, LatencySummarised
from shared.contracts.pipeline.document import PipelineNode
from shared.contracts.pipeline.events import (
    NodeAnnounced,
    PipelineApplied,
    PipelineChanged,
    PipelineConfirmed,
    PipelineMeasured,
)
from shared.contracts.pipeline.stats import MeasuredStep
from shared.contracts.wire import Event
from tests.contracts.shop.clock import NOW, ago, today
from tests.contracts.shop.revisions import CACHE_OFF

EVENTS: tuple[Event, ...] = (
    HealthChanged(
        service_id="ledger-db",
        name="ledger-db",
        group="Shop",
        from_status="healthy",
        to_status="down",
        started_at=today("14:02:08"),
        confirmed_at=today("14:02:38"),
        reason="Connection refused on ledger-db.shop:5432",
        affected=["connect", "query", "replication-lag"],
    ),
    HealthChecked(
        service_id="search",
        run_id="01997c2e-7f60-7b3a-9a55-3c1d2e4f5a60",
        trigger="schedule",
        at=ago(4),
        result="warn",
        status="degraded",
        duration_ms=812.4,
        reason="Answered in 812 ms, degraded above 500 ms",
        certificate_ends_at=today("14:00:00") + timedelta(days=61),
    ),
    ServiceDeclared(service_id="search", change="changed", version=4, actor="ana"),
    LatencySummarised(
        service="payments-api",
        from_at=today("14:07:20"),
        to_at=today("14:08:20"),
        count=304,
        error_bound_pct=0.5416,
        endpoints=[
            EndpointSummary(
                method="POST",
                path="/api/payments",
                p50=268.0,
                p95=1210.0,
                p99=3120.0,
                count=206,
                error_rate_pct=6.31,
                max_ms=3404.0,
            ),
            EndpointSummary(
                method="GET",
                path="/api/payments/{id}",
                p50=27.0,
                p95=64.0,
                p99=None,
                count=98,
                error_rate_pct=1.02,
                max_ms=88.0,
            ),
        ],
        together=EndpointSummary(
            method="_ALL", path="*", p50=190.0, p95=1104.0, p99=3010.0, count=304, error_rate_pct=4.6, max_ms=3404.0
        ),
    ),
    AccessRevoked(subject_id="dana.o", subject_kind="user", at=NOW),
    PipelineChanged(
        revision=42,
        kind="step",
        actor="ana",
        at=ago(120),
        comment="Cache off while the ledger is down",
        changes=[CACHE_OFF],
    ),
    PipelineApplied(revision=42, from_revision=41, actor="ana", at=ago(20), confirm_until=today("14:09:00")),
    PipelineConfirmed(revision=42, actor="ana", at=ago(2)),
    NodeAnnounced(
        node="gw-1",
        state=PipelineNode(
            node="gw-1",
            version="0.1.0",
            revision=41,
            origin="saved",
            started_at=ago(172_800),
            changed_at=ago(172_800),
            seen_at=ago(19),
            rejected_revision=42,
            error="rate_limit: store must be one of local, shared",
        ),
    ),
    PipelineMeasured(
        node="gw-0",
        revision=41,
        from_at=ago(5),
        to_at=NOW,
        requests=4,
        sum_ms=9.72,
        steps=[
            MeasuredStep(id="auth", calls=4, answered=1, errors=0, sum_ms=1.64, offset=149, counts=[2, 0, 1, 1]),
            MeasuredStep(id="handler", calls=3, answered=0, errors=0, sum_ms=8.08, offset=168, counts=[1, 1, 0, 1]),
        ],
    ),
)

"""What happened in the shop, as events: one of each kind."""

from datetime import timedelta

from shared.contracts.auth import AccessRevoked
from shared.contracts.health import HealthChanged, HealthChecked, ServiceDeclared
from shared.contracts.latency import EndpointSummary, LatencySummarised
from shared.contracts.wire import Event
from tests.contracts.shop.clock import NOW, ago, today

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
)

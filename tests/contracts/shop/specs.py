"""What the shop watches: one ServiceSpec a service."""

from shared.contracts.checks import (
    CheckSpec,
    GrpcCheck,
    HeartbeatCheck,
    HttpCheck,
    JsonAssertion,
    NatsCheck,
    PostgresCheck,
    TcpCheck,
    TlsCheck,
)
from shared.contracts.health.services import Dependency, EdgeKind, ServiceSpec

REQUIRED: dict[str, list[str]] = {
    "storefront": ["edge-gateway", "identity", "catalog-api", "checkout"],
    "catalog-api": ["search", "inventory"],
    "checkout": ["payments-api", "inventory"],
    "payments-api": ["ledger-db"],
}
WEAKER: dict[str, list[tuple[str, EdgeKind]]] = {
    "checkout": [("notifications", "limited")],
    "notifications": [("sms-gateway", "optional")],
    "nightly-export": [("ledger-db", "optional")],
}
OWN_PROCESSES = ("gateway", "health_svc", "latency_svc", "ws_svc", "pipeline_svc", "alert_svc")


def _http(service_id: str, path: str = "/healthz", degraded_ms: float | None = None) -> HttpCheck:
    return HttpCheck(url=f"https://{service_id}.shop{path}", degraded_ms=degraded_ms)


SHOP_CHECKS: dict[str, list[CheckSpec]] = {
    "ledger-db": [
        TcpCheck(name="connect", critical=True, host="ledger-db.shop", port=5432),
        PostgresCheck(name="query", dsn="$LEDGER_DSN"),
        PostgresCheck(
            name="replication-lag", dsn="$LEDGER_DSN", query="SELECT lag_seconds < 30 FROM replication", expect="true"
        ),
    ],
    "payments-api": [_http("payments-api")],
    "search": [
        HttpCheck(
            url="https://search.shop/healthz",
            degraded_ms=500,
            assertions=[JsonAssertion(path="$.status", operator="==", value="ok")],
        )
    ],
    "sms-gateway": [TcpCheck(host="sms.partner.test", port=2775)],
    "notifications": [_http("notifications")],
    "storefront": [_http("storefront")],
    "checkout": [_http("checkout")],
    "catalog-api": [GrpcCheck(host="catalog-api.shop", port=9090)],
    "edge-gateway": [_http("edge-gateway"), TlsCheck(host="shop.example", warn_days=21)],
    "identity": [_http("identity")],
    "inventory": [GrpcCheck(host="inventory.shop", port=9090, service="shop.Inventory")],
    "nightly-export": [HeartbeatCheck(grace_seconds=3600)],
}
BELFRY_CHECKS: dict[str, list[CheckSpec]] = {
    **{
        name: [NatsCheck(service=name, request=f"belfry.rpc.{name.removesuffix('_svc')}.get_readiness")]
        for name in OWN_PROCESSES
    },
    "belfry-nats": [NatsCheck(url="$NATS_URL")],
    "belfry-postgres": [PostgresCheck(dsn="$DATABASE_URL")],
}
PRIVATE = {"ledger-db", "sms-gateway", "inventory", "nightly-export"}
PUBLIC_NAMES = {"storefront": "Shop", "payments-api": "Payments", "edge-gateway": "Website", "identity": "Sign-in"}


def _dependencies(service_id: str) -> list[Dependency]:
    if service_id in OWN_PROCESSES:
        return [Dependency(id="belfry-nats"), Dependency(id="belfry-postgres")]
    required = [Dependency(id=target) for target in REQUIRED.get(service_id, [])]
    return required + [Dependency(id=target, kind=kind) for target, kind in WEAKER.get(service_id, [])]


def _shop_spec(service_id: str, checks: list[CheckSpec]) -> ServiceSpec:
    return ServiceSpec(
        id=service_id,
        group="Shop",
        interval_seconds=86_400 if service_id == "nightly-export" else 15,
        dependencies=_dependencies(service_id),
        checks=checks,
        tags=["payments"] if service_id in ("ledger-db", "payments-api", "checkout") else [],
        public=service_id not in PRIVATE,
        public_name=PUBLIC_NAMES.get(service_id),
    )


SPECS: dict[str, ServiceSpec] = {
    **{service_id: _shop_spec(service_id, checks) for service_id, checks in SHOP_CHECKS.items()},
    **{
        service_id: ServiceSpec(id=service_id, group="Belfry", dependencies=_dependencies(service_id), checks=checks)
        for service_id, checks in BELFRY_CHECKS.items()
    },
}

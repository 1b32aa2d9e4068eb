"""The board: every service with its status, failing first."""

from datetime import timedelta

from msgspec import Struct, field

from shared.contracts.checks import kind_of
from shared.contracts.config import ConfigState
from shared.contracts.health.board import Board, ServiceCard
from shared.contracts.health.services import Overlay, Result, Source, Status
from tests.contracts.shop.clock import NOW, ago, today
from tests.contracts.shop.specs import OWN_PROCESSES, SPECS

P: Result = "pass"
CONFIG_PATH = "belfry.yaml"


class Seen(Struct, frozen=True, kw_only=True):
    """What differs from a healthy service; `last` is the age of the last check in seconds."""

    status: Status = "healthy"
    effective: Status = "healthy"
    overlays: list[Overlay] = []
    root_causes: list[str] = []
    reason: str = "All checks pass"
    affected: list[str] = []
    since: str = "06:00:00"
    last: float = 8
    duration_ms: float | None = 12.4
    uptime_pct: float | None = 100.0
    coverage_pct: float = 100.0
    recent: list[Result] = field(default_factory=lambda: [P] * 30)
    incident_id: str | None = None


SEEN: dict[str, Seen] = {
    "ledger-db": Seen(
        status="down",
        effective="down",
        root_causes=["ledger-db"],
        reason="Connection refused on ledger-db.shop:5432, 3 of 3 tries",
        affected=["connect", "query", "replication-lag"],
        since="14:02:08",
        duration_ms=2.1,
        uptime_pct=99.96,
        recent=[P] * 5 + ["fail"] * 25,
        incident_id="2041",
    ),
    "payments-api": Seen(
        effective="degraded",
        root_causes=["ledger-db"],
        reason="ledger-db is down, own check healthy",
        since="14:02:38",
        last=12,
        duration_ms=41.0,
        uptime_pct=99.97,
    ),
    "search": Seen(
        status="degraded",
        effective="degraded",
        root_causes=["search"],
        reason="Answered in 812 ms, degraded above 500 ms",
        affected=["http"],
        since="13:37:05",
        last=4,
        duration_ms=812.0,
        uptime_pct=99.91,
        recent=[P] * 9 + ["warn"] * 21,
        incident_id="2040",
    ),
    "sms-gateway": Seen(
        status="unknown",
        effective="unknown",
        overlays=["stale"],
        reason="No result for 3 min",
        since="14:05:21",
        last=179,
        duration_ms=None,
        uptime_pct=98.62,
        coverage_pct=98.4,
        recent=[P] * 27 + ["error"] * 3,
    ),
    "notifications": Seen(overlays=["maintenance"], reason="SMTP upgrade", last=20, uptime_pct=99.99),
    "catalog-api": Seen(root_causes=["search"], last=2, duration_ms=4.8),
    "checkout": Seen(root_causes=["ledger-db"], last=6, duration_ms=38.2, uptime_pct=99.95),
    "storefront": Seen(root_causes=["ledger-db", "search"], last=11, duration_ms=55.0, uptime_pct=99.99),
    "edge-gateway": Seen(last=15, uptime_pct=99.99, overlays=[]),
    "identity": Seen(last=9),
    "inventory": Seen(last=1, uptime_pct=99.98, overlays=["flapping"], recent=[P, P, "fail", P, P, "fail", *[P] * 24]),
    "nightly-export": Seen(last=36_000, duration_ms=None, recent=[P] * 30),
}


def _source(service_id: str) -> Source:
    if service_id in OWN_PROCESSES:
        return Source(kind="nats")
    if SPECS[service_id].group == "Belfry":
        return Source(kind="self")
    if service_id in ("search", "inventory"):
        return Source(kind="api")
    return Source(kind="file", path=CONFIG_PATH, line=4 + 9 * list(SPECS).index(service_id))


def card(service_id: str) -> ServiceCard:
    spec, seen = SPECS[service_id], SEEN.get(service_id, Seen())
    last_check = ago(seen.last)
    return ServiceCard(
        id=service_id,
        name=spec.name or service_id,
        group=spec.group,
        kinds=[kind_of(check) for check in spec.checks],
        status=seen.status,
        effective=seen.effective,
        overlays=seen.overlays,
        at_risk=bool(seen.root_causes) and seen.effective == "healthy",
        root_causes=seen.root_causes,
        reason=seen.reason,
        affected=seen.affected,
        since=today(seen.since),
        last_check=last_check,
        next_check=last_check + timedelta(seconds=spec.interval_seconds),
        interval_seconds=spec.interval_seconds,
        duration_ms=seen.duration_ms,
        uptime_pct=seen.uptime_pct,
        coverage_pct=seen.coverage_pct,
        recent=seen.recent,
        fail_rate_1h_pct=round(100 * seen.recent.count("fail") / 240, 2),
        dependencies=[dependency.id for dependency in spec.dependencies],
        tags=spec.tags,
        source=_source(service_id),
        public=spec.public,
        maintenance_until=today("16:00:00") if "maintenance" in seen.overlays else None,
        incident_id=seen.incident_id,
    )


ORDER = ("down", "degraded", "unknown", "maintenance", "at_risk", "healthy")


def shown(service: ServiceCard) -> str:
    """The word on the card: maintenance hides a healthy status, nothing hides a failing one."""
    return "maintenance" if service.effective == "healthy" and "maintenance" in service.overlays else service.effective


def _rank(service: ServiceCard) -> tuple[int, str]:
    return ORDER.index("at_risk" if service.at_risk else shown(service)), service.name


CARDS: list[ServiceCard] = sorted((card(service_id) for service_id in SPECS), key=_rank)
COUNTS: dict[str, int] = {
    "all": len(CARDS),
    **{
        word: sum(shown(service) == word for service in CARDS)
        for word in ("down", "degraded", "unknown", "maintenance", "healthy")
    },
    "at_risk": sum(service.at_risk for service in CARDS),
}
BOARD = Board(
    services=CARDS,
    counts=COUNTS,
    generated_at=NOW,
    checking=True,
    last_recorded_at=ago(1),
    config=ConfigState(path=CONFIG_PATH, loaded_at=today("06:00:00")),
)

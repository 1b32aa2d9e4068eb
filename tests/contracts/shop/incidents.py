"""What went wrong, what is planned, and what strangers see of both."""

from datetime import UTC, datetime, timedelta

from shared.contracts.health.history import HealthIncident, HealthIncidents
from shared.contracts.health.maintenance import Maintenance, MaintenanceList, MaintenanceSpec
from shared.contracts.health.services import Status
from shared.contracts.health.status_page import PublicIncident, PublicMaintenance, PublicService, StatusPage
from tests.contracts.shop.board import CARDS, shown
from tests.contracts.shop.clock import NOW, ago, today
from tests.contracts.shop.specs import SPECS
from tests.contracts.shop.uptime import days_of, uptime_of


def _incident(
    number: int,
    service_id: str,
    status: Status,
    started_at: datetime,
    seconds: float | None,
    reason: str,
    affected: list[str],
) -> HealthIncident:
    ended_at = None if seconds is None else started_at + timedelta(seconds=seconds)
    return HealthIncident(
        id=str(number),
        service_id=service_id,
        service_name=service_id,
        status=status,
        started_at=started_at,
        confirmed_at=started_at + timedelta(seconds=30),
        ended_at=ended_at,
        duration_seconds=((ended_at or NOW) - started_at).total_seconds(),
        reason=reason,
        affected=affected,
    )


def _on(month: int, day: int, hour: int, minute: int) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


INCIDENTS = HealthIncidents(
    incidents=[
        _incident(
            2041,
            "ledger-db",
            "down",
            today("14:02:08"),
            None,
            "Connection refused on ledger-db.shop:5432",
            ["connect", "query"],
        ),
        _incident(
            2040, "search", "degraded", today("13:37:05"), None, "Answered in 812 ms, degraded above 500 ms", ["http"]
        ),
        _incident(2038, "search", "down", _on(11, 20, 9, 12), 2300, "No answer within 5 s", ["http"]),
        _incident(2037, "payments-api", "down", _on(11, 18, 16, 40), 140, "Status 502, expected 2xx", ["http"]),
        _incident(2036, "checkout", "down", _on(11, 18, 16, 39), 360, "Status 503, expected 2xx", ["http"]),
        _incident(2031, "storefront", "down", _on(11, 15, 22, 4), 200, "TLS handshake failed", ["http"]),
        _incident(2024, "ledger-db", "down", _on(11, 12, 3, 18), 510, "No answer within 5 s", ["connect", "query"]),
    ],
    next_cursor=None,
)


def _maintenance(number: int, spec: MaintenanceSpec, starts_at: datetime, made_by: str) -> Maintenance:
    ends_at = starts_at + timedelta(seconds=spec.duration_seconds)
    return Maintenance(
        id=f"mnt-{number}",
        spec=spec,
        active=starts_at <= NOW < ends_at,
        occurrence_starts_at=starts_at,
        occurrence_ends_at=ends_at,
        created_by=made_by,
        created_at=ago(3 * 86_400),
    )


SMTP_UPGRADE = MaintenanceSpec(
    title="SMTP upgrade",
    note="Mails and texts arrive late.",
    service_ids=["notifications"],
    starts_at=today("13:30:00"),
    duration_seconds=9000,
)
INDEX_REBUILD = MaintenanceSpec(
    title="Search index rebuild",
    service_ids=["search"],
    starts_at=_on(10, 4, 2, 0),
    duration_seconds=7200,
    rrule="FREQ=WEEKLY;BYDAY=SU",
    time_zone="Europe/Berlin",
)
MOVE = MaintenanceSpec(
    title="Move to the new racks",
    note="Short interruptions are possible.",
    groups=["Shop"],
    starts_at=_on(12, 1, 22, 0),
    duration_seconds=4 * 3600,
)
MAINTENANCE = MaintenanceList(
    maintenance=[
        _maintenance(7, SMTP_UPGRADE, SMTP_UPGRADE.starts_at, "dana"),
        _maintenance(3, INDEX_REBUILD, _on(11, 29, 1, 0), "ana"),
        _maintenance(8, MOVE, MOVE.starts_at, "ana"),
    ]
)


def status_page(days: int) -> StatusPage:
    """What strangers see, with bars over so many days."""
    return StatusPage(
        services=[
            PublicService(
                id=seen.id,
                name=SPECS[seen.id].public_name or seen.name,
                group=seen.group,
                status=shown(seen),  # type: ignore[arg-type]  # the words of a card are those of the status page
                uptime_pct=uptime_of(days_of(seen.id, days)),
                days=days_of(seen.id, days),
            )
            for seen in CARDS
            if seen.public
        ],
        incidents=[
            PublicIncident(
                service_name=SPECS[incident.service_id].public_name or incident.service_name,
                status=incident.status,
                started_at=incident.started_at,
                ended_at=incident.ended_at,
            )
            for incident in INCIDENTS.incidents
            if SPECS[incident.service_id].public
        ],
        maintenance=[
            PublicMaintenance(
                title=window.spec.title,
                note=window.spec.note,
                starts_at=window.occurrence_starts_at or window.spec.starts_at,
                ends_at=window.occurrence_ends_at or window.spec.starts_at,
                active=window.active,
            )
            for window in MAINTENANCE.maintenance
        ],
        generated_at=NOW,
        last_recorded_at=ago(1),
    )

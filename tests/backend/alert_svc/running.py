"""alert_svc on real servers, in this process or as one of its own, and someone to measure things for it."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import asyncpg
from aiohttp import web
from aiohttp.test_utils import TestServer
from msgspec import Struct

from alert_svc.app import create_app
from alert_svc.settings import AlertSettings
from shared.bus import Bus
from shared.contracts.alerts import procedures as alert
from shared.contracts.alerts.incidents import AlertIncident, AlertIncidentDetail, AlertIncidents
from shared.contracts.alerts.metrics import MetricSample, MetricSampled
from shared.contracts.alerts.requests import AlertIncidentsQuery, CreateAlertRule, IncidentRef, RuleRef
from shared.contracts.alerts.rules import AlertRule, AlertRuleSpec
from shared.contracts.health.events import HealthChanged
from shared.contracts.health.services import Status
from shared.contracts.wire import Rpc
from shared.rpc import Caller, answer_of, call
from shared.settings import Settings
from tests.fixtures.waiting import until

OPERATOR = Caller(actor="ana", role="admin")
LONG = 30.0


class Alerts:
    """A running alert_svc; `ask` calls it as the gateway does, `measure` says what something is now."""

    def __init__(self, bus: Bus, database: str) -> None:
        self.bus, self.database = bus, database

    async def ask(self, rpc: Rpc, request: Struct, caller: Caller = OPERATOR) -> Any:
        """Raises ProblemError."""
        return answer_of(rpc, await call(self.bus, rpc, request, caller, LONG))

    def measure(self, metric: str, value: float, at: float | None = None, labels: dict[str, str] | None = None) -> None:
        moment = datetime.fromtimestamp(time.time() if at is None else at, UTC)
        sample = MetricSample(value=value, labels=labels or {"service": "shop"})
        self.bus.publish(MetricSampled(name=metric, at=moment, interval_seconds=10, samples=[sample]))

    def say_status(self, service_id: str, status: Status) -> None:
        """As health_svc says that a service has changed."""
        now = datetime.now(UTC)
        self.bus.publish(
            HealthChanged(
                service_id=service_id, name=service_id, group="Shop", from_status="healthy", to_status=status,
                started_at=now, confirmed_at=now, reason="as the test says",
            )
        )  # fmt: skip

    async def rule(self, metric: str, **spec: Any) -> AlertRule:
        """A rule that fires above 10, at once, unless told otherwise."""
        given = {"name": f"Rule on {metric}", "metric": metric, "operator": ">", "threshold": 10.0}
        made: AlertRule = await self.ask(alert.CREATE_RULE, CreateAlertRule(rule=AlertRuleSpec(**{**given, **spec})))
        return made

    async def get_rule(self, rule_id: str) -> AlertRule:
        found: AlertRule = await self.ask(alert.GET_RULE, RuleRef(rule_id=rule_id))
        return found

    async def until_state(self, rule_id: str, state: str) -> AlertRule:
        return await until(lambda: self.get_rule(rule_id), lambda rule: rule.state == state)

    async def incidents(self, rule_id: str) -> list[AlertIncident]:
        found: AlertIncidents = await self.ask(alert.LIST_INCIDENTS, AlertIncidentsQuery(rule_id=rule_id))
        return found.incidents

    async def until_incident(self, rule_id: str, state: str = "firing") -> AlertIncident:
        found = await until(lambda: self.incidents(rule_id), lambda found: bool(found) and found[0].state == state)
        return found[0]

    async def detail(self, incident_id: str) -> AlertIncidentDetail:
        found: AlertIncidentDetail = await self.ask(alert.GET_INCIDENT, IncidentRef(incident_id=incident_id))
        return found

    async def sql(self, query: str, *args: Any) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self.database, server_settings={"search_path": "alert"})
        try:
            found: list[asyncpg.Record] = await connection.fetch(query, *args)
            return found
        finally:
            await connection.close()

    async def channel(self, id: str, kind: str = "webhook") -> None:
        """A channel that can be told; nobody sends."""
        await self.sql(
            "INSERT INTO channel (id, kind, name, config, source, updated_by) VALUES ($1, $2, $1, $3, 'api', 'ana')",
            id,
            kind,
            '{"to": ["+4915112345678"]}' if kind == "sms" else "{}",
        )

    async def queued(self, incident_id: str) -> list[str]:
        """The keys of all messages of an incident, in order, without the incident's number."""
        rows = await self.sql(
            "SELECT key FROM delivery WHERE incident_id = $1 ORDER BY queued_at, key", int(incident_id)
        )
        return [row["key"].split(":", 1)[1] for row in rows]


@asynccontextmanager
async def running_alerts(env: Mapping[str, str], **given: Any) -> AsyncIterator[Alerts]:
    """alert_svc in this process. It sends nothing and reads no file, unless told to."""
    servers = {"nats_url": env["NATS_URL"], "database_url": env["DATABASE_URL"], "port": 0}
    settings = AlertSettings(
        **{"alert_send": False, "alert_tests_per_minute": 1000, "config_path": "tests/none.yaml", **servers, **given}
    )
    app: web.Application = create_app(settings)
    bus = await Bus.connect(Settings(service="gateway", nats_url=env["NATS_URL"]))
    async with TestServer(app):
        yield Alerts(bus, env["DATABASE_URL"])
    await asyncio.wait_for(bus.close(), LONG)

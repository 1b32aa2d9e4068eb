"""alert_svc that sends, to providers on this machine."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec import json

from alert_svc.samples import sample_of_channel
from shared.bus import Message
from shared.contracts.alerts import procedures as alert
from shared.contracts.alerts.channels import AlertChannel, AnyChannelSpec, WebhookChannel
from shared.contracts.alerts.deliveries import AlertDeliveries, AlertDelivery, TestResult
from shared.contracts.alerts.events import AlertDelivered
from shared.contracts.alerts.requests import CreateChannel, DeliveriesQuery, TestUnsavedChannel
from tests.backend.alert_svc.running import Alerts, running_alerts
from tests.fixtures.providers.mail import MailHost, running_mail
from tests.fixtures.providers.web import Providers, running_providers
from tests.fixtures.waiting import until


class Sending:
    """alert_svc, the providers, and a host that takes mail."""

    def __init__(self, alerts: Alerts, providers: Providers, mail: MailHost) -> None:
        self.alerts, self.providers, self.mail = alerts, providers, mail

    async def test(self, spec: AnyChannelSpec) -> TestResult:
        """Of a channel that is not saved."""
        found: TestResult = await self.alerts.ask(alert.TEST_UNSAVED, TestUnsavedChannel(channel=spec))
        return found

    async def channel(self, spec: AnyChannelSpec) -> AlertChannel:
        made: AlertChannel = await self.alerts.ask(alert.CREATE_CHANNEL, CreateChannel(channel=spec))
        return made

    async def hook(self, id: str, **more: Any) -> AlertChannel:
        return await self.channel(WebhookChannel(name=id, id=id, url=f"{self.providers.url}/hook/{id}", **more))

    async def fire(self, metric: str, *channels: str) -> str:
        """A rule of its own fires; returns the incident's id."""
        rule = await self.alerts.rule(metric, channels=list(channels))
        self.alerts.measure(metric, 12.0)
        return (await self.alerts.until_incident(rule.id)).id

    async def resolve(self, metric: str) -> None:
        self.alerts.measure(metric, 1.0)

    async def hear_deliveries(self, channel_id: str) -> Callable[[], Awaitable[list[str]]]:
        """The states that the bus tells of, from now on."""
        states: list[str] = []

        async def hear(message: Message) -> None:
            states.append(json.decode(message.data, type=AlertDelivered).state)

        async def heard() -> list[str]:
            return states

        await self.alerts.bus.subscribe(f"belfry.v1.alert.delivered.{channel_id}", hear, concurrency=1)
        return heard

    async def queue_by_hand(self, channel_id: str, name: str, **more: Any) -> str:
        """A message of no incident, as a row that no job tells of. Spans of time in `more` count from now."""
        given: dict[str, Any] = {"state": "queued", "attempts": 0, "claim_until": None, **more}
        given.setdefault("give_up_at", timedelta(hours=24))
        [row] = await self.alerts.sql(
            """
            INSERT INTO delivery (
                id, key, channel_id, channel_name, kind, reason, message, state, attempts, claim_until, give_up_at,
                next_at, steps
            ) VALUES (
                gen_random_uuid(), '0:' || $2 || ':' || $1 || ':0.0', $1, $1, 'webhook', 'fired', $3::text::jsonb, $4,
                $5, now() + $6::interval, now() + $7::interval, now(),
                jsonb_build_array(jsonb_build_object('state', 'queued', 'at', now(), 'detail', ''))
            ) RETURNING id::text AS id
            """,
            channel_id,
            name,
            json.encode(sample_of_channel(name, "ana", datetime.now(UTC))).decode(),
            given["state"],
            given["attempts"],
            given["claim_until"],
            given["give_up_at"],
        )
        return str(row["id"])

    async def deliveries(self, **query: Any) -> list[AlertDelivery]:
        """Oldest first."""
        found: AlertDeliveries = await self.alerts.ask(alert.LIST_DELIVERIES, DeliveriesQuery(**query))
        return found.deliveries[::-1]

    async def until_states(self, channel_id: str, *states: str) -> list[AlertDelivery]:
        return await until(
            lambda: self.deliveries(channel_id=channel_id), lambda found: [each.state for each in found] == list(states)
        )


@asynccontextmanager
async def sending_alerts(env: Mapping[str, str], data: Path, **given: Any) -> AsyncIterator[Sending]:
    own: dict[str, Any] = {"alert_send": True, "data_dir": str(data), "public_url": "https://belfry.example", **given}
    async with running_providers() as providers, running_mail(data) as (mail, authority):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("SSL_CERT_FILE", str(authority))
            async with running_alerts(env, **{**providers.settings(), **own}) as alerts:
                yield Sending(alerts, providers, mail)

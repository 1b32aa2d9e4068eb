"""alert_svc that sends, to providers on this machine."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from shared.contracts.alerts import procedures as alert
from shared.contracts.alerts.channels import AlertChannel, AnyChannelSpec, WebhookChannel
from shared.contracts.alerts.deliveries import AlertDeliveries, AlertDelivery
from shared.contracts.alerts.requests import CreateChannel, DeliveriesQuery
from tests.backend.alert_svc.running import Alerts, running_alerts
from tests.fixtures.providers.web import Providers, running_providers
from tests.fixtures.waiting import until


class Sending:
    """alert_svc and the providers."""

    def __init__(self, alerts: Alerts, providers: Providers) -> None:
        self.alerts, self.providers = alerts, providers

    async def channel(self, spec: AnyChannelSpec) -> AlertChannel:
        made: AlertChannel = await self.alerts.ask(alert.CREATE_CHANNEL, CreateChannel(channel=spec))
        return made

    async def hook(self, id: str, **more: Any) -> AlertChannel:
        return await self.channel(WebhookChannel(name=id, id=id, url=f"{self.providers.url}/hook/{id}", **more))

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
    async with running_providers() as providers, running_alerts(env, **{**providers.settings(), **own}) as alerts:
        yield Sending(alerts, providers)

"""The alert API as its users see it, and what the tests of it share."""

from typing import Any

import aiohttp

from tests.backend.alert_svc.running import Alerts

AT = "/api/v1/admin/alerts"
RULE: dict[str, Any] = {
    "name": "Queue is long", "metric": "api.depth", "operator": ">", "threshold": 10, "duration": 0,
    "channels": ["ops"],
}  # fmt: skip


class Api:
    """The API as its users see it, and alert_svc behind it."""

    def __init__(self, client: aiohttp.ClientSession, alerts: Alerts) -> None:
        self.client, self.alerts = client, alerts

    async def ask(
        self, method: str, path: str, body: Any = None, want: int = 200, headers: dict[str, str] | None = None
    ) -> Any:
        async with self.client.request(method, AT + path, json=body, headers=headers) as answer:
            text = await answer.text()
            assert answer.status == want, text
            return await answer.json() if text else None

    async def refused(self, method: str, path: str, body: Any) -> dict[str, str]:
        """The message of each bad field of a 422."""
        problem = await self.ask(method, path, body, 422)
        return {error["field"]: error["message"] for error in problem["errors"]}

    async def fired(self, rule_id: str, metric: str, value: float = 12.0, **labels: str) -> dict[str, Any]:
        self.alerts.measure(metric, value, None, labels or None)
        incident = await self.alerts.until_incident(rule_id)
        found: dict[str, Any] = await self.ask("GET", f"/incidents/{incident.id}")
        return found

"""The API of channels as an admin has it, and what is behind it."""

import json
from typing import Any

import aiohttp

from tests.backend.alert_svc.sending import Sending

AT = "/api/v1/admin/alerts"


class Api:
    """The API as an admin has it, and what is behind it."""

    def __init__(self, client: aiohttp.ClientSession, sending: Sending, database: str) -> None:
        self.client, self.sending, self.database = client, sending, database

    async def ask(
        self, method: str, path: str, body: Any = None, want: int = 200, headers: dict[str, str] | None = None
    ) -> Any:
        async with self.client.request(method, AT + path, json=body, headers=headers) as answer:
            text = await answer.text()
            assert answer.status == want, text
            return json.loads(text) if text else None

    async def refused(self, body: Any) -> dict[str, str]:
        """The message of each bad field of a channel."""
        problem = await self.ask("POST", "/channels", body, 422)
        return {error["field"]: error["message"] for error in problem["errors"]}

    def hook(self, name: str, **more: Any) -> dict[str, Any]:
        return {"kind": "webhook", "name": name, "url": f"{self.sending.providers.url}/hook/{name}", **more}

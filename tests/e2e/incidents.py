"""Incidents, and a place that their messages go to, as the tests look at them."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.fixtures.waiting import until

ALERTS = "/api/v1/admin/alerts"
INCIDENTS = f"{ALERTS}/incidents"


class Receiver:
    """A webhook that takes everything. `heard`: the messages by path, in their order; `raw`: headers and body of each
    as they came."""

    def __init__(self) -> None:
        self.heard: dict[str, list[dict[str, Any]]] = {}
        self.raw: list[tuple[Mapping[str, str], bytes]] = []
        self.url = ""

    async def take(self, request: web.Request) -> web.Response:
        self.raw.append((request.headers.copy(), await request.read()))
        self.heard.setdefault(request.path, []).append(await request.json())
        return web.Response(status=204)

    async def until_heard(self, path: str, messages: int) -> None:
        async def count() -> int:
            return len(self.heard.get(path, []))

        await until(count, lambda heard: heard >= messages)


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/{channel}", receiver.take)
    async with TestServer(app) as server:
        receiver.url = str(server.make_url("/")).rstrip("/")
        yield receiver


async def make(api: aiohttp.ClientSession, what: str, **spec: Any) -> dict[str, Any]:
    async with api.post(f"{ALERTS}/{what}", json=spec) as answer:
        told = dict(await answer.json())
        assert answer.status == 201, told
        return told


@asynccontextmanager
async def escalating_rule(api: aiohttp.ClientSession, service: str, to: str) -> AsyncIterator[str]:
    """A rule that fires when the service is down: `ops` is told at once, `lead` an hour later. `to`: a receiver's
    address. Gives the rule's name; all of it is gone afterwards."""
    name = f"{service} is gone"
    for channel in ("ops", "lead"):
        await make(api, "channels", kind="webhook", id=f"incident-{channel}", name=channel, url=f"{to}/{channel}")
    steps = [
        {"name": "On call", "channels": ["incident-ops"]},
        {"name": "Lead", "channels": ["incident-lead"], "delay_seconds": 3600},
    ]
    await make(api, "policies", id="incident-on-call", name="On call", steps=steps)
    selector = [{"label": "service", "value": service}]
    rule = {"metric": "health.status", "operator": ">=", "threshold": 2, "severity": "critical", "selector": selector}
    await make(api, "rules", id="incident-gone", name=name, escalation_policy="incident-on-call", **rule)
    try:
        yield name
    finally:
        for made in (
            "rules/incident-gone",
            "policies/incident-on-call",
            "channels/incident-ops",
            "channels/incident-lead",
        ):
            async with api.delete(f"{ALERTS}/{made}") as answer:
                assert answer.status == 204, await answer.text()


async def incident_of(api: aiohttp.ClientSession, rule_id: str) -> dict[str, Any]:
    """The newest incident of a rule, `{}` when there is none."""
    async with api.get(INCIDENTS, params={"rule_id": rule_id}) as answer:
        found = (await answer.json())["incidents"] if answer.ok else []
    return dict(found[0]) if found else {}


async def until_incident(api: aiohttp.ClientSession, rule_id: str, state: str) -> dict[str, Any]:
    return await until(partial(incident_of, api, rule_id), lambda found: found.get("state") == state)

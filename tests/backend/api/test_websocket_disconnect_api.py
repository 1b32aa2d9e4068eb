"""Connections closed by the WebSocket API, and what it refuses."""

from typing import Any

import aiohttp
import msgspec
import pytest

from shared.contracts.ws.events import Connection
from shared.contracts.ws.overview import Disconnected
from tests.backend.api.fleets import AT, Fleet, asked, closed_by, post, token_of, trail
from tests.fixtures.waiting import until
from tests.fixtures.ws_nodes import FakeNode

pytestmark = [pytest.mark.integration, pytest.mark.asyncio(loop_scope="module")]


@pytest.mark.parametrize("place", ["gw1", "shop"])
async def test_one_connection_is_closed_wherever_it_is(fleet: Fleet, place: str) -> None:
    """F2.3.4: with 4503 and the reason, confirmed by its node, gone from the list at once, and in the audit trail."""
    node: FakeNode = getattr(fleet, place)
    victim, other = node.open("10.7.0.1", "sam"), node.open("10.7.0.1", "sam")

    found = await closed_by(fleet, f"/connections/{victim.id}/disconnect", reason="Old tab")

    assert found == Disconnected(closed=1, connection_ids=[victim.id], missing_nodes=[])
    assert node.told[-1] == (victim.id, 4503, "Old tab")
    assert [each.id for each in (await asked(fleet, user="sam")).connections] == [other.id]
    [row] = (await until(lambda: asked(fleet, state="closed", conn_id=victim.id), lambda c: c.total == 1)).connections
    assert (row.close_code, row.close_reason, row.closed_by) == (4503, "Old tab", "token:automation")
    [entry] = await trail(fleet, victim.id)
    assert (entry.outcome, entry.actor, entry.after) == ("done", "token:automation", '{"reason":"Old tab"}')
    before = msgspec.json.decode(entry.before or "", type=Connection)
    assert (before.id, before.user, before.client_ip) == (victim.id, "sam", "10.7.0.1")

    again, problem = await post(fleet, f"/connections/{victim.id}/disconnect", {})
    assert (again, problem["title"]) == (409, "Conflict")
    await closed_by(fleet, "/disconnect", user="sam")


async def test_a_connection_nobody_heard_of_is_not_found(fleet: Fleet) -> None:
    status, problem = await post(fleet, "/connections/c-nowhere/disconnect", {"reason": ""})

    assert (status, problem["title"]) == (404, "Not found")
    assert "c-nowhere" in problem["detail"]


@pytest.mark.parametrize("role", ["viewer", "operator"])
async def test_only_an_admin_may_disconnect(fleet: Fleet, role: str) -> None:
    """R2.3.3, I2.3.2: 403 and nothing is closed; the attempt is in the audit trail. Looking is for all who sign in."""
    victim, token = fleet.gw0.open("10.8.0.1", f"of-{role}"), await token_of(fleet, role)

    one = await post(fleet, f"/connections/{victim.id}/disconnect", {}, token)
    many = await post(fleet, "/disconnect", {"user": f"of-{role}"}, token)
    nobody = await post(fleet, f"/connections/{victim.id}/disconnect", {}, "")

    assert (one[0], many[0], nobody[0]) == (403, 403, 401)
    assert (await asked(fleet, conn_id=victim.id)).total == 1
    [entry] = await trail(fleet, victim.id)
    assert (entry.outcome, entry.role) == ("refused", role)
    async with aiohttp.ClientSession(fleet.url, headers={"Authorization": f"Bearer {token}"}) as client:
        for path in ("/stats", "/rates", "/connections", "/errors"):
            async with client.get(AT + path) as answer:
                assert answer.status == 200
    await closed_by(fleet, "/disconnect", user=f"of-{role}")


async def test_a_node_that_does_not_answer_makes_closing_unsure(fleet: Fleet) -> None:
    """503 that names the node; nobody is told that the connection is closed."""
    victim, elsewhere = fleet.gw1.open("10.9.0.1", "stuck"), fleet.gw0.open("10.9.0.2", "stuck")

    with fleet.gw1.hanging():
        status, problem = await post(fleet, f"/connections/{victim.id}/disconnect", {})
        sure = await closed_by(fleet, f"/connections/{elsewhere.id}/disconnect")
        many = await closed_by(fleet, "/disconnect", user="stuck")

    assert (status, problem["service"], sure.closed) == (503, "gw-1", 1)
    assert many == Disconnected(closed=0, connection_ids=[], missing_nodes=["gw-1"])
    assert (await closed_by(fleet, "/disconnect", user="stuck")).closed == 1


async def test_all_of_a_user_or_an_address_are_closed_at_once(fleet: Fleet) -> None:
    """F2.3.4: over all nodes; a dry run says how many it would be, and closes none."""
    held = [node.open(f"10.10.0.{n % 2}", "robot") for n in range(4) for node in fleet.nodes]

    dry = await closed_by(fleet, "/disconnect", user="robot", dry_run=True)
    assert (dry.closed, sorted(dry.connection_ids)) == (12, sorted(each.id for each in held))
    assert (await asked(fleet, user="robot")).total == 12

    by_address = await closed_by(fleet, "/disconnect", client_ip="10.10.0.1", reason="Too many")
    assert by_address.closed == 6
    by_user = await closed_by(fleet, "/disconnect", user="robot")
    assert by_user.closed == 6
    assert (await asked(fleet, user="robot")).total == 0
    assert '{"client_ip":"10.10.0.1","reason":"Too many"}' in [entry.after for entry in await trail(fleet, "")]


# --- what is refused ----------------------------------------------------------------------------------------------

REFUSED_READS = {
    "an order": ("/connections", {"sort": "colour"}, ["sort"]),
    "a cursor": ("/connections", {"cursor": "nonsense"}, ["cursor"]),
    "a cursor of another order": ("/connections", {"cursor": "WyJhbmEiLCJjLTEiXQ", "sort": "sent"}, ["cursor"]),
    "too many": ("/connections", {"limit": "201", "state": "ajar"}, ["limit", "state"]),
    "an id": ("/connections", {"conn_id": "No Id"}, ["conn_id"]),
    "too long": ("/rates", {"window_seconds": "3601"}, ["window_seconds"]),
    "too short": ("/rates", {"window_seconds": "9"}, ["window_seconds"]),
    "none": ("/errors", {"limit": "0"}, ["limit"]),
}
REFUSED_COMMANDS: dict[str, tuple[str, dict[str, Any], list[str]]] = {
    "nobody": ("/disconnect", {}, ["client_ip", "user"]),
    "both": ("/disconnect", {"user": "ana", "client_ip": "10.0.0.1"}, ["client_ip", "user"]),
    "an empty name": ("/disconnect", {"user": ""}, ["user"]),
    "unknown fields": ("/disconnect", {"user": "ana", "hard": True}, ["hard"]),
    "a long reason": ("/connections/c-1/disconnect", {"reason": "x" * 121}, ["reason"]),
    "an id": ("/connections/No%20Id/disconnect", {"reason": ""}, ["conn_id"]),
}


@pytest.mark.parametrize("name", REFUSED_READS)
async def test_what_cannot_be_asked_is_refused_by_name(fleet: Fleet, name: str) -> None:
    path, query, fields = REFUSED_READS[name]
    async with fleet.admin.get(f"{AT}{path}", params=query) as answer:
        body = await answer.json()

    assert (answer.status, sorted(error["field"] for error in body["errors"])) == (422, fields)


@pytest.mark.parametrize("name", REFUSED_COMMANDS)
async def test_what_cannot_be_told_is_refused_by_name(fleet: Fleet, name: str) -> None:
    path, body, fields = REFUSED_COMMANDS[name]
    status, problem = await post(fleet, path, body)

    assert (status, sorted(error["field"] for error in problem["errors"])) == (422, fields)

"""Alerts as code and the store: what is there, and putting in its place what a text declares, in one transaction."""

from collections.abc import Awaitable, Callable, Collection
from typing import Any

import msgspec
from msgspec import Struct

from alert_svc import changing
from alert_svc.declared import Item, Kind, Mistakes
from alert_svc.planning import Held, Holding, Planned, foreign, plan
from alert_svc.store import documents, rules
from alert_svc.store.documents import Table
from shared.contracts.alerts.policies import EscalationPolicySpec
from shared.contracts.alerts.quiet import MuteTimingSpec
from shared.contracts.alerts.rules import RuleSource
from shared.db import Connection

LOCK = 7_605
DECODERS: dict[Table, Any] = {
    "policy": msgspec.json.Decoder(EscalationPolicySpec),
    "mute_timing": msgspec.json.Decoder(MuteTimingSpec),
}


class Keeper(Struct, frozen=True):
    """How documents of one kind are listed, put and removed."""

    held: Callable[[Connection], Awaitable[dict[str, Held]]]
    put: Callable[[Connection, Item, Held | None, RuleSource, str], Awaitable[object]]
    remove: Callable[[Connection, Held, str], Awaitable[object]]


async def planned(
    conn: Connection, items: Collection[Item], source: RuleSource, *, prune: bool
) -> tuple[list[Planned], Mistakes]:
    """In the caller's transaction, which may go on to apply it: nobody else brings anything meanwhile. What is to be
    done, and what cannot be."""
    await conn.execute("SELECT pg_advisory_xact_lock($1)", LOCK)
    held = await holding(conn)
    return plan(items, held, source, prune=prune), foreign(items, held, source)


async def holding(conn: Connection) -> Holding:
    """Everything that there is as code."""
    return {kind: await keeper.held(conn) for kind, keeper in KEEPERS.items()}


async def apply(conn: Connection, found: Collection[Planned], source: RuleSource, actor: str) -> int:
    """Returns how many documents changed."""
    done = 0
    for each in found:
        keeper = KEEPERS[each.change.kind]
        if each.change.change == "removed" and each.held is not None:
            await keeper.remove(conn, each.held, actor)
        elif each.change.change != "unchanged" and each.item is not None:
            await keeper.put(conn, each.item, each.held, source, actor)
        done += each.change.change != "unchanged"
    return done


async def _rules(conn: Connection) -> dict[str, Held]:
    return {rule.id: Held(rule.spec, rule.source, rule) for rule in await rules.list_rules(conn)}


async def _put_rule(conn: Connection, item: Item, held: Held | None, source: RuleSource, actor: str) -> None:
    stored = await rules.lock_rule(conn, item.id)
    if stored is None:
        await rules.add_rule(conn, item.spec, source, actor)
    else:
        await changing.change_rule(conn, stored, item.spec, actor, source)


async def _remove_rule(conn: Connection, held: Held, actor: str) -> None:
    if stored := await rules.lock_rule(conn, held.row.id):
        await changing.remove_rule(conn, stored, actor)


def _documents(table: Table) -> Keeper:
    async def held(conn: Connection) -> dict[str, Held]:
        found = await documents.list_documents(conn, table)
        return {each.id: Held(DECODERS[table].decode(each.spec), each.source, each) for each in found}

    async def put(conn: Connection, item: Item, known: Held | None, source: RuleSource, actor: str) -> None:
        await documents.put_document(conn, table, item.id, item.spec, source, actor)

    async def remove(conn: Connection, known: Held, actor: str) -> None:
        await documents.remove_document(conn, table, known.row, actor)

    return Keeper(held, put, remove)


KEEPERS: dict[Kind, Keeper] = {
    "mute_timing": _documents("mute_timing"),
    "policy": _documents("policy"),
    "rule": Keeper(_rules, _put_rule, _remove_rule),
}

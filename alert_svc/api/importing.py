"""Alerts as code and the store: what is there, and putting in its place what a text declares, in one transaction."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from alert_svc import changing, declared
from alert_svc.api import channels as channel_api
from alert_svc.channel_specs import kind_of, spec_from
from alert_svc.declared import Item, Kind, Mistakes
from alert_svc.keyring import KeyringError
from alert_svc.planning import Held, Holding, Planned, foreign, plan
from alert_svc.room import Room
from alert_svc.semantics import Names
from alert_svc.store import channels, documents, rules
from alert_svc.store.channels import StoredChannel
from alert_svc.store.documents import Table
from shared.contracts.alerts.policies import EscalationPolicySpec
from shared.contracts.alerts.quiet import MuteTimingSpec
from shared.contracts.alerts.rules import RuleSource
from shared.contracts.wire import FieldError
from shared.db import Connection

LOCK = 7_605
DECODERS: dict[Table, Any] = {
    "policy": msgspec.json.Decoder(EscalationPolicySpec),
    "mute_timing": msgspec.json.Decoder(MuteTimingSpec),
}


class Keeper(Struct, frozen=True):
    """How documents of one kind are listed, put and removed."""

    held: Callable[[Room, Connection], Awaitable[dict[str, Held]]]
    put: Callable[[Room, Connection, Item, RuleSource, str], Awaitable[object]]
    remove: Callable[[Connection, Held, str], Awaitable[object]]


class Import(Struct, frozen=True):
    """What is to be done, and what cannot be: nothing is done while there are mistakes."""

    planned: list[Planned]
    mistakes: Mistakes


async def prepare(
    room: Room, conn: Connection, items: Collection[Item], names: Names, source: RuleSource, *, prune: bool
) -> Import:
    """In the caller's transaction, which may go on to apply it: nobody else brings anything meanwhile."""
    await conn.execute("SELECT pg_advisory_xact_lock($1)", LOCK)
    held = await holding(room, conn)
    wrong = [*foreign(items, held, source), *await _channel_mistakes(room, items, held["channel"])]
    return Import(plan(items, held, source, prune=prune), [*wrong, *declared.mistakes(items, names)])


async def holding(room: Room, conn: Connection) -> Holding:
    """Everything that there is as code."""
    return {kind: await keeper.held(room, conn) for kind, keeper in KEEPERS.items()}


async def apply(room: Room, conn: Connection, found: Collection[Planned], source: RuleSource, actor: str) -> int:
    """Returns how many documents changed."""
    done = 0
    for each in found:
        keeper = KEEPERS[each.change.kind]
        if each.change.change == "removed" and each.held is not None:
            await keeper.remove(conn, each.held, actor)
        elif each.change.change != "unchanged" and each.item is not None:
            await keeper.put(room, conn, each.item, source, actor)
        done += each.change.change != "unchanged"
    return done


async def _channel_mistakes(room: Room, items: Collection[Item], held: Mapping[str, Held]) -> Mistakes:
    given = [each for each in items if each.kind == "channel"]
    fallbacks = {id: known.spec.fallback for id, known in held.items()}
    fallbacks |= {each.id: each.spec.fallback for each in given}
    found = []
    for each in given:
        known = held.get(each.id)
        errors = await channel_api.errors_of(room, each.spec, known.secrets.keys() if known else (), fallbacks)
        if known is not None and known.row.kind != kind_of(each.spec):
            errors.append(FieldError("kind", f"must stay {known.row.kind}; make another channel"))
        found.append((each, errors))
    return [(each, errors) for each, errors in found if errors]


# --- one kind after the other -------------------------------------------------------------------------------------


async def _channels(room: Room, conn: Connection) -> dict[str, Held]:
    return {each.id: _channel(room, each) for each in await channels.list_channels(conn)}


def _channel(room: Room, stored: StoredChannel) -> Held:
    spec = spec_from(stored.kind, stored.name, stored.config)
    shown = msgspec.structs.replace(
        spec, id=stored.id, enabled=stored.enabled, fallback=stored.fallback,
        fallback_after_seconds=stored.fallback_after_seconds,
    )  # fmt: skip
    secrets = {name: _opened(room, stored, name) for name in stored.secrets}
    return Held(shown, stored.source, stored, secrets)


def _opened(room: Room, stored: StoredChannel, name: str) -> str:
    """Nothing, where the key is lost: any other secret is another one then."""
    try:
        return room.keyring.open(stored.secrets[name], stored.id, name)
    except (KeyringError, OSError):
        return ""


async def _put_channel(room: Room, conn: Connection, item: Item, source: RuleSource, actor: str) -> None:
    stored = await channels.get_channel(conn, item.id, lock=True)
    if stored is None:
        await channel_api.add(room, conn, item.spec, source, actor)
    else:
        await channel_api.change(room, conn, stored, item.spec, source, actor)


async def _remove_channel(conn: Connection, held: Held, actor: str) -> None:
    await channels.remove_channel(conn, held.row, actor)


async def _rules(room: Room, conn: Connection) -> dict[str, Held]:
    return {rule.id: Held(rule.spec, rule.source, rule) for rule in await rules.list_rules(conn)}


async def _put_rule(room: Room, conn: Connection, item: Item, source: RuleSource, actor: str) -> None:
    stored = await rules.lock_rule(conn, item.id)
    if stored is None:
        await rules.add_rule(conn, item.spec, source, actor)
    else:
        await changing.change_rule(conn, stored, item.spec, actor, source)


async def _remove_rule(conn: Connection, held: Held, actor: str) -> None:
    if stored := await rules.lock_rule(conn, held.row.id):
        await changing.remove_rule(conn, stored, actor)


def _documents(table: Table) -> Keeper:
    async def held(room: Room, conn: Connection) -> dict[str, Held]:
        found = await documents.list_documents(conn, table)
        return {each.id: Held(DECODERS[table].decode(each.spec), each.source, each) for each in found}

    async def put(room: Room, conn: Connection, item: Item, source: RuleSource, actor: str) -> None:
        await documents.put_document(conn, table, item.id, item.spec, source, actor)

    async def remove(conn: Connection, known: Held, actor: str) -> None:
        await documents.remove_document(conn, table, known.row, actor)

    return Keeper(held, put, remove)


KEEPERS: dict[Kind, Keeper] = {
    "channel": Keeper(_channels, _put_channel, _remove_channel),
    "mute_timing": _documents("mute_timing"),
    "policy": _documents("policy"),
    "rule": Keeper(_rules, _put_rule, _remove_rule),
}

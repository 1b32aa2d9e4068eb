"""Rules: the list, one of them, making, changing, pausing and removing them, and why they did (not) fire."""

import time
from collections import Counter

from msgspec.structs import replace

from alert_svc import board, changing, evaluations
from alert_svc.api.documents import refuse_declared
from alert_svc.board import Around
from alert_svc.room import Room
from alert_svc.semantics import Names, rule_errors
from alert_svc.store import alerts, rules, summaries
from alert_svc.store.rules import StoredRule
from alert_svc.wording import slug
from shared.config_state import get_config
from shared.contracts.alerts import requests
from shared.contracts.alerts.rules import AlertRule, AlertRules, AlertRuleSpec, Evaluations, RuleVersions
from shared.contracts.wire import Nothing
from shared.db import Connection
from shared.problems import conflict, invalid, invalid_field, not_found, precondition_failed
from shared.rpc import Caller


async def list_alert_rules(room: Room, _: Nothing, caller: Caller) -> AlertRules:
    async with room.pool.acquire(timeout=2) as conn:
        stored = await rules.list_rules(conn)
        around = await around_of(room, conn)
        read = await get_config(conn)
    now = time.time()
    shown = board.in_order([board.shown_rule(rule, room.engine, around, now) for rule in stored])
    counts = Counter(rule.state for rule in shown)
    return AlertRules(
        rules=shown,
        counts={state: counts[state] for state in board.ORDER},
        evaluated_at=room.evaluator.evaluated_at,
        config=read,
    )


async def get_alert_rule(room: Room, request: requests.RuleRef, caller: Caller) -> AlertRule:
    async with room.pool.acquire(timeout=2) as conn:
        return await _shown(room, conn, await rule_or_404(conn, request.rule_id))


async def create_alert_rule(room: Room, request: requests.CreateAlertRule, caller: Caller) -> AlertRule:
    async with room.pool.acquire(timeout=2) as conn, conn.transaction():
        spec = replace(request.rule, id=request.rule.id or await _free_id(conn, request.rule.name), version=None)
        await _refuse_mistakes(room, conn, spec)
        if not await rules.add_rule(conn, spec, "api", caller.actor):
            raise conflict(f"There is a rule {spec.id} already; choose another id or change that one")
    return await _after_change(room, spec.id or "")


async def update_alert_rule(room: Room, request: requests.UpdateAlertRule, caller: Caller) -> AlertRule:
    if request.rule.id not in (None, request.rule_id):
        raise invalid_field("id", f"must stay {request.rule_id}; an id cannot change")
    async with room.pool.acquire(timeout=2) as conn, conn.transaction():
        stored = await rule_or_404(conn, request.rule_id, lock=True)
        refuse_declared(stored.id, stored.source)
        await _refuse_outdated(room, conn, stored, request)
        spec = replace(request.rule, id=request.rule_id, version=None)
        await _refuse_mistakes(room, conn, spec)
        await changing.change_rule(conn, stored, spec, caller.actor, stored.source)
    return await _after_change(room, request.rule_id)


async def switch_alert_rule(room: Room, request: requests.SwitchAlertRule, caller: Caller) -> AlertRule:
    async with room.pool.acquire(timeout=2) as conn, conn.transaction():
        stored = await rule_or_404(conn, request.rule_id, lock=True)
        refuse_declared(stored.id, stored.source)
        if stored.spec.enabled != request.enabled:
            spec = replace(stored.spec, enabled=request.enabled)
            await changing.change_rule(conn, stored, spec, caller.actor, stored.source)
    return await _after_change(room, request.rule_id)


async def delete_alert_rule(room: Room, request: requests.RuleRef, caller: Caller) -> Nothing:
    async with room.pool.acquire(timeout=2) as conn, conn.transaction():
        stored = await rule_or_404(conn, request.rule_id, lock=True)
        refuse_declared(stored.id, stored.source)
        await changing.remove_rule(conn, stored, caller.actor)
    room.evaluator.configured()
    room.wake_outbox()
    return Nothing()


async def list_alert_rule_versions(room: Room, request: requests.RuleRef, caller: Caller) -> RuleVersions:
    async with room.pool.acquire(timeout=2) as conn:
        versions = await rules.list_versions(conn, request.rule_id)
    if not versions:
        raise not_found(f"There is no rule {request.rule_id}, and never was")
    return RuleVersions(versions=versions)


async def list_evaluations(room: Room, request: requests.EvaluationsQuery, caller: Caller) -> Evaluations:
    async with room.pool.acquire(timeout=2) as conn:
        stored = await rule_or_404(conn, request.rule_id)
        shown = await _shown(room, conn, stored)
        past = await alerts.list_transitions(conn, stored.id, stored.created_at)
    found = evaluations.last(room.engine, stored, past, request.limit)
    return Evaluations(evaluations=found, state_reason=shown.reason, never_matched=not shown.series and not past)


async def names_of(room: Room, conn: Connection) -> Names:
    """What a rule may name now."""
    channels, policies, timings = await summaries.list_names(conn)
    return Names(channels=channels, policies=policies, mute_timings=timings, metrics=room.engine.store.units())


async def around_of(room: Room, conn: Connection) -> Around:
    open_incidents, last_fired_at = await summaries.of_rules(conn)
    return Around(
        open_incidents=open_incidents,
        last_fired_at=last_fired_at,
        names=await names_of(room, conn),
        evaluated_at=room.evaluator.evaluated_at,
    )


async def rule_or_404(conn: Connection, rule_id: str, *, lock: bool = False) -> StoredRule:
    stored = await (rules.lock_rule if lock else rules.get_rule)(conn, rule_id)
    if stored is None:
        raise not_found(f"There is no rule {rule_id}")
    return stored


async def _free_id(conn: Connection, name: str) -> str:
    """Made from the name; with a number when that is taken."""
    wanted, taken = slug(name), {rule.id for rule in await rules.list_rules(conn)}
    numbered = (wanted if number == 1 else f"{wanted}-{number}" for number in range(1, len(taken) + 2))
    return next(id for id in numbered if id not in taken)


async def _refuse_mistakes(room: Room, conn: Connection, spec: AlertRuleSpec) -> None:
    if errors := rule_errors(spec, await names_of(room, conn)):
        raise invalid(errors)


async def _refuse_outdated(room: Room, conn: Connection, stored: StoredRule, request: requests.UpdateAlertRule) -> None:
    detail = f"{stored.updated_by} changed {stored.id} meanwhile: it is at version {stored.version}"
    if request.base_version not in (None, stored.version):
        raise precondition_failed(detail, version=stored.version)
    if request.rule.version not in (None, stored.version):
        current = await _shown(room, conn, stored)
        raise conflict(detail, version=stored.version, current=current, changed_by=stored.updated_by)


async def _shown(room: Room, conn: Connection, stored: StoredRule) -> AlertRule:
    return board.shown_rule(stored, room.engine, await around_of(room, conn), time.time())


async def _after_change(room: Room, rule_id: str) -> AlertRule:
    """As it is from now on: the next round has taken it up when this returns, if it comes soon."""
    room.evaluator.configured()
    room.wake_outbox()
    await room.evaluator.settled()
    async with room.pool.acquire(timeout=2) as conn:
        return await _shown(room, conn, await rule_or_404(conn, rule_id))

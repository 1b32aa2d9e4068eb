"""Preview: a rule, saved or not, over the last hours."""

import asyncio
import time

import msgspec

from alert_svc import preview
from alert_svc.api.rules import names_of, rule_or_404
from alert_svc.book import Rule, watched
from alert_svc.catalogue import unit_of
from alert_svc.drafts import group_key, moment
from alert_svc.messages import title
from alert_svc.preview import Fired, Live, Past
from alert_svc.room import Room
from alert_svc.semantics import Names, rule_errors, rule_warnings
from alert_svc.series import MINUTE, key_of
from alert_svc.store import history
from alert_svc.wording import condition, shown
from shared.contracts.alerts.preview import PreviewMessage, PreviewRequest, RulePreview
from shared.contracts.wire import FieldError
from shared.db import Connection
from shared.problems import invalid
from shared.rpc import Caller


async def preview_alert_rule(room: Room, request: PreviewRequest, caller: Caller) -> RulePreview:
    if (request.rule is None) == (request.rule_id is None):
        raise invalid([FieldError("rule", "give a rule, or the rule_id of one that is saved")])
    now = time.time()
    async with room.pool.acquire(timeout=2) as conn:
        rule, names = await _rule(room, conn, request, now)
        live = await history.list_firings(conn, rule.id, moment(now - request.hours * 3600))
    past = preview.read_past(room.engine, rule, request.hours)
    return await asyncio.to_thread(_preview, rule, past, names, live, request.hours, now)


async def _rule(room: Room, conn: Connection, request: PreviewRequest, now: float) -> tuple[Rule, Names]:
    names = await names_of(room, conn)
    spec = request.rule
    if spec is None:
        stored = await rule_or_404(conn, request.rule_id or "")
        return watched(stored.id, stored.version, 0, stored.spec), names
    if errors := rule_errors(spec, names):
        raise invalid([msgspec.structs.replace(each, field=f"rule.{each.field}") for each in errors])
    return watched(spec.id or "", 0, 0, spec), names


def _preview(rule: Rule, past: list[Past], names: Names, live: list[Live], hours: int, now: float) -> RulePreview:
    minutes = hours * 60
    newest = past[0].minutes[-1] if past else int(now) // MINUTE
    first = newest - minutes + 1
    since, until = float(first * MINUTE), max(now, float(newest * MINUTE))
    found = preview.run(rule, past, since, until)
    fired = preview.firings(rule, found)
    unit = unit_of(rule.spec.metric, names.metrics.get(rule.spec.metric, ""))
    lasted = [(until if each.to_at is None else each.to_at) - each.from_at for each in fired]
    spec = rule.spec
    return RulePreview(
        metric=spec.metric,
        unit=unit,
        from_at=moment(since),
        to_at=moment(until),
        step_seconds=MINUTE,
        threshold=spec.threshold,
        critical_threshold=spec.critical_threshold,
        recovery_threshold=spec.recovery_threshold,
        matched_series=len(past),
        series=preview.shown_series(rule, past, fired),
        spans=preview.spans(found),
        firings=preview.shown_firings(fired, live, until, lambda each: key_of(each.labels)),
        insufficient=preview.insufficient(past, first, minutes),
        fired=len(fired),
        firing_seconds=sum(lasted),
        longest_seconds=max(lasted, default=0.0),
        messages=_messages(rule, fired),
        suggestion=preview.suggest(rule, past, fired, since, until),
        message=_message(rule, fired, unit),
        warnings=rule_warnings(spec, names, len(past)),
    )


def _messages(rule: Rule, fired: list[Fired]) -> int:
    """One when an incident opens and one when it ends, to each channel of the rule: alerts of a group that overlap are
    one incident."""
    ends: dict[str, float] = {}
    count = 0
    for each in sorted(fired, key=lambda each: each.from_at):
        group = group_key(rule, each.past.labels).key
        end = float("inf") if each.to_at is None else each.to_at
        if each.from_at > ends.get(group, -1.0):
            count += 2 if each.to_at is not None else 1
        ends[group] = max(end, ends.get(group, -1.0))
    return count * max(1, len(rule.spec.channels))


def _message(rule: Rule, fired: list[Fired], unit: str) -> PreviewMessage | None:
    """What the first of its channels would have got last."""
    if not fired:
        return None
    spec, last = rule.spec, fired[0]
    text = f"{shown(last.peak, unit, spec.metric)}, {condition(spec, unit)}."
    return PreviewMessage(
        channel=spec.channels[0] if spec.channels else "", kind="", title=title(spec.name, last.past.title), text=text
    )

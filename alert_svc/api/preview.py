"""Preview: a rule, saved or not, over the last hours."""

import asyncio
import time
from datetime import datetime

import msgspec

from alert_svc import preview
from alert_svc.api.rules import names_of, rule_or_404
from alert_svc.book import Rule, watched
from alert_svc.catalogue import unit_of
from alert_svc.channel_specs import spec_from
from alert_svc.drafts import group_key, moment
from alert_svc.messages import Facts, message
from alert_svc.preview import Fired, Live, Past
from alert_svc.room import Room
from alert_svc.samples import sample_facts, why_it_fires
from alert_svc.semantics import Names, rule_errors, rule_warnings
from alert_svc.senders.reading import read_back
from alert_svc.series import MINUTE, key_of
from alert_svc.store import channels, documents, history
from alert_svc.store.channels import StoredChannel
from shared.contracts.alerts.policies import EscalationPolicySpec
from shared.contracts.alerts.preview import PreviewMessage, PreviewRequest, RulePreview
from shared.contracts.wire import FieldError
from shared.db import Connection
from shared.problems import invalid
from shared.rpc import Caller

EXAMPLE_PATH, EXAMPLE_ID = "/admin/incidents", "00000000-0000-7000-8000-000000000000"

_policy = msgspec.json.Decoder(EscalationPolicySpec)


async def preview_alert_rule(room: Room, request: PreviewRequest, caller: Caller) -> RulePreview:
    if (request.rule is None) == (request.rule_id is None):
        raise invalid([FieldError("rule", "give a rule, or the rule_id of one that is saved")])
    now = time.time()
    async with room.pool.acquire(timeout=2) as conn:
        rule, names = await _rule(room, conn, request, now)
        live = await history.list_firings(conn, rule.id, moment(now - request.hours * 3600))
        told = await _channels(conn, rule)
    past = preview.read_past(room.engine, rule, request.hours)
    return await asyncio.to_thread(_preview, room, rule, past, names, live, told, request.hours, now)


async def _rule(room: Room, conn: Connection, request: PreviewRequest, now: float) -> tuple[Rule, Names]:
    names = await names_of(room, conn)
    spec = request.rule
    if spec is None:
        stored = await rule_or_404(conn, request.rule_id or "")
        return watched(stored.id, stored.version, 0, stored.spec), names
    if errors := rule_errors(spec, names):
        raise invalid([msgspec.structs.replace(each, field=f"rule.{each.field}") for each in errors])
    return watched(spec.id or "", 0, 0, spec), names


def _preview(
    room: Room,
    rule: Rule,
    past: list[Past],
    names: Names,
    live: list[Live],
    told: list[StoredChannel],
    hours: int,
    now: float,
) -> RulePreview:
    newest = past[0].minutes[-1] if past else int(now) // MINUTE
    first = newest - hours * 60 + 1
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
        insufficient=preview.insufficient(past, first, hours * 60),
        fired=len(fired),
        firing_seconds=sum(lasted),
        longest_seconds=max(lasted, default=0.0),
        messages=_messages(rule, fired),
        suggestion=preview.suggest(rule, past, fired, since, until),
        said=_said(room, told, _facts(rule, fired, unit, moment(now)), moment(now)),
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


def _facts(rule: Rule, fired: list[Fired], unit: str, now: datetime) -> Facts:
    """Of what fired last; of an example when nothing did."""
    if not fired:
        return sample_facts(rule.id, rule.spec, unit, now)
    last, spec = fired[0], rule.spec
    return Facts(
        id=0,
        rule_id=rule.id,
        spec=spec,
        unit=unit,
        object=last.past.title,
        labels=last.past.labels,
        severity=spec.severity,
        value=last.peak,
        fired_at=moment(last.from_at),
        text=why_it_fires(spec, last.peak, unit),
    )


async def _channels(conn: Connection, rule: Rule) -> list[StoredChannel]:
    """Whom it tells: its own channels first, then those of its policy."""
    wanted = list(rule.spec.channels)
    if rule.spec.escalation_policy:
        found = await documents.get_document(conn, "policy", rule.spec.escalation_policy)
        steps = _policy.decode(found.spec).steps if found else []
        wanted += [id for step in steps for id in step.channels]
    wanted = list(dict.fromkeys(wanted))
    known = await channels.list_channels(conn, wanted) if wanted else []
    return sorted(known, key=lambda each: wanted.index(each.id))


def _said(room: Room, told: list[StoredChannel], facts: Facts, now: datetime) -> list[PreviewMessage]:
    """By the forms of production."""
    said = msgspec.structs.replace(message(facts, "fired", now), path=EXAMPLE_PATH)
    outgoing = room.courier.outgoing(EXAMPLE_ID, said)
    found = []
    for each in told:
        reading = read_back(each.kind, spec_from(each.kind, each.name, each.config), outgoing)
        found.append(PreviewMessage(channel=each.id, name=each.name, kind=each.kind, **msgspec.structs.asdict(reading)))
    return found

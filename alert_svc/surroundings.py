"""What is known around alerts: silences, mute timings, maintenance, who needs whom. From it follows who is told."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from msgspec import Struct

from alert_svc.causes import root_causes
from alert_svc.matching import Matches
from alert_svc.quiet import muted_until
from shared.contracts.alerts.incidents import Hold
from shared.contracts.alerts.quiet import MuteTimingSpec

AWAIT_ROOT = timedelta(seconds=30)  # how long an alert waits for that of its failing root cause
RELEASE = timedelta(seconds=60)  # how long those who were held back have to recover after their root cause


class Quiet(Struct, frozen=True):
    """A silence, ready to be asked. Without rules it is for all."""

    id: str
    rule_ids: frozenset[str]
    matches: Matches
    starts_at: datetime
    ends_at: datetime

    def covers(self, rule_id: str, labels: Mapping[str, str], at: datetime) -> bool:
        is_now = self.starts_at <= at < self.ends_at
        return is_now and (not self.rule_ids or rule_id in self.rule_ids) and self.matches(labels)


class Surroundings(Struct, frozen=True, kw_only=True):
    """By service: until when it is in maintenance, what it requires, its name and its status."""

    silences: Sequence[Quiet] = ()
    mute_timings: Mapping[str, MuteTimingSpec] = {}
    maintenance_until: Mapping[str, datetime] = {}
    needs: Mapping[str, Sequence[str]] = {}
    names: Mapping[str, str] = {}
    statuses: Mapping[str, str] = {}


class Subject(Struct, frozen=True):
    """What may be held: an incident, or what is to become one."""

    rule_id: str
    labels: Mapping[str, str]
    service: str | None
    mute_timings: Sequence[str]
    fired_at: datetime


class RootIncident(NamedTuple):
    """An incident of a service that is the root cause of others."""

    id: int
    resolved_at: datetime | None


def hold_of(subject: Subject, around: Surroundings, roots: Mapping[str, RootIncident], now: datetime) -> Hold | None:
    """Why nobody is told of it now; None when they are. `roots`: by service, the open incident or the last one."""
    return (
        _silenced(subject, around, now)
        or _muted(subject, around, now)
        or _maintained(subject, around, now)
        or _suppressed(subject, around, roots, now)
    )


def roots_of(service: str | None, around: Surroundings) -> list[str]:
    """The services that are the cause of what goes wrong with this one."""
    return root_causes(service, around.needs, around.statuses) if service else []


def cause_of(service: str | None, around: Surroundings) -> str:
    """`ledger-db is down`, or nothing."""
    roots = roots_of(service, around)
    if not roots:
        return ""
    return f"{around.names.get(roots[0], roots[0])} is {around.statuses.get(roots[0], 'failing')}"


def _silenced(subject: Subject, around: Surroundings, now: datetime) -> Hold | None:
    found = [each for each in around.silences if each.covers(subject.rule_id, subject.labels, now)]
    if not found:
        return None
    last = max(found, key=lambda each: each.ends_at)
    return Hold(reason="silenced", by=last.id, since=now, until=last.ends_at)


def _muted(subject: Subject, around: Surroundings, now: datetime) -> Hold | None:
    for id in subject.mute_timings:
        timing = around.mute_timings.get(id)
        if timing is not None and (until := muted_until(timing, now)):
            return Hold(reason="muted", by=id, since=now, until=until)
    return None


def _maintained(subject: Subject, around: Surroundings, now: datetime) -> Hold | None:
    until = around.maintenance_until.get(subject.service or "")
    if until is None or until <= now:
        return None
    return Hold(reason="maintenance", by=subject.service or "", since=now, until=until)


def _suppressed(
    subject: Subject, around: Surroundings, roots: Mapping[str, RootIncident], now: datetime
) -> Hold | None:
    causes = roots_of(subject.service, around)
    known = [roots[cause] for cause in causes if cause in roots]
    if running := next((each for each in known if each.resolved_at is None), None):
        return Hold(reason="suppressed", by=str(running.id), since=now)
    ended = [(each.resolved_at + RELEASE, each.id) for each in roots.values() if each.resolved_at is not None]
    if (last := max(ended, default=None)) and last[0] > now:
        return Hold(reason="suppressed", by=str(last[1]), since=now, until=last[0])
    if causes and not known and now < subject.fired_at + AWAIT_ROOT:
        return Hold(reason="awaiting_root", by=causes[0], since=now, until=subject.fired_at + AWAIT_ROOT)
    return None

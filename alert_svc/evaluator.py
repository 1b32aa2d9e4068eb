"""Evaluation: takes what was heard, and the time that passes, through the engine, and stores what has changed.

Nothing further is heard until what has changed is stored: while the database is away, what is said waits in the
streams, with its times. When another replica was faster, its memory counts, and what this one heard since is gone
through again from there.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count, islice

import structlog
from msgspec import Struct
from msgspec.structs import replace

from alert_svc import metrics
from alert_svc.book import Alert, Rule, watched
from alert_svc.catalogue import levels_of, unit_of
from alert_svc.drafts import Stored, moment
from alert_svc.engine import Engine, Moved
from alert_svc.listener import Inbox, Listener
from alert_svc.minutes import MINUTES_KEPT
from alert_svc.recording import Written, record_in
from alert_svc.series import MINUTE, Info, Sample
from alert_svc.state import Change
from alert_svc.store import alerts, rules
from alert_svc.store.alerts import Kept
from alert_svc.store.points import Position
from alert_svc.store.rules import StoredRule
from alert_svc.surroundings import Surroundings
from alert_svc.wording import reason_of
from shared import telemetry
from shared.bus import Bus
from shared.contracts.alerts.events import AlertChanged
from shared.db import Pool
from shared.metrics import round_of
from shared.problems import problem_of

log = structlog.get_logger()

TICK_SECONDS = 0.25
GATHER_SECONDS = 0.02
GRACE_SECONDS = 1.0  # a value that decides may still be on its way when a duration is over
RETRY_SECONDS = (0.2, 0.5, 1.0, 2.0)
AT_ONCE = 500  # alerts stored by one transaction
HOUR_MINUTES = 60
MAINTAINED = timedelta(minutes=1)


class Touched(Struct):
    """An alert that has changed since it was last stored, with the changes and their values."""

    alert: Alert
    changes: list[tuple[Change, float]]


class Evaluator:
    """One per process. What is known of rules and memories is the store's; the engine works ahead of it."""

    def __init__(
        self, pool: Pool, bus: Bus, engine: Engine, inbox: Inbox, listener: Listener, wake_outbox: Callable[[], None]
    ) -> None:
        self.engine = engine
        self.known = Surroundings()
        self.evaluated_at: datetime | None = None
        self._pool, self._bus = pool, bus
        self._inbox, self._listener = inbox, listener
        self._wake_outbox = wake_outbox
        self._must_load = True
        self._settled = asyncio.Event()
        self._to_reread: set[str] = set()
        self._touched: dict[tuple[str, str], Touched] = {}
        self._waiting: list[list[Sample]] = []
        self._heard: dict[str, Position] = {}
        self._minute = 0
        self.marks: dict[int, dict[str, Position]] = {}

    @property
    def around(self) -> Surroundings:
        """What is known around alerts, with the statuses of services as they were heard last."""
        store, words = self.engine.store, {level: word for word, level in levels_of("health.status").items()}
        heard = {
            store.info(row).labels.get("service", ""): words.get(float(store.value[row]), "unknown")
            for row in store.by_metric.get("health.status", ())
        }
        return replace(self.known, statuses={**self.known.statuses, **heard})

    def maintained(self, service_id: str) -> None:
        """In maintenance, until health_svc says how long."""
        until = datetime.now(UTC) + MAINTAINED
        self.known = replace(self.known, maintenance_until={service_id: until, **self.known.maintenance_until})

    def configured(self) -> None:
        """Rules were added, changed or removed: they are read before the next round."""
        self._must_load = True
        self._settled.clear()
        self._inbox.awaken()

    async def settled(self, seconds: float = 0.5) -> None:
        """Returns when a round has taken up what was configured, or after some time."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._settled.wait()

    def reread(self, rule_id: str) -> None:
        """Alerts of a rule were changed by hand: they are read before the next round."""
        self._to_reread.add(rule_id)
        self._inbox.awaken()

    async def run(self) -> None:
        while True:
            await self._inbox.wait(TICK_SECONDS)
            await asyncio.sleep(GATHER_SECONDS)
            await self._round_until_it_works()

    async def _round_until_it_works(self) -> None:
        for attempt in count():
            try:
                with round_of("evaluate"):
                    return await self.round(time.time())
            except Exception as error:
                wait_seconds = RETRY_SECONDS[min(attempt, len(RETRY_SECONDS) - 1)]
                level = log.exception if problem_of(error) is None else log.warning
                level("evaluation.waiting", error=repr(error)[:200], retry_seconds=wait_seconds)
                await asyncio.sleep(wait_seconds)

    async def round(self, now: float) -> None:
        """Everything that was heard, and the time up to now, stored before anything further is heard."""
        await self._store_all()
        self._mark(int(now) // MINUTE)
        heard, heard_until = self._listener.positions(), self._listener.heard_until()
        self._waiting += self.engine.portions(self._inbox.take())
        while self._waiting:
            with metrics.ROUND_SECONDS.time():
                self._note(self.engine.hear(self._waiting.pop(0)))
            await self._store_all()
        with metrics.ROUND_SECONDS.time():
            self._note(self.engine.pass_time(heard_until - GRACE_SECONDS))
        await self._store_all()
        self._heard = heard
        metrics.REFUSED.inc(self.engine.take_refused())
        self.evaluated_at = datetime.now(UTC)
        if not self._must_load:
            self._settled.set()

    def _mark(self, minute: int) -> None:
        """Remembers how far the streams were heard, and what followed from it stored, before a minute began: where to
        read on when the one before it is the last whose points are stored."""
        if minute > self._minute:
            self.marks[minute], self._minute = self._heard, minute

    async def _store_all(self) -> None:
        """Until the store and this process agree: what a lost race leaves to go through again is stored as well."""
        await self._read_what_changed()
        while self._touched:
            with metrics.STORE_SECONDS.time(), telemetry.span("store alerts"):
                await self._store(list(islice(self._touched.values(), AT_ONCE)))
            await self._read_what_changed()

    def _note(self, moved: Iterable[Moved]) -> None:
        for each in moved:
            key = each.alert.rule.id, self.engine.store.info(each.alert.row).key
            self._touched.setdefault(key, Touched(each.alert, [])).changes.extend(each.changes)

    # --- storing --------------------------------------------------------------------------------------------------

    async def _store(self, touched: Sequence[Touched]) -> None:
        changed = [self._stored(each) for each in touched]
        written = await record_in(self._pool, changed, self.around)
        lost: set[str] = set()
        for each, stored in zip(touched, changed, strict=True):
            key = stored.rule.id, stored.series
            del self._touched[key]
            if key in written.stored:
                each.alert.seq += 1
            else:
                lost.add(stored.rule.id)
        self._tell(written, [each for each in changed if (each.rule.id, each.series) in written.stored])
        if lost:
            metrics.CONFLICTS.inc(len(touched) - len(written.stored))
            self._to_reread |= lost
            self._must_load = True
            self._inbox.awaken()

    def _stored(self, touched: Touched) -> Stored:
        alert = touched.alert
        info = self.engine.store.info(alert.row)
        fired = any(change.kind == "fired" for change, _ in touched.changes)
        return Stored(
            rule=alert.rule,
            series=info.key,
            labels=info.labels,
            unit=unit_of(info.metric, info.unit),
            memory=alert.memory,
            seq=alert.seq,
            changes=touched.changes,
            hour_ago=self.engine.store.value_before(alert.row, HOUR_MINUTES) if fired else None,
        )

    def _tell(self, written: Written, stored: Sequence[Stored]) -> None:
        """To pages that live, and in the log and metrics; what must arrive is in the outbox."""
        if written.opened or written.resolved or written.queued:
            self._wake_outbox()
        metrics.INCIDENTS.labels("opened").inc(len(written.opened))
        metrics.INCIDENTS.labels("resolved").inc(len(written.resolved))
        metrics.QUEUED.inc(written.queued)
        for each in stored:
            for change, value in each.changes:
                metrics.CHANGES.labels(change.kind).inc()
                self._bus.publish(_changed(each, change, value))
        for draft in (*written.opened, *written.resolved):
            what = "alert.resolved" if draft.resolved_at else "alert.fired"
            log.info(what, rule_id=draft.rule.id, object=draft.object, reason=draft.entries[-1].text)

    # --- what the store has ---------------------------------------------------------------------------------------

    async def _read_what_changed(self) -> None:
        if self._must_load:
            await self._load_rules()
            self._must_load = False
        if self._to_reread:
            rule_ids = set(self._to_reread)
            async with self._pool.acquire(timeout=5) as conn:
                kept = await alerts.list_alerts(conn, sorted(rule_ids))
            self._to_reread -= rule_ids
            self._note(self.engine.look_again(self._remember(kept)))

    async def _load_rules(self) -> None:
        """Watch what is there now; of a rule that is new or changed, take the memories from the store."""
        book = self.engine.book
        async with self._pool.acquire(timeout=5) as conn, conn.transaction(isolation="repeatable_read"):
            found = {rule.id: rule for rule in await rules.list_rules(conn) if rule.spec.enabled}
            changed = [
                each
                for each in found.values()
                if each.id not in book.rules or book.rules[each.id].version != each.version
            ]
            kept = await alerts.list_alerts(conn, [rule.id for rule in changed]) if changed else []
        gone = [rule_id for rule_id in book.rules if rule_id not in found]
        for rule_id in [*gone, *(each.id for each in changed)]:
            self._forget(rule_id)
        for rule in changed:
            book.add_rule(watched(rule.id, rule.version, rule.updated_at.timestamp(), rule.spec))
        self._note(self.engine.look_again(self._remember(kept)))
        metrics.RULES.set(len(book.rules))

    def _forget(self, rule_id: str) -> None:
        """What is not stored yet of a former version never will be."""
        self.engine.book.remove_rule(rule_id)
        for key in [key for key in self._touched if key[0] == rule_id]:
            del self._touched[key]

    def _remember(self, kept: Iterable[Kept]) -> list[Alert]:
        """Alerts get the memories that the store has, unless theirs waits to be stored."""
        found = []
        for each in kept:
            alert = self._alert_of(each)
            if alert is not None and (each.rule_id, each.series) not in self._touched:
                self.engine.book.remember(alert, each.memory, each.seq)
                found.append(alert)
        return found

    def _alert_of(self, kept: Kept) -> Alert | None:
        """The alert, of a series that may have been silent for so long that nothing else is known of it."""
        rule = self.engine.book.rules.get(kept.rule_id)
        if rule is None:
            return None
        row = self.engine.store.row_of(rule.spec.metric, kept.series)
        if row is None:
            if kept.memory.state == "inactive" and kept.memory.at < time.time() - MINUTES_KEPT * MINUTE:
                return None
            row = self.engine.add_series(Info(rule.spec.metric, kept.series, kept.labels, 60.0), kept.memory.known_at)
        return self.engine.book.find(kept.rule_id, row)


def _differs(watched: Rule | None, stored: StoredRule) -> bool:
    return watched is None or watched.version != stored.version


def _changed(stored: Stored, change: Change, value: float) -> AlertChanged:
    return AlertChanged(
        rule_id=stored.rule.id,
        labels=dict(stored.labels),
        from_state=change.from_state,
        to_state=change.to_state,
        at=moment(change.at),
        value=value if value == value else None,
        reason=reason_of(stored.rule.spec, change, value, stored.unit),
    )

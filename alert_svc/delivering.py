"""Makes the deliveries that are due: claims rows, sends side by side, records together what became of them.

The row is the truth. A job on the bus only says that there is one, so that nothing waits for the next look; what no job
tells of (lost, to be tried again, claimed by a replica that died) is found by looking every second."""

import asyncio
import contextlib
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime

import structlog
from msgspec import ValidationError
from msgspec.structs import replace

from alert_svc import metrics, retrying
from alert_svc.channel_view import complete
from alert_svc.courier import Courier
from alert_svc.keyring import Keyring, KeyringError
from alert_svc.lanes import WIDTHS, Lanes
from alert_svc.retrying import Outcome
from alert_svc.senders.facts import whole_story
from alert_svc.senders.outgoing import SendFault, failed
from alert_svc.store import channels, sending
from alert_svc.store.channels import StoredChannel
from alert_svc.store.sending import Claim
from shared.contracts.alerts.deliveries import AlertMessage
from shared.db import Pool
from shared.jetstream import Delivery
from shared.loops import tell
from shared.metrics import Watched, round_of
from shared.problems import problem_of

log = structlog.get_logger()

LOOK_SECONDS = 1.0
REST_SECONDS = 1.0
GATHER_SECONDS = 0.01  # what ends at about the same time is recorded, and followed by others, at once
AT_ONCE = 250
MOST_SENDS = 2000
PAUSE_SECONDS = 2.0  # for a provider that asks for a break and does not say how long


class Dispatcher:
    """One for each process. `wake_outbox`: what was recorded is to be told."""

    def __init__(
        self, pool: Pool, courier: Courier, keyring: Keyring, owner: str, wake_outbox: Callable[[], None]
    ) -> None:
        self._pool, self._courier, self._keyring, self._owner = pool, courier, keyring, owner
        self._wake_outbox = wake_outbox
        self._lanes = Lanes()
        self._due, self._recorded = asyncio.Event(), asyncio.Event()
        self._outcomes: list[Outcome] = []
        self._sends: dict[str, asyncio.Task[None]] = {}
        self._stopping = False

    def queue(self) -> Watched:
        """Messages being sent; the others wait in the store."""
        return Watched(name="alert_sends", depth=lambda: len(self._sends), limit=lambda: MOST_SENDS)

    def wake(self) -> None:
        """There may be something to send."""
        self._due.set()

    async def on_jobs(self, jobs: list[Delivery]) -> None:
        self.wake()
        for job in jobs:
            await job.ack()

    async def run(self) -> None:
        """Until cancelled; then what is under way is left to its claim."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._claim_all(), name="claim deliveries")
                tasks.create_task(self._record_all(), name="record deliveries")
        finally:
            for send in self._sends.values():
                send.cancel()

    async def finish(self, seconds: float) -> None:
        """Claim no more, let what is under way end, and record it. What does not end is left to others at once."""
        self._stopping = True
        if self._sends:
            await asyncio.wait(set(self._sends.values()), timeout=seconds)
        cut_off = list(self._sends)
        for send in self._sends.values():
            send.cancel()
        with contextlib.suppress(Exception):
            async with asyncio.timeout(seconds):
                await self._record(self._taken())
                await self._leave(cut_off)

    async def _leave(self, delivery_ids: list[str]) -> None:
        async with self._pool.acquire(timeout=1) as conn:
            await sending.release(conn, delivery_ids, self._owner)

    # --- claiming -------------------------------------------------------------------------------------------------

    async def _claim_all(self) -> None:
        while not self._stopping:
            self._due.clear()
            try:
                with round_of("claim_deliveries"):
                    full = await self._claim()
            except Exception as error:
                tell("claim_deliveries", error)
                await asyncio.sleep(REST_SECONDS)
                continue
            await asyncio.sleep(GATHER_SECONDS)
            if not full:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._lanes.wait_seconds(LOOK_SECONDS)):
                        await self._due.wait()

    async def _claim(self) -> bool:
        """True: there may be more at once."""
        room = min(AT_ONCE, MOST_SENDS - len(self._sends))
        if room <= 0:
            return False
        async with self._pool.acquire(timeout=5) as conn:
            async with conn.transaction():
                dropped = await sending.drop_overtaken(conn, datetime.now(UTC))
                places = self._lanes.places(time.monotonic())
                claims = await sending.claim(conn, self._owner, places, WIDTHS, room)
            found = await channels.list_channels(conn, list({claim.channel_id for claim in claims})) if claims else []
        if dropped:
            self._wake_outbox()
        known = {channel.id: channel for channel in found}
        for claim in claims:
            self._start(claim, known.get(claim.channel_id))
        return len(claims) == room

    def _start(self, claim: Claim, channel: StoredChannel | None) -> None:
        if channel is None or not channel.enabled:
            why = "The channel was removed" if channel is None else "The channel is switched off"
            self._put(retrying.dropped(claim.id, claim.attempts, why, datetime.now(UTC)))
            return
        self._lanes.enter(claim.channel_id, claim.kind, time.monotonic())
        send = asyncio.create_task(self._deliver(claim, channel), name=f"deliver {claim.id}")
        self._sends[claim.id] = send
        send.add_done_callback(lambda _: self._sends.pop(claim.id, None))

    # --- sending --------------------------------------------------------------------------------------------------

    async def _deliver(self, claim: Claim, channel: StoredChannel) -> None:
        began, is_well, pause = time.monotonic(), True, 0.0
        try:
            spec = complete(channel, self._keyring)
            outgoing = self._courier.outgoing(claim.id, said(claim), claim.thread, claim.done)
            receipt = await self._courier.send(spec, outgoing)
            outcome = retrying.accepted(claim.id, claim.attempts, receipt, datetime.now(UTC))
        except (KeyringError, ValidationError) as error:
            detail = str(error) if isinstance(error, KeyringError) else "What is stored of the channel cannot be used"
            outcome = _after(claim, failed("misconfigured", detail, "Store its secrets anew, or bring back the key"))
        except SendFault as fault:
            outcome = _after(claim, fault)
            is_well = fault.error.is_permanent
            if fault.error.code == "rate_limited":
                pause = PAUSE_SECONDS if fault.retry_after_seconds is None else fault.retry_after_seconds
        except Exception as error:
            log.error("delivery.failed", delivery=claim.id, error=type(error).__name__)
            outcome = _after(claim, failed("internal", f"Belfry failed to send it: {type(error).__name__}"))
        finally:
            self._lanes.leave(claim.channel_id, time.monotonic(), is_well=is_well, pause_seconds=pause)
        metrics.SEND_SECONDS.labels(claim.kind).observe(time.monotonic() - began)
        self._put(outcome)
        self.wake()

    # --- recording ------------------------------------------------------------------------------------------------

    def _put(self, *outcomes: Outcome) -> None:
        self._outcomes += outcomes
        self._recorded.set()

    def _taken(self) -> list[Outcome]:
        taken, self._outcomes = self._outcomes, []
        return taken

    async def _record_all(self) -> None:
        while True:
            await self._recorded.wait()
            await asyncio.sleep(GATHER_SECONDS)
            self._recorded.clear()
            batch = self._taken()
            try:
                with round_of("record_deliveries"):
                    await self._record(batch)
            except Exception as error:
                tell("record_deliveries", error)
                await asyncio.sleep(REST_SECONDS)
                if problem_of(error) is not None:
                    self._put(*batch)
                else:
                    await self._record_each(batch)

    async def _record_each(self, batch: list[Outcome]) -> None:
        """So that one that cannot be recorded takes no other with it: its claim ends, and it is sent again."""
        for outcome in batch:
            try:
                await self._record([outcome])
            except Exception as error:
                tell("record_delivery", error)
                if problem_of(error) is not None:
                    self._put(outcome)

    async def _record(self, batch: list[Outcome]) -> None:
        if not batch:
            return
        async with self._pool.acquire(timeout=5) as conn, conn.transaction():
            await sending.record(conn, batch)
        for outcome in batch:
            metrics.DELIVERIES.labels(outcome.state).inc()
        self._wake_outbox()
        self.wake()  # what waited for one of these may be due


def said(claim: Claim) -> AlertMessage:
    """What is said now: to those who never heard that it fired, its end tells the whole story."""
    message = claim.message
    if message.reason == "resolved" and not claim.told:
        return replace(message, text=whole_story(message))
    return message


def _after(claim: Claim, fault: SendFault) -> Outcome:
    return retrying.after(claim.id, claim.attempts, fault, claim.give_up_at, datetime.now(UTC), random.random())

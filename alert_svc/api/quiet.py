"""Silences and mute timings."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec
from msgspec.structs import replace

from alert_svc import watching
from alert_svc.api.documents import document_or_404, free_id, refuse_declared, refuse_used
from alert_svc.quiet import muted_until
from alert_svc.room import Room
from alert_svc.semantics import matcher_errors, timing_errors
from alert_svc.store import documents, silences, timeline
from alert_svc.store.documents import Document
from alert_svc.store.incidents import Incident
from alert_svc.store.silences import StoredSilence
from shared.contracts.alerts import requests
from shared.contracts.alerts.quiet import MuteTiming, MuteTimings, MuteTimingSpec, Silence, Silences, SilenceSpec
from shared.contracts.wire import FieldError, Nothing
from shared.db import Connection
from shared.problems import conflict, invalid, not_found
from shared.rpc import Caller

ENDED_SHOWN = timedelta(days=7)
LONGEST = timedelta(days=366)

_timing = msgspec.json.Decoder(MuteTimingSpec)


async def list_silences(room: Room, _: Nothing, caller: Caller) -> Silences:
    now = datetime.now(UTC)
    async with room.pool.acquire(timeout=2) as conn:
        found = await silences.list_silences(conn, now - ENDED_SHOWN)
        held = await _held(conn)
    order = {"active": 0, "planned": 1, "ended": 2}
    return Silences(silences=sorted((_shown(each, held, now) for each in found), key=lambda s: order[s.state]))


async def create_silence(room: Room, request: requests.CreateSilence, caller: Caller) -> Silence:
    now = datetime.now(UTC)
    _refuse_mistakes(request.silence, now)
    async with room.pool.acquire(timeout=2) as conn, conn.transaction():
        starts_at = request.silence.starts_at or now
        stored = await silences.add_silence(conn, request.silence, starts_at, caller.actor)
    return await _after_change(room, stored)


async def update_silence(room: Room, request: requests.UpdateSilence, caller: Caller) -> Silence:
    now = datetime.now(UTC)
    _refuse_mistakes(request.silence, now)
    async with room.pool.acquire(timeout=2) as conn, conn.transaction():
        stored = await _locked(conn, request.silence_id, now)
        starts_at = request.silence.starts_at or stored.starts_at
        stored = await silences.change_silence(conn, stored.id, request.silence, starts_at, caller.actor)
    return await _after_change(room, stored)


async def end_silence(room: Room, request: requests.SilenceRef, caller: Caller) -> Silence:
    now = datetime.now(UTC)
    async with room.pool.acquire(timeout=2) as conn, conn.transaction():
        stored = await _locked(conn, request.silence_id, now)
        stored = await silences.end_silence(conn, stored.id, now, caller.actor)
    return await _after_change(room, stored)


async def list_mute_timings(room: Room, _: Nothing, caller: Caller) -> MuteTimings:
    async with room.pool.acquire(timeout=2) as conn:
        found = await documents.list_documents(conn, "mute_timing")
        used = await documents.rules_naming(conn, "mute_timings")
    return MuteTimings(mute_timings=[_shown_timing(each, used.get(each.id, [])) for each in found])


async def create_mute_timing(room: Room, request: requests.CreateMuteTiming, caller: Caller) -> MuteTiming:
    if errors := timing_errors(request.mute_timing):
        raise invalid(errors)
    async with room.pool.acquire(timeout=2) as conn, conn.transaction():
        id = await free_id(conn, "mute_timing", request.mute_timing.id, request.mute_timing.name)
        await documents.put_document(conn, "mute_timing", id, replace(request.mute_timing, id=id), "api", caller.actor)
    return await _timing_after_change(room, id)


async def update_mute_timing(room: Room, request: requests.UpdateMuteTiming, caller: Caller) -> MuteTiming:
    if errors := timing_errors(request.mute_timing):
        raise invalid(errors)
    id = request.mute_timing_id
    async with room.pool.acquire(timeout=2) as conn, conn.transaction():
        stored = await document_or_404(conn, "mute_timing", id, lock=True)
        refuse_declared(stored.id, stored.source)
        await documents.put_document(
            conn, "mute_timing", id, replace(request.mute_timing, id=id), stored.source, caller.actor
        )
    return await _timing_after_change(room, id)


async def delete_mute_timing(room: Room, request: requests.MuteTimingRef, caller: Caller) -> Nothing:
    async with room.pool.acquire(timeout=2) as conn, conn.transaction():
        stored = await document_or_404(conn, "mute_timing", request.mute_timing_id, lock=True)
        refuse_declared(stored.id, stored.source)
        refuse_used(stored.id, (await documents.rules_naming(conn, "mute_timings")).get(stored.id, []))
        await documents.remove_document(conn, "mute_timing", stored, caller.actor)
    room.wake_outbox()
    return Nothing()


def _refuse_mistakes(spec: SilenceSpec, now: datetime) -> None:
    errors = list(matcher_errors("matchers", spec.matchers))
    if not spec.rule_ids and not spec.matchers:
        errors.append(FieldError("matchers", "name a rule or a label; a silence of everything is not allowed"))
    if spec.ends_at <= now:
        errors.append(FieldError("ends_at", "is past"))
    elif spec.ends_at > now + LONGEST:
        errors.append(FieldError("ends_at", "is more than a year away"))
    elif spec.starts_at is not None and spec.starts_at >= spec.ends_at:
        errors.append(FieldError("starts_at", "must be before the end"))
    if errors:
        raise invalid(errors)


async def _locked(conn: Connection, silence_id: str, now: datetime) -> StoredSilence:
    stored = await silences.lock_silence(conn, silence_id)
    if stored is None:
        raise not_found(f"There is no silence {silence_id}")
    if stored.ends_at <= now:
        raise conflict(f"Silence {silence_id} has ended already; make a new one")
    return stored


async def _held(conn: Connection) -> Sequence[Incident]:
    return await timeline.list_held(conn)


async def _after_change(room: Room, stored: StoredSilence) -> Silence:
    """In force here at once, for what fires from now on and for what does already; elsewhere within seconds."""
    room.wake_outbox()
    await watching.read_quiet(room.pool, room.evaluator)
    async with room.pool.acquire(timeout=2) as conn:
        held = await _held(conn)
    return _shown(stored, held, datetime.now(UTC))


def _shown(stored: StoredSilence, held: Sequence[Incident], now: datetime) -> Silence:
    return Silence(
        id=stored.id,
        rule_ids=stored.spec.rule_ids,
        matchers=stored.spec.matchers,
        reason=stored.spec.reason,
        starts_at=stored.starts_at,
        ends_at=stored.ends_at,
        state="ended" if stored.ends_at <= now else "planned" if stored.starts_at > now else "active",
        created_by=stored.created_by,
        created_at=stored.created_at,
        ended_by=stored.ended_by,
        holding=[str(i.id) for i in held if i.hold and i.hold.reason == "silenced" and i.hold.by == stored.id],
    )


def _shown_timing(document: Document, used_by: list[str]) -> MuteTiming:
    spec = _timing.decode(document.spec)
    return MuteTiming(
        id=document.id,
        name=spec.name,
        time_zone=spec.time_zone,
        spans=spec.spans,
        note=spec.note,
        active_until=muted_until(spec, datetime.fromtimestamp(time.time(), UTC)),
        used_by=used_by,
        version=document.version,
        source=document.source,
    )


async def _timing_after_change(room: Room, id: str) -> MuteTiming:
    room.wake_outbox()
    await watching.read_quiet(room.pool, room.evaluator)
    async with room.pool.acquire(timeout=2) as conn:
        stored = await document_or_404(conn, "mute_timing", id)
        used = await documents.rules_naming(conn, "mute_timings")
    return _shown_timing(stored, used.get(id, []))

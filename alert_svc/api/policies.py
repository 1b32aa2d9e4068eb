"""Escalation policies."""

import msgspec
from msgspec.structs import replace

from alert_svc.api.documents import document_or_404, free_id, refuse_declared, refuse_used
from alert_svc.room import Room
from alert_svc.semantics import policy_errors
from alert_svc.store import documents, summaries
from alert_svc.store.documents import Document
from shared.contracts.alerts import requests
from shared.contracts.alerts.policies import EscalationPolicies, EscalationPolicy, EscalationPolicySpec
from shared.contracts.alerts.rules import RuleSource
from shared.contracts.wire import Nothing
from shared.db import Connection
from shared.problems import conflict, invalid, precondition_failed
from shared.rpc import Caller

_policy = msgspec.json.Decoder(EscalationPolicySpec)


async def list_policies(room: Room, _: Nothing, caller: Caller) -> EscalationPolicies:
    async with room.pool.acquire(timeout=2) as conn:
        return EscalationPolicies(policies=await _shown(conn, await documents.list_documents(conn, "policy")))


async def get_policy(room: Room, request: requests.PolicyRef, caller: Caller) -> EscalationPolicy:
    async with room.pool.acquire(timeout=2) as conn:
        return await _one(conn, request.policy_id)


async def create_policy(room: Room, request: requests.CreatePolicy, caller: Caller) -> EscalationPolicy:
    async with room.pool.acquire(timeout=2) as conn:
        async with conn.transaction():
            await _refuse_mistakes(conn, request.policy)
            id = await free_id(conn, "policy", request.policy.id, request.policy.name)
            await _put(conn, id, request.policy, "api", caller)
        room.wake_outbox()
        return await _one(conn, id)


async def update_policy(room: Room, request: requests.UpdatePolicy, caller: Caller) -> EscalationPolicy:
    """What escalates by it already keeps its own copy."""
    async with room.pool.acquire(timeout=2) as conn:
        async with conn.transaction():
            stored = await document_or_404(conn, "policy", request.policy_id, lock=True)
            refuse_declared(stored.id, stored.source)
            if request.base_version not in (None, stored.version):
                raise precondition_failed(f"{stored.id} is at version {stored.version}", version=stored.version)
            if request.policy.version not in (None, stored.version):
                raise conflict(f"{stored.id} is at version {stored.version}", version=stored.version)
            await _refuse_mistakes(conn, request.policy)
            await _put(conn, stored.id, request.policy, stored.source, caller)
        room.wake_outbox()
        return await _one(conn, request.policy_id)


async def delete_policy(room: Room, request: requests.PolicyRef, caller: Caller) -> Nothing:
    async with room.pool.acquire(timeout=2) as conn, conn.transaction():
        stored = await document_or_404(conn, "policy", request.policy_id, lock=True)
        refuse_declared(stored.id, stored.source)
        refuse_used(stored.id, (await documents.rules_naming(conn, "escalation_policy")).get(stored.id, []))
        await documents.remove_document(conn, "policy", stored, caller.actor)
    room.wake_outbox()
    return Nothing()


async def _put(conn: Connection, id: str, spec: EscalationPolicySpec, source: RuleSource, caller: Caller) -> None:
    await documents.put_document(conn, "policy", id, replace(spec, id=id, version=None), source, caller.actor)


async def _refuse_mistakes(conn: Connection, spec: EscalationPolicySpec) -> None:
    channels, _, _ = await summaries.list_names(conn)
    if errors := policy_errors(spec, channels):
        raise invalid(errors)


async def _one(conn: Connection, id: str) -> EscalationPolicy:
    [shown] = await _shown(conn, [await document_or_404(conn, "policy", id)])
    return shown


async def _shown(conn: Connection, found: list[Document]) -> list[EscalationPolicy]:
    used = await documents.rules_naming(conn, "escalation_policy")
    running = await documents.running_policies(conn)
    specs = [(document, _policy.decode(document.spec)) for document in found]
    return [
        EscalationPolicy(
            id=document.id,
            name=spec.name,
            steps=spec.steps,
            repeats=spec.repeats,
            repeat_delay_seconds=spec.repeat_delay_seconds,
            note=spec.note,
            version=document.version,
            source=document.source,
            used_by=used.get(document.id, []),
            running=running.get(document.id, []),
        )
        for document, spec in specs
    ]

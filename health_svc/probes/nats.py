"""nats: a server that greets and answers a ping, or a micro service on Belfry's own bus."""

from typing import Any

import msgspec

from health_svc.probes.context import ProbeContext
from health_svc.probes.evidence import PASS, FaultError, Verdict, worst
from health_svc.probes.health_json import MEDIA_TYPE, report_of
from health_svc.probes.masking import masked
from health_svc.probes.nats_server import probe_server
from health_svc.probes.words import short
from shared.bus import Bus
from shared.contracts.checks import NatsCheck
from shared.contracts.health.runs import Assertion
from shared.problems import ProblemError

COUNT_SECONDS = 0.5
ERROR_HEADER = "Nats-Service-Error"


async def probe_nats(check: NatsCheck, context: ProbeContext) -> Verdict:
    verdicts = []
    if check.url is not None:
        verdicts.append(await probe_server(context.expand(check.url), context))
    if check.service is not None:
        verdicts.append(await _count(check.service, check.min_instances, context))
    if check.request is not None:
        verdicts.append(await _readiness(check.request, context))
    return worst(verdicts or [await _own_bus(context)])


async def _own_bus(context: ProbeContext) -> Verdict:
    """Belfry's own NATS: a ping over the connection that is open already; without one, NATS is away."""
    if context.bus is not None and not context.bus.state().up:
        raise FaultError("fail", "Belfry is not connected to its message bus")
    bus = _bus(context)
    context.seen.begin("ping")
    try:
        await bus.rtt(context.timeout_seconds)
    except ProblemError as error:
        raise FaultError("fail", short(error.problem.detail, 120)) from error
    context.seen.end()
    return PASS


def _bus(context: ProbeContext) -> Bus:
    if context.bus is None or not context.bus.state().up:
        raise FaultError("error", "Belfry's own message bus is not connected")
    return context.bus


async def _count(service: str, wanted: int, context: ProbeContext) -> Verdict:
    """Counts the instances that answer a ping; stops as soon as there are enough."""
    bus, found = _bus(context), 0
    context.seen.begin("ping")
    try:
        mailbox = await bus.mailbox()
        try:
            await bus.send(f"$SRV.PING.{service}", b"", reply=mailbox.address("1"))
            async for _ in mailbox.within(min(context.timeout_seconds / 2, COUNT_SECONDS)):
                found += 1
                if found >= wanted:
                    break
        finally:
            await bus.unsubscribe(mailbox)
    except ProblemError as error:
        raise FaultError("error", f"Belfry's own message bus failed: {short(error.problem.detail, 90)}") from error
    passed = found >= wanted
    context.seen.assertions.append(
        Assertion(name="instances", expected=f">= {wanted}", actual=str(found), passed=passed)
    )
    if passed:
        return PASS
    counted = f"{found} instance{'' if found == 1 else 's'}" if found else "No instance"
    return Verdict("fail", f"{counted} of {service} on the bus, expected {wanted}")


async def _readiness(subject: str, context: ProbeContext) -> Verdict:
    """Asks a service for its health+json reply; its components become children."""
    bus = _bus(context)
    context.seen.begin("request")
    try:
        reply = await bus.request(subject, b"", {}, context.timeout_seconds)
    except ProblemError as error:
        raise FaultError("fail", f"{subject}: {short(error.problem.detail or error.problem.title, 90)}") from error
    context.seen.end()
    context.seen.response_head = masked(reply.data[:2048].decode("utf-8", "replace"))
    report = report_of(MEDIA_TYPE, _decoded(reply.data), "nats")
    if report is None:
        said = reply.headers.get(ERROR_HEADER) or "something that is not health+json"
        return Verdict("fail", f"{subject} answers {short(said, 80)}")
    context.seen.children = report.children
    return report.verdict


def _decoded(data: bytes) -> Any:
    try:
        return msgspec.json.decode(data)
    except msgspec.DecodeError:
        return None

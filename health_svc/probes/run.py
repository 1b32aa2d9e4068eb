"""Running the checks of a service: all at once, each within its budget, never raising."""

import asyncio
from asyncio import timeout as within

import structlog

from health_svc.probes.context import ProbeContext
from health_svc.probes.evidence import Evidence, FaultError, Verdict
from health_svc.probes.faults import fault_of
from health_svc.probes.table import PROBES
from health_svc.probes.words import duration, short, timed_out
from shared.contracts.checks import Check, CheckSpec, HeartbeatCheck, component_of, kind_of
from shared.contracts.health.runs import ComponentOutcome
from shared.contracts.health.services import ServiceSpec

INTERVAL_SHARE = 0.8
log = structlog.get_logger()


def budget_seconds(spec: ServiceSpec, context: ProbeContext) -> float:
    """How long one check may take: the service's timeout, but never into its next slot or past the caller's bound."""
    return min(spec.timeout_seconds, spec.interval_seconds * INTERVAL_SHARE, context.timeout_seconds)


async def run_checks(spec: ServiceSpec, context: ProbeContext) -> list[ComponentOutcome]:
    """The outcome of every probed check, in the order of the spec; heartbeats are not probed. Never raises."""
    budget = budget_seconds(spec, context)
    probed = [check for check in spec.checks if not isinstance(check, HeartbeatCheck)]
    if len(probed) == 1:
        return [await run_check(probed[0], context.for_check(budget))]
    return await asyncio.gather(*(run_check(check, context.for_check(budget)) for check in probed))


async def run_check(check: CheckSpec, context: ProbeContext) -> ComponentOutcome:
    """Runs one probe within `context.timeout_seconds` and tells what it saw."""
    seen = context.seen
    verdict = await _judge(check, context)
    seen.end()
    return ComponentOutcome(
        component=component_of(check), kind=kind_of(check), result=verdict.result, reason=short(verdict.reason, 160),
        duration_ms=round(seen.elapsed_ms(), 3), critical=check.critical, address=seen.address, phases=seen.phases(),
        assertions=seen.assertions, response_head=seen.response_head, certificate_ends_at=seen.certificate_ends_at,
        children=seen.children,
    )  # fmt: skip


async def _judge(check: CheckSpec, context: ProbeContext) -> Verdict:
    """A verdict, whatever happens: a probe that breaks is our fault, never the target's."""
    try:
        async with within(context.timeout_seconds) as bound:
            verdict = await PROBES[kind_of(check)](check, context)
        return _unless_slow(verdict, check, context.seen)
    except FaultError as fault:
        return fault.verdict
    except TimeoutError as error:
        if not bound.expired():
            return fault_of(error, context.seen.address or kind_of(check)).verdict
        return _timed_out(context)
    except OSError as error:
        return fault_of(error, context.seen.address or kind_of(check)).verdict
    except Exception as error:
        log.exception("probe.broke", kind=kind_of(check), component=component_of(check))
        broke = f"The {kind_of(check)} probe broke: {type(error).__name__}. The log of health_svc tells more"
        return Verdict("error", broke)


def _timed_out(context: ProbeContext) -> Verdict:
    """Silence is the target's fault, except that of this machine's own resolver."""
    seen = context.seen
    reason = timed_out(context.timeout_seconds, seen.phases(), seen.current)
    return Verdict("error" if seen.current == "dns" else "fail", reason)


def _unless_slow(verdict: Verdict, check: Check, seen: Evidence) -> Verdict:
    duration_ms = seen.elapsed_ms()
    if verdict.result != "pass" or check.degraded_ms is None or duration_ms <= check.degraded_ms:
        return verdict
    return Verdict("warn", f"Slow: {duration(duration_ms)}, more than {duration(check.degraded_ms)}")

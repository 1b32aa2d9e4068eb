"""tcp: a connection; optionally a text to send and one to expect."""

from health_svc.probes import assertions
from health_svc.probes.context import ProbeContext
from health_svc.probes.dial import dial
from health_svc.probes.evidence import PASS, Verdict
from health_svc.probes.faults import fault_of
from health_svc.probes.inbox import Inbox
from health_svc.probes.masking import masked
from health_svc.probes.patterns import matches
from health_svc.probes.words import endpoint, short
from shared.contracts.checks import TcpCheck


async def probe_tcp(check: TcpCheck, context: ProbeContext) -> Verdict:
    transport, inbox = await dial(check.host, check.port, context, Inbox)
    try:
        if check.send is not None:
            transport.write(check.send.encode())
        return PASS if check.expect is None else await _expect(check, check.expect, inbox, context)
    finally:
        transport.abort()


async def _expect(check: TcpCheck, pattern: str, inbox: Inbox, context: ProbeContext) -> Verdict:
    """Reads until the pattern is found, at most 64 KB."""
    context.seen.begin("expect")
    reading = True
    while not matches(pattern, text := inbox.text()) and reading:
        context.seen.response_head = masked(text[:2048])
        reading = await inbox.more()
    context.seen.response_head = masked(text[:2048])
    where = endpoint(check.host, check.port)
    if isinstance(inbox.error, OSError) and not text:
        raise fault_of(inbox.error, where)
    assertion, reason = assertions.text("answer", pattern, text)
    context.seen.assertions.append(assertion)
    if not reason:
        return PASS
    said = f"answered {short(masked(text), 40)!r}" if text else "closed the connection without an answer"
    return Verdict("fail", f"{where} {said}, expected {short(pattern, 40)!r}")

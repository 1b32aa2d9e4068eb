"""dns: a query to one server, over UDP and, when the answer does not fit, TCP."""

import asyncio

import dns.asyncquery
import dns.exception
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.resolver
import dns.reversename

from health_svc.probes.context import ProbeContext
from health_svc.probes.dial import is_address, resolve
from health_svc.probes.evidence import PASS, FaultError, Verdict
from health_svc.probes.faults import fault_of
from health_svc.probes.patterns import matches
from health_svc.probes.words import endpoint, short
from shared.contracts.checks import DnsCheck
from shared.contracts.health.runs import Assertion

_RCODES = {
    dns.rcode.NXDOMAIN: "{name} does not exist, says {server} (NXDOMAIN)",
    dns.rcode.SERVFAIL: "{server} could not resolve {name} (SERVFAIL)",
    dns.rcode.REFUSED: "{server} refuses to answer for {name} (REFUSED)",
}


async def probe_dns(check: DnsCheck, context: ProbeContext) -> Verdict:
    query = _query(check)
    address = await resolve(check.server or system_server(), context)
    server = endpoint(address, check.port)
    context.seen.begin("query")
    answer = await _ask(query, address, check.port, server)
    context.seen.end()
    context.seen.response_head = answer.to_text()[:2048]
    name = check.name_to_resolve
    if answer.rcode() != dns.rcode.NOERROR:
        words = _RCODES.get(answer.rcode(), f"{{server}} answers {dns.rcode.to_text(answer.rcode())} for {{name}}")
        return Verdict("fail", words.format(name=name, server=server))
    return _judge(check, records(answer, check.record_type), server, context)


def records(answer: dns.message.Message, record_type: str) -> list[str]:
    """The records of one type in an answer, as text."""
    wanted = dns.rdatatype.from_text(record_type)
    return [record.to_text() for rrset in answer.answer if rrset.rdtype == wanted for record in rrset]


def system_server() -> str:
    """The first name server of this machine."""
    try:
        return str(dns.resolver.get_default_resolver().nameservers[0])
    except (dns.resolver.NoResolverConfiguration, IndexError) as error:
        raise FaultError("error", "This machine has no name server. Give the check a server") from error


def _query(check: DnsCheck) -> dns.message.QueryMessage:
    name = check.name_to_resolve
    try:
        reverse = check.record_type == "PTR" and is_address(name)
        return dns.message.make_query(dns.reversename.from_address(name) if reverse else name, check.record_type)
    except dns.exception.DNSException as error:
        raise FaultError("error", f"{short(name)!r} is not a name that DNS can hold: {error}") from error


async def _ask(query: dns.message.Message, address: str, port: int, server: str) -> dns.message.Message:
    try:
        answer, _ = await dns.asyncquery.udp_with_fallback(query, address, port=port, ignore_unexpected=True)
    except (EOFError, asyncio.IncompleteReadError) as error:
        raise FaultError("fail", f"{server} closed the connection without an answer") from error
    except dns.exception.DNSException as error:
        raise FaultError("fail", f"{server} does not answer in DNS: {short(str(error), 80)}") from error
    except OSError as error:
        raise fault_of(error, server) from error
    return answer


def _judge(check: DnsCheck, found: list[str], server: str, context: ProbeContext) -> Verdict:
    name, kind, listed = check.name_to_resolve, check.record_type, short(", ".join(found) or "none", 80)
    passed = any(matches(check.expect, record) for record in found) if check.expect else bool(found)
    expected = check.expect or f"at least one {kind} record"
    context.seen.assertions.append(Assertion(name=f"{kind} records", expected=expected, actual=listed, passed=passed))
    if passed:
        return PASS
    if not found:
        return Verdict("fail", f"{name} has no {kind} record, says {server}")
    return Verdict("fail", f"No {kind} record of {name} matches {short(expected, 40)!r}: {listed}")

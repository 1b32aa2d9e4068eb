"""tls: a handshake, its chain, and how long the certificate still holds."""

import asyncio
import ssl

from health_svc.probes.certificates import days_words
from health_svc.probes.context import ProbeContext
from health_svc.probes.dial import Tls, dial
from health_svc.probes.evidence import PASS, Verdict
from shared.contracts.checks import TlsCheck
from shared.contracts.health.runs import Assertion
from shared.contracts.health.services import Result

DAY_SECONDS = 86_400


async def probe_tls(check: TlsCheck, context: ProbeContext) -> Verdict:
    name = check.server_name or check.host
    tls = Tls(context.tls(check.verify), name)
    transport, _ = await dial(check.host, check.port, context, asyncio.Protocol, tls)
    connection: ssl.SSLObject = transport.get_extra_info("ssl_object")
    cipher = connection.cipher()
    context.seen.response_head = f"{connection.version()} {cipher[0] if cipher else ''}".strip()
    transport.abort()
    return certificate_verdict(check.warn_days, name, context)


def certificate_verdict(warn_days: int, host: str, context: ProbeContext, ended: Result = "fail") -> Verdict:
    """Warns when a certificate met on the way ends within `warn_days`; `ended`: what one is that was let in."""
    ends, now = context.seen.certificate_ends_at, context.now()
    if ends is None:
        return PASS
    left_seconds, words = (ends - now).total_seconds(), days_words(ends, now)
    good = left_seconds > warn_days * DAY_SECONDS
    context.seen.assertions.append(
        Assertion(name="certificate", expected=f"more than {warn_days} days left", actual=words, passed=good)
    )
    if good:
        return PASS
    return Verdict("warn" if left_seconds > 0 else ended, f"The certificate of {host} {words}")

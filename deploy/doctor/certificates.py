"""How long the certificates that are shown to us still last."""

import asyncio
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509

from deploy.doctor.finding import Finding, failed, ok, warning

ANSWER_SECONDS = 5.0
RENEW = "Renew it, and see why that does not happen by itself"
SOON_DAYS, AT_ONCE_DAYS = 21, 7


async def examine(environ: Mapping[str, str]) -> list[Finding]:
    found = [_own(Path(path)) for path in [environ.get("BELFRY_TLS_CERT_FILE", "")] if path]
    public = urlsplit(environ.get("BELFRY_PUBLIC_URL", ""))
    if public.scheme == "https" and public.hostname:
        found.append(await certificate(public.hostname, public.port or 443))
    return found


def _own(path: Path) -> Finding:
    """The one our processes show."""
    try:
        ends = x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc
    except (OSError, ValueError) as error:
        return failed(f"certificate {path}", f"cannot be read: {error}", "Correct BELFRY_TLS_CERT_FILE")
    return judge(f"certificate {path}", _days_until(ends))


def _days_until(moment: datetime) -> float:
    return (moment - datetime.now(UTC)).total_seconds() / 86_400


async def certificate(host: str, port: int) -> Finding:
    check = f"certificate of {host}:{port}"
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # whether it is trusted is asked by who uses it
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            _, writer = await asyncio.open_connection(host, port, ssl=context, server_hostname=host)
    except (OSError, ssl.SSLError, TimeoutError) as error:
        return failed(
            check, f"cannot be read: {str(error) or 'no answer in time'}", "See whether it is the right address"
        )
    found = shown(check, writer.get_extra_info("ssl_object").getpeercert(binary_form=True))
    writer.close()
    return found


def shown(check: str, der: bytes) -> Finding:
    """Of a certificate as it came over the wire."""
    ends = x509.load_der_x509_certificate(der).not_valid_after_utc
    return judge(check, _days_until(ends))


def judge(check: str, days: float) -> Finding:
    if days < 0:
        return failed(check, f"ended {-days:.0f} days ago", RENEW)
    found = f"{days:.0f} days left"
    if days < AT_ONCE_DAYS:
        return failed(check, found, RENEW)
    return warning(check, found, RENEW) if days < SOON_DAYS else ok(check, found)

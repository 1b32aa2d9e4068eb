"""Carries a mail over SMTP: to guarded addresses, with TLS as the channel says, and faults in words."""

import asyncio
import contextlib
import socket
import ssl
from email.message import EmailMessage
from typing import Any

import aiosmtplib
from aiohappyeyeballs import start_connection
from aiosmtplib import errors as smtp

from alert_svc.senders import faults
from alert_svc.senders.guard import socket_factory
from alert_svc.senders.http import Wire
from alert_svc.senders.outgoing import Receipt, SendFault, failed, refused
from alert_svc.senders.plain import one_line
from shared.contracts.alerts.channels import EmailChannel
from shared.contracts.alerts.deliveries import SendErrorCode

STEP_SECONDS = 10.0  # the courier's deadline is for the whole; this ends a step that nobody waits for any more
PART_SECONDS = 1.0
NEXT_ADDRESS_SECONDS = 0.25


async def carry(channel: EmailChannel, mail: EmailMessage, wire: Wire) -> Receipt:
    """Raises SendFault."""
    sock = await _dial(channel.host, channel.port, wire)
    client = aiosmtplib.SMTP(
        hostname=channel.host,
        port=None,
        sock=sock,
        use_tls=channel.security == "tls",
        start_tls=channel.security == "starttls",
        tls_context=wire.tls,
        username=channel.username or None,
        password=(channel.password or "") if channel.username else None,
        timeout=STEP_SECONDS,
    )
    try:
        try:
            await client.connect()
            refusals, said = await client.send_message(mail, sender=channel.from_address, recipients=channel.to)
        except (smtp.SMTPException, OSError, ValueError) as error:
            raise fault_of(error, channel) from None
        await _part(client)
        return _receipt(channel, mail, refusals, said)
    finally:
        client.close()  # the socket is its own from the start


async def _part(client: aiosmtplib.SMTP) -> None:
    """With a word, but the mail is accepted, whatever comes of that."""
    with contextlib.suppress(smtp.SMTPException, OSError):
        async with asyncio.timeout(PART_SECONDS):
            await client.quit()


async def _dial(host: str, port: int, wire: Wire) -> socket.socket:
    """A socket that is connected, to an address of the name that takes it and that messages may go to."""
    try:
        found = await wire.resolver.addresses(host, port)
        return await start_connection(
            found, happy_eyeballs_delay=NEXT_ADDRESS_SECONDS, socket_factory=socket_factory(wire.allowed)
        )
    except (OSError, RuntimeError) as error:
        raise faults.of_exception(error, host) from None


def _receipt(channel: EmailChannel, mail: EmailMessage, refusals: dict[str, Any], said: str) -> Receipt:
    detail = f"{channel.host} took it: {one_line(said)}"
    if refusals:
        detail += f". Refused for {', '.join(refusals)}"
    return Receipt(detail=detail[:300], provider_id=str(mail["Message-ID"]))


def fault_of(error: BaseException, channel: EmailChannel) -> SendFault:
    host = channel.host
    cause = error.__cause__ or error.__context__
    if isinstance(error, smtp.SMTPRecipientsRefused):
        return _recipients(error, host)
    if isinstance(error, smtp.SMTPResponseException):
        return _answered(error.code, one_line(error.message), host, isinstance(error, smtp.SMTPAuthenticationError))
    if "SMTP AUTH" in str(error):
        return refused("authentication", f"{host} offers no sign-in on this connection",
                       "Choose STARTTLS or TLS as security, or leave the user name empty")  # fmt: skip
    if "STARTTLS" in str(error):
        return refused("tls", f"{host} offers no STARTTLS",
                       "Choose TLS (465) or none as security, if you trust the way there")  # fmt: skip
    if isinstance(error, ssl.SSLError):
        return faults.of_exception(error, host)
    if isinstance(cause, ssl.SSLError):
        return faults.of_exception(cause, host)
    if isinstance(error, smtp.SMTPTimeoutError | TimeoutError):
        return faults.of_exception(TimeoutError(), host)
    if isinstance(error, smtp.SMTPServerDisconnected):
        return failed("connect", f"{host} closed the connection: {one_line(str(error))}",
                      "Does that port speak SMTP, with the chosen security?")  # fmt: skip
    if isinstance(error, ValueError) and not isinstance(error, UnicodeError):
        return refused("misconfigured", f"The mail cannot be formed: {one_line(str(error))}")
    return faults.of_exception(error, host)


def _recipients(error: smtp.SMTPRecipientsRefused, host: str) -> SendFault:
    """All of them were refused: for good only if none may be taken later."""
    found = error.recipients
    words = "; ".join(f"{each.recipient}: {each.code} {one_line(each.message)}" for each in found)
    is_permanent = all(each.code >= 500 for each in found)
    code = found[0].code if found else None
    return refused("invalid_recipient", f"{host} refused the recipients: {words}", "Correct the addresses", code,
                   is_permanent=is_permanent)  # fmt: skip


def _answered(code: int, words: str, host: str, is_sign_in: bool) -> SendFault:
    detail = f"{host} answered {code} {words}"
    if is_sign_in or code in (530, 534, 535, 538):
        return refused("authentication", detail, "Check user name and password", code, is_permanent=code >= 500)
    if code >= 500:
        return refused("refused", detail, "", code)
    kind: SendErrorCode = "rate_limited" if code in (421, 450, 451) and "rate" in words.lower() else "server_error"
    return failed(kind, detail, "It is sent again later", code)

"""Carries one message to one channel, within a deadline, whatever the provider does."""

import asyncio
from datetime import UTC, datetime

import structlog
from msgspec import Struct

from alert_svc.channel_specs import kind_of, secrets_of
from alert_svc.senders import faults, twilio_callbacks
from alert_svc.senders.http import Wire
from alert_svc.senders.outgoing import Outgoing, Receipt, SendFault, failed
from alert_svc.senders.plain import cleaned
from alert_svc.senders.table import SENDERS, Providers
from shared.contracts.alerts.channels import AnyChannelSpec
from shared.contracts.alerts.deliveries import AlertMessage

log = structlog.get_logger()

SEND_SECONDS = 10.0


class Courier(Struct, frozen=True):
    """`public_url`: where browsers reach Belfry, empty when unknown."""

    wire: Wire
    providers: Providers
    public_url: str = ""

    def outgoing(
        self, id: str, message: AlertMessage, thread: str | None = None, done: tuple[str, ...] = ()
    ) -> Outgoing:
        link = self.public_url.rstrip("/") + message.path if self.public_url and message.path else ""
        told = twilio_callbacks.address(self.public_url, id) if message.incident_id else ""
        now = datetime.now(UTC)
        return Outgoing(
            id=id, message=cleaned(message), at=now, link=link, thread=thread, done=done, callback=told
        )  # fmt: skip

    async def send(self, channel: AnyChannelSpec, outgoing: Outgoing, seconds: float = SEND_SECONDS) -> Receipt:
        """Raises SendFault, and nothing else."""
        kind = kind_of(channel)
        try:
            async with asyncio.timeout(seconds):
                return await SENDERS[kind](channel, outgoing, self.wire, self.providers)
        except SendFault as fault:
            raise faults.scrubbed(fault, secrets_of(channel)) from None
        except TimeoutError:
            detail = f"No answer within {seconds:g} s"
            raise failed("timeout", detail, faults.UNREACHED_HINT) from None
        except Exception as error:
            log.error("send.failed", kind=kind, error=type(error).__name__)  # its text may hold what the channel hides
            raise failed("internal", f"Belfry failed to send it: {type(error).__name__}") from None

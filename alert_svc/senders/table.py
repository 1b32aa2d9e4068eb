"""Which sender takes which kind of channel, and how fast each may be. A new kind is a module and a line in each."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from msgspec import Struct

from alert_svc.senders import apprise, discord, email, pagerduty, slack, sms, smtp, teams, telegram, webhook
from alert_svc.senders.http import Answer, Request, Wire
from alert_svc.senders.outgoing import Outgoing, Receipt, SendFault
from shared.contracts.alerts.channels import AppriseChannel, EmailChannel
from shared.contracts.alerts.deliveries import ChannelKind


class Providers(Struct, frozen=True, kw_only=True):
    """Where the services of others are."""

    slack: str = "https://slack.com/api"
    twilio: str = "https://api.twilio.com"
    pagerduty: str = ""
    telegram: str = "https://api.telegram.org"


class Limit(Struct, frozen=True):
    """How many messages to one channel are under way at once, and how many a second, in bursts of so many."""

    width: int
    per_second: float
    burst: int


Send = Callable[[Any, Outgoing, Wire, Providers], Awaitable[Receipt]]

LIMITS: dict[ChannelKind, Limit] = {
    "webhook": Limit(100, 500, 500),
    "slack": Limit(2, 1, 10),
    "email": Limit(8, 10, 50),
    "sms": Limit(4, 1, 10),
    "pagerduty": Limit(8, 10, 100),
    "teams": Limit(2, 2, 4),
    "discord": Limit(2, 2, 5),
    "telegram": Limit(1, 1, 5),
    "apprise": Limit(2, 1, 5),
}


async def over_http(
    form: Callable[..., list[Request]],
    read: Callable[[Answer], Receipt],
    address: Callable[[Providers], list[str]],
    channel: Any,
    outgoing: Outgoing,
    wire: Wire,
    providers: Providers,
) -> Receipt:
    """Every part that is not done yet, each on its own: one that fails keeps no other back. Raises SendFault for what
    may work later; for what failed for good only when nothing was accepted."""
    done, receipts, faults = list(outgoing.done), list[Receipt](), list[SendFault]()
    for request in form(channel, outgoing, *address(providers)):
        if request.part and request.part in outgoing.done:
            continue
        try:
            receipts.append(read(await wire.exchange(request)))
            done.append(request.part)
        except SendFault as fault:
            faults.append(fault)
    passing = [fault for fault in faults if not fault.error.is_permanent]
    if passing or (faults and not done):
        worst = (passing or faults)[0]
        raise SendFault(worst.error, worst.retry_after_seconds, tuple(done))
    last = receipts[-1] if receipts else Receipt(detail="Accepted before")
    lost = "".join(f". {fault.error.detail}" for fault in faults)
    ids = [receipt.provider_id for receipt in receipts if receipt.provider_id]
    if last.awaits_word:
        return Receipt(detail=f"{last.detail}{lost}", provider_id=",".join(ids), awaits_word=True)
    return Receipt(detail=f"{last.detail}{lost}", provider_id=ids[0] if ids else None)


async def by_mail(channel: EmailChannel, outgoing: Outgoing, wire: Wire, providers: Providers) -> Receipt:
    return await smtp.carry(channel, email.form(channel, outgoing), wire)


async def by_sms(channel: Any, outgoing: Outgoing, wire: Wire, providers: Providers) -> Receipt:
    read = sms.read_twilio if channel.provider == "twilio" else sms.read_gateway
    return await over_http(sms.form, read, lambda p: [p.twilio], channel, outgoing, wire, providers)


async def by_apprise(channel: AppriseChannel, outgoing: Outgoing, wire: Wire, providers: Providers) -> Receipt:
    return await apprise.carry(channel, outgoing, wire)


def _nowhere(providers: Providers) -> list[str]:
    """The channel itself says where."""
    return []


SENDERS: dict[ChannelKind, Send] = {
    "webhook": partial(over_http, webhook.form, webhook.read, _nowhere),
    "slack": partial(over_http, slack.form, slack.read, lambda p: [p.slack]),
    "email": by_mail,
    "sms": by_sms,
    "pagerduty": partial(over_http, pagerduty.form, pagerduty.read, lambda p: [p.pagerduty]),
    "teams": partial(over_http, teams.form, teams.read, _nowhere),
    "discord": partial(over_http, discord.form, discord.read, _nowhere),
    "telegram": partial(over_http, telegram.form, telegram.read, lambda p: [p.telegram]),
    "apprise": by_apprise,
}


def kinds() -> list[ChannelKind]:
    """Those that can be made here."""
    return [kind for kind in SENDERS if kind != "apprise" or apprise.is_installed()]

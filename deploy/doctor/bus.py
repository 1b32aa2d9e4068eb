"""NATS: is it there, new enough, does it hold what is declared, and is there room."""

import asyncio
import json
import time
from datetime import datetime
from typing import Any

from nats.aio.client import Client
from nats.errors import Error as NatsError

from deploy.doctor import certificates
from deploy.doctor.finding import Finding, clock, failed, headroom, ok, warning
from deploy.nats.apply import holds
from deploy.nats.streams import BUCKETS, CONSUMERS, STREAMS
from deploy.place import Place
from shared.connection import insist_on_tls

OLDEST = (2, 15)
ANSWER_SECONDS = 5.0
SWITCH_ON = "Switch JetStream on in nats-server.conf, for this account"
APPLY = "Run: python -m deploy.nats apply"
START = "Start NATS, or correct NATS_URL and BELFRY_NATS_SEED_FILE"


async def examine(place: Place) -> list[Finding]:
    client = Client()
    try:
        await connect(client, place, place.admin_seed, "admin")
    except (OSError, NatsError, TimeoutError, ValueError) as error:
        return [failed("NATS", f"{place.nats_url} does not answer: {str(error) or type(error).__name__}", START)]
    try:
        return [_version(client), *_certificate(client), *await _jetstream(client)]
    except (NatsError, TimeoutError) as error:
        return [failed("NATS", f"stopped answering: {str(error) or 'no answer in time'}", "See its log, and ask again")]
    finally:
        await client.close()


async def connect(client: Client, place: Place, seed: str | None, user: str) -> None:
    """One try, as this user. Raises OSError, NatsError, TimeoutError, ValueError."""
    options: dict[str, Any] = {"allow_reconnect": False, "max_reconnect_attempts": 1, "reconnect_time_wait": 0}
    if place.tls is not None:
        insist_on_tls(client)
    connecting = client.connect(
        place.nats_url.split(","),
        name="belfry-doctor",
        error_cb=_ignore,
        nkeys_seed=seed,
        inbox_prefix=f"_INBOX_{user}",
        tls=place.tls,
        **options,
    )
    await asyncio.wait_for(connecting, ANSWER_SECONDS)


async def ask(client: Client, subject: str, body: bytes = b"") -> dict[str, Any]:
    """The answer; empty when there is none. Raises TimeoutError, NatsError."""
    reply = await client.request(subject, body, timeout=ANSWER_SECONDS)
    found: dict[str, Any] = json.loads(reply.data) if reply.data else {}
    return found


def _version(client: Client) -> Finding:
    version = client.connected_server_version
    found = f"version {version.major}.{version.minor}.{version.patch}"
    if (version.major, version.minor) >= OLDEST:
        return ok("NATS", found)
    return failed("NATS", f"{found} has no schedules", f"Use nats-server {OLDEST[0]}.{OLDEST[1]} or newer")


def _certificate(client: Client) -> list[Finding]:
    """The one this connection was shown, if it is over TLS."""
    writer = getattr(client._transport, "_io_writer", None)
    session = writer.get_extra_info("ssl_object") if writer is not None else None
    return [certificates.shown("certificate of NATS", session.getpeercert(binary_form=True))] if session else []


async def _jetstream(client: Client) -> list[Finding]:
    try:
        account = await ask(client, "$JS.API.INFO")
    except (NatsError, TimeoutError):
        return [
            failed("JetStream", "does not answer", "Switch it on (jetstream in nats-server.conf), for this account")
        ]
    if "error" in account:
        return [failed("JetStream", account["error"]["description"], SWITCH_ON)]
    names = [*(stream.name for stream in STREAMS), *(bucket.stream().name for bucket in BUCKETS)]
    streams = [await _stream(client, name) for name in names]
    consumers = [await _consumer(client, consumer.stream, consumer.name) for consumer in CONSUMERS]
    return [
        _room(account),
        await _clock(client),
        *(finding for group in streams for finding in group),
        *consumers,
    ]


def _room(account: dict[str, Any]) -> Finding:
    limit = account.get("limits", {}).get("max_storage", -1)
    used = account.get("storage", 0)
    fix = "Give JetStream more room (max_file_store), or keep streams shorter"
    return headroom("JetStream's store", used, limit, fix) if limit > 0 else ok("JetStream's store", "without a limit")


async def _clock(client: Client) -> Finding:
    """By the time an answer carries."""
    asked = time.time()
    answer = await ask(client, f"$JS.API.STREAM.INFO.{STREAMS[0].name}")
    heard, told = time.time(), answer.get("ts")
    if told is None:
        return warning("clock of NATS", "not told", APPLY)
    moment = datetime.fromisoformat(told[:26].rstrip("Z") + "+00:00").timestamp()
    return clock("clock of NATS", moment, asked, heard)


async def _stream(client: Client, name: str) -> list[Finding]:
    """As declared but for the number of replicas, which each deployment chooses; and how full."""
    declared = next(s for s in [*STREAMS, *(b.stream() for b in BUCKETS)] if s.name == name)
    answer = await ask(client, f"$JS.API.STREAM.INFO.{name}")
    if "error" in answer:
        return [failed(f"stream {name}", answer["error"]["description"], APPLY)]
    replicas = answer["config"]["num_replicas"]
    if differing := differing_of(answer["config"], declared.config(replicas)):
        return [failed(f"stream {name}", f"differs in {', '.join(differing)}", APPLY)]
    found = [ok(f"stream {name}", f"as declared, {replicas} {'copy' if replicas == 1 else 'copies'}")]
    if declared.config(1)["discard"] == "new":  # the others drop what is oldest, as they should
        room = headroom(
            f"room in {name}", answer["state"]["bytes"], declared.max_bytes, "See who does not take from it"
        )
        found += [room] if room.verdict != "ok" else []
    return found


async def _consumer(client: Client, stream: str, name: str) -> Finding:
    declared = next(consumer for consumer in CONSUMERS if consumer.name == name)
    answer = await ask(client, f"$JS.API.CONSUMER.INFO.{stream}.{name}")
    if "error" in answer:
        return failed(f"consumer {name}", answer["error"]["description"], APPLY)
    if differing := differing_of(answer["config"], declared.config()):
        return failed(f"consumer {name}", f"differs in {', '.join(differing)}", APPLY)
    waiting = answer["num_pending"] + answer["num_ack_pending"]
    return ok(f"consumer {name}", f"as declared, {waiting} waiting")


def differing_of(found: dict[str, Any], wanted: dict[str, Any]) -> list[str]:
    return [name for name, value in wanted.items() if not holds(found, {name: value})]


async def _ignore(_: Exception) -> None:
    """What goes wrong is told by who asked."""

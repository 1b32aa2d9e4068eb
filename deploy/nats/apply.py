"""Makes a NATS server hold what `streams` declares: create or update, as often as you like."""

import asyncio
import json
import ssl
import time
from typing import Any

from nats.aio.client import Client
from nats.errors import Error as NatsError

from deploy.nats.permissions import ADMIN
from deploy.nats.streams import BUCKETS, CONSUMERS, STREAMS, Consumer, Stream
from shared.connection import abandon, insist_on_tls

STREAM_NOT_FOUND = 10059
CONSUMER_NOT_FOUND = 10014


class ApplyError(Exception):
    """The server refused a declaration; the message says which and why."""


async def apply(
    nats_url: str,
    seed_file: str | None = None,
    *,
    replicas: int = 1,
    wait_seconds: float = 30,
    tls: ssl.SSLContext | None = None,
) -> list[str]:
    """Create or update every stream, bucket and consumer. Returns one line each, saying what was done.
    Waits up to `wait_seconds` for a server that is just starting. Raises ApplyError, TimeoutError."""
    client = await _connect(nats_url, seed_file, tls, time.monotonic() + wait_seconds)
    try:
        streams = [*STREAMS, *(bucket.stream() for bucket in BUCKETS)]
        done = [await _apply_stream(client, stream, replicas) for stream in streams]
        return done + [await _apply_consumer(client, consumer) for consumer in CONSUMERS]
    finally:
        await client.close()


async def _connect(nats_url: str, seed_file: str | None, tls: ssl.SSLContext | None, until: float) -> Client:
    """A connection whose JetStream answers. Raises TimeoutError at `until` (monotonic seconds)."""
    error: Exception | None = None
    while time.monotonic() < until:
        client = Client()
        try:
            await asyncio.wait_for(_open(client, nats_url, seed_file, tls), 5)
            await client.request("$JS.API.INFO", timeout=2)
            return client
        except (OSError, NatsError, TimeoutError) as reason:
            error = reason
            await abandon(client)
            await asyncio.sleep(0.1)
    raise TimeoutError(f"NATS at {nats_url} does not answer: {error!r}")


async def _open(client: Client, nats_url: str, seed_file: str | None, tls: ssl.SSLContext | None) -> None:
    if tls is not None:
        insist_on_tls(client)
    await client.connect(
        nats_url.split(","),
        name="belfry-apply",
        error_cb=_ignore,
        allow_reconnect=False,
        max_reconnect_attempts=1,
        reconnect_time_wait=0,
        nkeys_seed=seed_file,
        tls=tls,
        inbox_prefix=f"_INBOX_{ADMIN}",
    )


async def _ignore(_: Exception) -> None:
    """Failed attempts are told by `_connect`, once."""


async def _apply_stream(client: Client, stream: Stream, replicas: int) -> str:
    config = stream.config(replicas)
    found = await _ask(client, f"STREAM.INFO.{stream.name}", {}, missing=STREAM_NOT_FOUND)
    if found is None:
        await _ask(client, f"STREAM.CREATE.{stream.name}", config)
        return f"created stream {stream.name}"
    if holds(found["config"], config):
        return f"unchanged stream {stream.name}"
    await _ask(client, f"STREAM.UPDATE.{stream.name}", {**found["config"], **config})
    return f"updated stream {stream.name}"


async def _apply_consumer(client: Client, consumer: Consumer) -> str:
    config = consumer.config()
    path = f"{consumer.stream}.{consumer.name}"
    found = await _ask(client, f"CONSUMER.INFO.{path}", {}, missing=CONSUMER_NOT_FOUND)
    if found is not None and holds(found["config"], config):
        return f"unchanged consumer {consumer.name}"
    await _ask(client, f"CONSUMER.CREATE.{path}.{consumer.filter}", {"stream_name": consumer.stream, "config": config})
    return f"{'created' if found is None else 'updated'} consumer {consumer.name}"


async def _ask(client: Client, subject: str, body: dict[str, Any], missing: int = 0) -> dict[str, Any] | None:
    """JetStream's answer; None when it is the error code `missing`. Raises ApplyError for every other error."""
    reply = await client.request(f"$JS.API.{subject}", json.dumps(body).encode() if body else b"", timeout=10)
    answer: dict[str, Any] = json.loads(reply.data)
    error = answer.get("error")
    if error is None:
        return answer
    if missing and error.get("err_code") == missing:
        return None
    raise ApplyError(f"{subject}: {error.get('description')} ({error.get('err_code')})")


def holds(found: dict[str, Any], wanted: dict[str, Any]) -> bool:
    """True when every wanted setting stands; what JetStream leaves out is its zero."""
    return all(found.get(name, type(value)()) == value for name, value in wanted.items())

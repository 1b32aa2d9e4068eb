"""Sends batches to JetStream, for applications that have no connection to NATS of their own."""

import asyncio

from nats.aio.client import Client
from nats.errors import Error as NatsError

CONNECT_SECONDS = 2.0
ACK_SECONDS = 3.0


class NatsSender:
    """Connects when first used and whenever the connection was lost. `seed_file`: the nkey of a user that may publish
    samples."""

    def __init__(self, url: str, seed_file: str | None = None) -> None:
        self._url, self._seed_file = url, seed_file
        self._client: Client | None = None

    async def __call__(self, id: str, subject: str, body: bytes) -> bool:
        try:
            client = await self._connected()
            ack = await client.jetstream().publish(subject, body, timeout=ACK_SECONDS, headers={"Nats-Msg-Id": id})
        except (OSError, NatsError, TimeoutError):
            await self.close()
            return False
        return bool(ack.stream)

    async def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def _connected(self) -> Client:
        if self._client is None or not self._client.is_connected:
            await self.close()
            self._client = client = Client()
            await asyncio.wait_for(self._open(client), CONNECT_SECONDS)
            return client
        return self._client

    async def _open(self, client: Client) -> None:
        await client.connect(
            self._url.split(","),
            name="belfry-reporter",
            nkeys_seed=self._seed_file,
            allow_reconnect=False,
            max_reconnect_attempts=1,
            reconnect_time_wait=0,
            error_cb=_ignore,
        )


async def _ignore(_: Exception) -> None:
    """What fails is tried again with the next batch."""

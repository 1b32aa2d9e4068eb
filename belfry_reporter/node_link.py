"""Between a node and Belfry, over NATS: what the node says goes out, what it is asked comes in."""

import asyncio
import contextlib
import secrets
import time
from datetime import UTC, datetime

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from belfry_reporter.node import Node, Word

EVERY_SECONDS = 1.0
CONNECT_SECONDS = 5.0
RETRY_SECONDS = 1.0
FLUSH_SECONDS = 2
STOP_SECONDS = 1.0
DEADLINE_HEADER = "Belfry-Deadline"


class NodeLink:
    """Connects whenever the connection was lost; meanwhile the node keeps the newest of what it has to say.
    `seed_file`: the nkey of a user that may report."""

    def __init__(self, node: Node, url: str, seed_file: str | None = None) -> None:
        self._node, self._url, self._seed_file = node, url, seed_file
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Until `stop`."""
        while not self._stopping.is_set():
            client = Client()
            try:
                await asyncio.wait_for(self._open(client), CONNECT_SECONDS)
                await self._speak(client)
            except Exception:  # whatever the trouble is, the application goes on
                await _first(RETRY_SECONDS, self._stopping)
            finally:
                await client.close()

    def stop(self) -> None:
        """Say what is left and good-bye, then end."""
        self._stopping.set()
        self._node.news.set()

    async def _open(self, client: Client) -> None:
        await client.connect(
            self._url.split(","),
            name=f"belfry-node-{self._node.name}",
            nkeys_seed=self._seed_file,
            allow_reconnect=False,
            max_reconnect_attempts=1,
            reconnect_time_wait=0,
            ping_interval=10,
            flush_timeout=FLUSH_SECONDS,
            error_cb=_ignore,
        )
        await client.subscribe(f"belfry.node.{self._node.place}.*", cb=self._answer)

    async def _speak(self, client: Client) -> None:
        """What is new at once, and every second how it stands."""
        due = time.monotonic()
        while client.is_connected:
            await self._send_words(client)
            if self._stopping.is_set():
                await self._send(client, await self._node.measured(stopping=True))
                await client.flush(FLUSH_SECONDS)
                return
            if time.monotonic() >= due:
                await self._send(client, await self._node.measured())
                due = max(due + EVERY_SECONDS, time.monotonic())
            await _first(due - time.monotonic(), self._node.news)
        raise OSError("the connection to NATS was lost")

    async def _send_words(self, client: Client) -> None:
        self._node.news.clear()
        while self._node.words:
            await self._send(client, self._node.words[0])
            self._node.words.popleft()

    async def _send(self, client: Client, word: Word) -> None:
        subject = f"belfry.v1.ws.{word.kind}.{self._node.place}"
        await client.publish(subject, word.body, headers=_headers(word.kind, self._node.service))

    async def _answer(self, message: Msg) -> None:
        deadline = (message.headers or {}).get(DEADLINE_HEADER, "")
        if deadline.isdigit() and int(deadline) < time.time() * 1000:
            return
        with contextlib.suppress(ValueError, NatsError):  # who asks in vain hears nothing, and says so
            answer = await self._node.answer(message.subject.rsplit(".", 1)[1], message.data)
            if answer is not None:
                await message.respond(answer)


def _headers(kind: str, service: str) -> dict[str, str]:
    """The event as a CloudEvent."""
    id_ = secrets.token_hex(12)
    return {
        "ce-specversion": "1.0",
        "ce-id": id_,
        "ce-type": f"ws.{kind}.v1",
        "ce-source": f"/{service}",
        "ce-time": datetime.now(UTC).isoformat(),
        "ce-datacontenttype": "application/json",
        "Nats-Msg-Id": id_,
    }


async def _first(seconds: float, event: asyncio.Event) -> None:
    """Wait until something is there, at most so long."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(max(0.0, seconds)):
            await event.wait()


async def _ignore(_: Exception) -> None:
    """A lost connection is noticed by whoever sends."""

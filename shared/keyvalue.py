"""A key-value bucket. Reads ask the stream's leader, so a read sees every earlier write; entries live by the bucket's
own time to live, which an update renews."""

import base64
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from msgspec import Struct

from shared.interest import Interest, Message, MessageHandler
from shared.jetstream import Asks, JetStreamError, api, publish

NO_MESSAGE = 10037
WRONG_LAST = (10071, 10164)  # which of the two is up to the server's version
EXPECTED = "Nats-Expected-Last-Subject-Sequence"
OPERATION = "KV-Operation"
REMOVED = (OPERATION, "Nats-Marker-Reason")  # headers of markers, which are not entries


def subject_of(bucket: str, key: str) -> str:
    """What a key is written on."""
    return f"$KV.{bucket}.{key}"


class KeyValueBus(Asks, Protocol):
    """The part of the bus that is used here."""

    async def subscribe(
        self, subject: str, handler: MessageHandler, queue: str | None = None, concurrency: int = 16
    ) -> Interest: ...

    def on_connect(self, listener: Callable[[], Awaitable[None]]) -> None: ...


class Entry(Struct, frozen=True):
    """`revision` grows with every write of the bucket."""

    key: str
    value: bytes
    revision: int


class Removed(Struct, frozen=True):
    """What stands for a key until its removal is forgotten."""

    revision: int


class ConflictError(Exception):
    """Somebody else wrote the key first."""


class KeyValue:
    def __init__(self, bus: KeyValueBus, bucket: str) -> None:
        self._bus, self._bucket = bus, bucket

    async def get(self, key: str) -> Entry | None:
        """The entry; None when there is none, or it expired or was removed."""
        last = await self._last(key)
        return last if isinstance(last, Entry) else None

    async def put(self, key: str, value: bytes) -> int:
        """Write; returns the revision."""
        return await self._write(key, value, {})

    async def create(self, key: str, value: bytes) -> int:
        """Write a key that must not exist. Raises ConflictError."""
        try:
            return await self._write(key, value, {EXPECTED: "0"})
        except ConflictError:
            last = await self._last(key)
            if not isinstance(last, Removed):
                raise
            return await self._write(key, value, {EXPECTED: str(last.revision)})

    async def update(self, key: str, value: bytes, revision: int) -> int:
        """Write if `revision` is still the last one. Raises ConflictError."""
        return await self._write(key, value, {EXPECTED: str(revision)})

    async def delete(self, key: str, revision: int | None = None) -> None:
        """Remove, if `revision` is still the last one when given. Raises ConflictError."""
        expected = {} if revision is None else {EXPECTED: str(revision)}
        await self._write(key, b"", {OPERATION: "PURGE", "Nats-Rollup": "sub", **expected})

    async def keys(self) -> list[str]:
        """Every key that has a subject in the bucket, removed ones included until they expire."""
        body = {"subjects_filter": self._subject(">")}
        state: dict[str, Any] = (await api(self._bus, f"STREAM.INFO.KV_{self._bucket}", body))["state"]
        return sorted(subject.removeprefix(self._subject("")) for subject in state.get("subjects") or {})

    async def watch(self, changed: Callable[[str], Awaitable[None]], resync: Callable[[], Awaitable[None]]) -> Interest:
        """`changed(key)` at every write; `resync()` after every new connection, as writes may have been missed."""

        async def heard(message: Message) -> None:
            await changed(message.subject.removeprefix(self._subject("")))

        self._bus.on_connect(resync)
        return await self._bus.subscribe(self._subject(">"), heard, concurrency=1)

    def _subject(self, key: str) -> str:
        return subject_of(self._bucket, key)

    async def _last(self, key: str) -> "Entry | Removed | None":
        try:
            answer = await api(self._bus, f"STREAM.MSG.GET.KV_{self._bucket}", {"last_by_subj": self._subject(key)})
        except JetStreamError as error:
            if error.err_code == NO_MESSAGE:
                return None
            raise
        return _read(key, answer["message"])

    async def _write(self, key: str, value: bytes, headers: dict[str, str]) -> int:
        try:
            return (await publish(self._bus, self._subject(key), value, headers)).seq
        except JetStreamError as error:
            if error.err_code in WRONG_LAST:
                raise ConflictError(key) from error
            raise


def _read(key: str, message: dict[str, Any]) -> Entry | Removed:
    headers = base64.b64decode(message.get("hdrs", "")).decode("utf-8", "replace")
    revision = int(message["seq"])
    if any(f"{name}:" in headers for name in REMOVED):
        return Removed(revision)
    return Entry(key, base64.b64decode(message.get("data", "")), revision)

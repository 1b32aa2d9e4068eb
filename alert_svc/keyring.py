"""Secrets of channels at rest: AES-GCM, each bound to its channel and field, with the id of its key beside it.

The newest key encrypts, every one decrypts. Keys come from the environment, or from a file of our own that is read
again when it matters: so that a key may be added while this process runs."""

import base64
import binascii
import hashlib
import os
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec import Struct

KEY_BYTES = 32
NONCE_BYTES = 12
KEY_FILE = "alert.keys"


class Sealed(Struct, frozen=True, kw_only=True):
    """A secret as it is stored. `text`: nonce and ciphertext in base64; `hint`: what may be shown of it."""

    key: str
    text: str
    set_at: datetime
    hint: str


class KeyringError(Exception):
    """A secret cannot be read or written; says why, and never what."""


class Keyring:
    """`read` gives the keys, newest first; `make` adds one when there is none."""

    def __init__(self, read: Callable[[], list[bytes]], make: Callable[[], bytes] | None = None) -> None:
        self._read, self._make = read, make
        self._known: dict[str, bytes] = {}

    def seal(self, secret: str, channel_id: str, field: str, at: datetime, hint: str) -> Sealed:
        """Raises KeyringError."""
        key = self._newest()
        nonce = secrets.token_bytes(NONCE_BYTES)
        hidden = AESGCM(key).encrypt(nonce, secret.encode(), _bound(channel_id, field))
        return Sealed(key=key_id(key), text=base64.b64encode(nonce + hidden).decode(), set_at=at, hint=hint)

    def open(self, sealed: Sealed, channel_id: str, field: str) -> str:
        """Raises KeyringError."""
        key = self._known.get(sealed.key) or self._find(sealed.key)
        raw = base64.b64decode(sealed.text)
        try:
            return AESGCM(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], _bound(channel_id, field)).decode()
        except InvalidTag:
            raise KeyringError(f"The stored {field} of {channel_id} was changed, or belongs elsewhere") from None

    def newest_id(self) -> str:
        return key_id(self._newest())

    def _newest(self) -> bytes:
        found = self._read()
        if found:
            return found[0]
        if self._make is None:
            raise KeyringError("There is no key for secrets. Set BELFRY_ENCRYPTION_KEYS")
        return self._make()

    def _find(self, id: str) -> bytes:
        self._known = {key_id(key): key for key in self._read()}
        if id not in self._known:
            raise KeyringError(f"A secret was encrypted with key {id}, which is not among the keys of this process")
        return self._known[id]


def keyring_of(given: str, data_dir: str) -> Keyring:
    """Of the keys that are given, or else of a file in the data directory, made at the first use."""
    if given.strip():
        keys = parsed(given)
        return Keyring(lambda: keys)
    path = Path(data_dir) / KEY_FILE
    return Keyring(lambda: read_file(path), lambda: first_key(path))


def parsed(text: str) -> list[bytes]:
    """Keys in base64, by blanks or commas, newest first. Raises KeyringError."""
    return [_key(part, number) for number, part in enumerate(text.replace(",", " ").split(), 1)]


def read_file(path: Path) -> list[bytes]:
    try:
        return parsed(path.read_text())
    except FileNotFoundError:
        return []


def first_key(path: Path) -> bytes:
    """A new key in a new file; the one of whoever was faster, if somebody was."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    write_file(draft, [new_key()])
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return read_file(path)[0]


def write_file(path: Path, keys: Sequence[bytes]) -> None:
    """Whole or not at all, for its owner only."""
    draft = path.with_name(f"{path.name}.new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write("".join(f"{base64.b64encode(key).decode()}\n" for key in keys))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def new_key() -> bytes:
    return secrets.token_bytes(KEY_BYTES)


def key_id(key: bytes) -> str:
    return hashlib.sha256(b"belfry key id" + key).hexdigest()[:8]


def _key(text: str, number: int) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise KeyringError(f"Key {number} is not 32 bytes in base64. `openssl rand -base64 32` makes one")
    return key


def _bound(channel_id: str, field: str) -> bytes:
    return f"{channel_id}\0{field}".encode()

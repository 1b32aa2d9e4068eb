"""The configuration of our own nats-server, and the key of each user."""

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import nkeys  # type: ignore[import-untyped]  # the package has no types

from deploy.nats.permissions import USERS, permissions_of

MAX_PAYLOAD_BYTES = 8 * 1024 * 1024


def create_seeds(directory: Path | str, name: Callable[[str], str] = "{}.seed".format) -> dict[str, str]:
    """One nkey seed a user in `<directory>/<name(user)>` (mode 0600); what exists stays. Returns user -> public key."""
    directory = Path(directory)
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    return {user: _public_key(_seed(directory / name(user))) for user in USERS}


def seed_of(given: str | None, user: str) -> str | None:
    """The file of a user's seed: what is given stands for all, or is the folder that `create_seeds` has filled."""
    return str(Path(given) / f"{user}.seed") if given and Path(given).is_dir() else given


def render_config(
    public_keys: Mapping[str, str],
    *,
    listen: str | None = None,
    store_dir: str | None = None,
    max_file_bytes: int = 8 * 1024**3,
    max_memory_bytes: int = 128 * 1024**2,
    tls: Mapping[str, Any] | None = None,
) -> str:
    """The text of nats-server.conf: the users of `public_keys` (user -> nkey) with their permissions, and limits.
    `listen` and `store_dir` may be left to the server's flags; `tls` is its block of that name."""
    users = [{"nkey": key, "permissions": permissions_of(user)} for user, key in public_keys.items()]
    jetstream = {"max_file_store": max_file_bytes, "max_memory_store": max_memory_bytes}
    settings: dict[str, Any] = {
        "server_name": "belfry",
        "max_payload": MAX_PAYLOAD_BYTES,
        "max_pending": 64 * 1024 * 1024,
        "ping_interval": "10s",
        "ping_max": 2,
        "lame_duck_duration": "30s",  # how long a server takes to send its clients away; Kubernetes waits longer
        "lame_duck_grace_period": "10s",
        "jetstream": jetstream if store_dir is None else {"store_dir": store_dir, **jetstream},
        "accounts": {"BELFRY": {"jetstream": "enabled", "users": users}, "SYS": {"users": []}},
        "system_account": "SYS",
    }
    if tls is not None:
        settings["tls"] = dict(tls)
    if listen is not None:
        settings["listen"] = listen
    return "".join(f"{name}: {json.dumps(value, indent=2)}\n" for name, value in settings.items())


def tls_of(cert_file: str, key_file: str, ca_file: str | None = None) -> dict[str, Any]:
    """The block `tls`: clients are let in by TLS only, with an authority also only those with a certificate of its."""
    return {"cert_file": cert_file, "key_file": key_file, **({"ca_file": ca_file, "verify": True} if ca_file else {})}


def _seed(path: Path) -> bytes:
    """The seed in a file, which is made first when it is not there yet."""
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        seed = nkeys.encode_seed(os.urandom(32), nkeys.PREFIX_BYTE_USER)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(seed)
    return path.read_bytes().strip()


def _public_key(seed: bytes) -> str:
    key: bytes = nkeys.from_seed(bytearray(seed)).public_key
    return key.decode()

"""`python -m deploy.credentials DIR`: what an installation keeps secret, made once; a folder for each process, that
holds what it may know and nothing else. Compose mounts these folders, and Kubernetes takes a Secret from each."""

import argparse
import base64
import os
import secrets
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from deploy.migrate import role_of, services_with_storage
from deploy.nats.config import create_seeds, render_config, tls_of
from deploy.nats.permissions import ADMIN

DATABASE = "postgresql://belfry@postgres:5432/belfry"
FOR_ALL_USERS = 0o444  # containers run as other users; the folder above lets nobody of this machine in
MIGRATE = "migrate"


def password() -> str:
    return secrets.token_urlsafe(24)


def encryption_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


MADE: dict[str, Callable[[], str]] = {
    "alert/encryption.keys": encryption_key,
    "gateway/admin.password": password,
    "grafana/admin.password": password,
    "latency/otlp.token": password,
    "postgres/password": password,
}
"""What is made once, and stays."""


def main(argv: list[str]) -> int:
    """Exit code 0, or 1 with one line when the folder cannot be written."""
    parser = argparse.ArgumentParser(prog="python -m deploy.credentials", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--nats-tls-cert", help="where the nats-server finds its certificate: it speaks TLS only then")
    parser.add_argument("--nats-tls-key", help="and its key")
    parser.add_argument("--nats-tls-client-ca", help="and the authority of whom it lets in")
    given = parser.parse_args(argv)
    folder, cert = given.folder, given.nats_tls_cert
    tls = tls_of(cert, given.nats_tls_key, given.nats_tls_client_ca) if cert else None
    try:
        create(folder, os.environ.get("DATABASE_URL") or DATABASE, tls)
    except OSError as error:
        print(f"belfry: {error.filename or folder}: {error.strerror}", file=sys.stderr)
        return 1
    print("\n".join(str(path.relative_to(folder)) for path in sorted(folder.rglob("*")) if path.is_file()))
    return 0


def create(folder: Path, database_url: str, nats_tls: Mapping[str, Any] | None = None) -> None:
    """What exists stays, as do the keys; what follows from it is written anew. `database_url` is an administrator's;
    without a password in it, the one made here is meant. `nats_tls` goes into nats.conf. Raises OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    keys = create_seeds(folder, lambda user: f"{folder_of(user)}/nats.seed")
    for name, make in MADE.items():
        _write(folder / name, make() if not (folder / name).exists() else None)
    _write(folder / "nats" / "nats.conf", render_config(keys, tls=nats_tls))
    _databases(folder, database_url)
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() else FOR_ALL_USERS)


def folder_of(user: str) -> str:
    """`health` for health_svc; NATS's administrator is who migrates."""
    return MIGRATE if user == ADMIN else user.removesuffix("_svc")


def _databases(folder: Path, database_url: str) -> None:
    """Each service's own login, and the administrator's with the passwords of all."""
    parts = urlsplit(database_url)
    admin = parts.password or (folder / "postgres" / "password").read_text()
    _write(folder / MIGRATE / "database.url", _login(database_url, parts.username or "belfry", admin))
    for service in services_with_storage():
        path = folder / MIGRATE / f"{service}.password"
        _write(path, password() if not path.exists() else None)
        own = _login(database_url, role_of(service), path.read_text())
        _write(folder / folder_of(service) / "database.url", own)


def _login(database_url: str, user: str, secret: str) -> str:
    """The same server and database, for this user. Passwords are URL-safe, or were in a URL before."""
    parts = urlsplit(database_url)
    return parts._replace(netloc=f"{user}:{secret}@{parts.netloc.rpartition('@')[2]}").geturl()


def _write(path: Path, text: str | None) -> None:
    """Nothing for None: what is there stays."""
    if text is None:
        return
    path.parent.mkdir(exist_ok=True)
    draft = path.with_name(f".{path.name}.new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    draft.replace(path)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

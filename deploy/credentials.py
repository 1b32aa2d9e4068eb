"""`python -m deploy.credentials DIR`: what an installation keeps secret, made once; a folder for each process, that
holds what it may know and nothing else. Compose mounts these folders, and Kubernetes takes a Secret from each."""

import argparse
import base64
import os
import secrets
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

from deploy import authority
from deploy.migrate import role_of, services_with_storage
from deploy.nats.config import create_seeds, render_config
from deploy.nats.permissions import ADMIN, GRANTS

DATABASE = "postgresql://belfry@postgres:5432/belfry"
FOR_ALL_USERS = 0o444  # containers run as other users; the folder above lets nobody of this machine in
MIGRATE = "migrate"
SECRETS = "/etc/belfry/secrets"
CA, POSTGRES_CA = "ca.crt", "postgres-ca.crt"


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
    parser.add_argument("--tls", action="store_true", help="also an authority, and a certificate for each server")
    parser.add_argument(
        "--host", action="append", default=[], help="another name of theirs; may be given several times"
    )
    parser.add_argument("--postgres-ca", type=Path, help="the authority of your PostgreSQL, which is insisted on then")
    given = parser.parse_args(argv)
    folder = given.folder
    try:
        create(
            folder, os.environ.get("DATABASE_URL", ""), tls=given.tls, hosts=given.host, postgres_ca=given.postgres_ca
        )
    except OSError as error:
        print(f"belfry: {error.filename or folder}: {error.strerror}", file=sys.stderr)
        return 1
    print("\n".join(str(path.relative_to(folder)) for path in sorted(folder.rglob("*")) if path.is_file()))
    return 0


def create(
    folder: Path,
    database_url: str = "",
    *,
    tls: bool = False,
    hosts: Sequence[str] = (),
    postgres_ca: Path | None = None,
) -> None:
    """What exists stays, as do the keys; what follows from it is written anew. `database_url` is an administrator's;
    without one that of Compose is meant, and without a password in it the one made here. Raises OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    keys = create_seeds(folder, lambda user: f"{folder_of(user)}/nats.seed")
    for name, make in MADE.items():
        _write(folder / name, make() if not (folder / name).exists() else None)
    _write(folder / "nats" / "nats.conf", render_config(keys))
    if tls or authority.exists(folder):
        _certificates(folder, hosts)
    trusted = _authority_of_postgres(folder, postgres_ca, ours=not database_url)
    _databases(folder, _by_tls(database_url or DATABASE) if trusted else database_url or DATABASE, trusted)
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o600 if path.name == authority.KEY else FOR_ALL_USERS)


def folder_of(user: str) -> str:
    """`health` for health_svc; NATS's administrator is who migrates."""
    return MIGRATE if user == ADMIN else user.removesuffix("_svc")


def _certificates(folder: Path, hosts: Sequence[str]) -> None:
    """Whom to trust, for all who connect; a certificate for each server, anew when half of its time is over."""
    ours, now = authority.authority_in(folder), datetime.now(UTC)
    bus = [*map(folder_of, GRANTS), "nats"]
    for each in (*bus, MIGRATE, "observer", "prometheus"):
        _write(folder / each / CA, ours.pem)
    for server in (*bus, "postgres"):
        names = [*names_of(server), *hosts]
        path = folder / server / "tls.crt"
        if not authority.serves(path, names, now):
            certificate, key = authority.issue(ours, names, now)
            _write(path.with_suffix(".key"), key)
            _write(path, certificate)


def names_of(server: str) -> list[str]:
    """How others call it: in Compose, in the chart (installed as `belfry`), and on its own machine."""
    peers = ["*.belfry-nats-peers"] if server == "nats" else []
    return [server, f"belfry-{server}", "belfry", *peers, "localhost", "127.0.0.1"]


def _authority_of_postgres(folder: Path, given: Path | None, *, ours: bool) -> str | None:
    """The text of its certificate: as given, else as before, else of our own server the one made here."""
    before = folder / MIGRATE / POSTGRES_CA
    if given is not None:
        return given.read_text()
    if ours and authority.exists(folder):
        return authority.authority_in(folder).pem
    return before.read_text() if before.exists() else None


def _by_tls(database_url: str) -> str:
    """The same database, on nothing but a server that shows a certificate of the authority, for its name."""
    parts = urlsplit(database_url)
    kept = [(name, value) for name, value in parse_qsl(parts.query) if name not in ("sslmode", "sslrootcert")]
    insists = [("sslmode", "verify-full"), ("sslrootcert", f"{SECRETS}/{POSTGRES_CA}")]
    return parts._replace(query=urlencode([*kept, *insists], safe="/")).geturl()


def _databases(folder: Path, database_url: str, trusted: str | None) -> None:
    """Each service's own login, and the administrator's with the passwords of all."""
    parts = urlsplit(database_url)
    admin = parts.password or (folder / "postgres" / "password").read_text()
    _write(folder / MIGRATE / "database.url", _login(database_url, parts.username or "belfry", admin))
    _write(folder / MIGRATE / POSTGRES_CA, trusted)
    for service in services_with_storage():
        path = folder / MIGRATE / f"{service}.password"
        _write(path, password() if not path.exists() else None)
        own = folder / folder_of(service)
        _write(own / "database.url", _login(database_url, role_of(service), path.read_text()))
        _write(own / POSTGRES_CA, trusted)


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

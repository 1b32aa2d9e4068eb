"""Thousands of WebSocket clients in one process, that count every message they get. Told what to do by lines of JSON
on standard input, one answer each: `python -m tests.bench.fanout_crowd`.

No library: what a client costs must not hide what the server costs."""

import contextlib
import json
import os
import random
import select
import socket
import sys
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

MARK = b'"event_id":"'
STAMP = b'"reason":"@'
PING, PONG = b"\x81\x02{}", b"\x81\x82\0\0\0\0{}"
READ_BYTES = 32 * 1024
SUBSCRIBED = b'"subscribed"'
SUBSCRIBE = b'{"id":1,"subscribe":{"topic":"health"}}'


class Crowd:
    """`counts`: how many messages came, of each connection. Of those in `timed` each message is looked at: how long it
    took, and whether it is the next one."""

    def __init__(self) -> None:
        self.poll = select.epoll()
        self.sockets: dict[int, socket.socket] = {}
        self.deaf: set[int] = set()
        self.reset()

    def reset(self, timed: int = 0) -> dict[str, int]:
        """Count anew, and look closely at so many connections."""
        hearing = [each for each in self.sockets if each not in self.deaf]
        self.timed = dict.fromkeys(hearing[-timed:] if timed else (), 0)
        self.counts = dict.fromkeys(hearing, 0)
        self.last = dict.fromkeys(hearing, -1)
        self.tails: dict[int, bytes] = {}
        self.delays_ns: list[int] = []
        self.disorder = self.closed = 0
        return {}

    def connect(self, url: str, count: int, headers: dict[str, str], subscribe: bool) -> dict[str, int]:
        address = urlsplit(url)
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        request = (
            f"GET {address.path} HTTP/1.1\r\nHost: {address.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{lines}\r\n"
        ).encode()
        command = bytes((0x81, 0x80 | len(SUBSCRIBE), 0, 0, 0, 0)) + SUBSCRIBE
        for _ in range(count):
            each = socket.create_connection((address.hostname or "", address.port or 80), timeout=30)
            each.sendall(request)
            until(each, b"\r\n\r\n")
            if subscribe:
                each.sendall(command)
                until(each, SUBSCRIBED)
            each.setblocking(False)
            self.sockets[each.fileno()] = each
            self.poll.register(each.fileno(), select.EPOLLIN)
            self.counts[each.fileno()] = 0
            if len(self.sockets) % 50 == 0:
                self.read(0)  # pings are answered meanwhile
        self.reset()
        return {"connected": len(self.sockets)}

    def deafen(self, count: int) -> dict[str, int]:
        """So many stop reading."""
        for each in list(self.sockets)[:count]:
            self.poll.unregister(each)
            self.deaf.add(each)
        return {}

    def leave(self) -> dict[str, int]:
        for each in self.sockets.values():
            each.close()
        self.sockets.clear()
        self.deaf.clear()
        self.poll.close()
        self.poll = select.epoll()
        return {}

    def churn(self, url: str, count: int, headers: dict[str, str], seconds: float) -> dict[str, int]:
        """Connect, subscribe and drop at random, at most `count` at a time."""
        chance, until_time, made = random.Random(1), time.monotonic() + seconds, 0
        while time.monotonic() < until_time:
            if len(self.sockets) < count:
                self.connect(url, min(20, count - len(self.sockets)), headers, subscribe=chance.random() < 0.9)
                made += 20
            for fd in chance.sample(list(self.sockets), min(len(self.sockets), 10)):
                self.drop(fd)
            self.read(0)
        self.leave()
        return {"made": made}

    def drop(self, fd: int) -> None:
        with contextlib.suppress(OSError):
            self.poll.unregister(fd)
        self.sockets.pop(fd).close()

    def report(self) -> dict[str, Any]:
        """Delays in milliseconds."""
        delays = sorted(self.delays_ns)
        share = (
            {name: delays[int(len(delays) * part)] / 1e6 for name, part in (("p50", 0.5), ("p99", 0.99))}
            if delays
            else {}
        )
        counts = self.counts.values()
        return {
            "messages": sum(counts), "least": min(counts, default=0), "most": max(counts, default=0),
            "disorder": self.disorder, "closed": self.closed, **share,
        }  # fmt: skip

    def read(self, wait_seconds: float) -> None:
        for fd, _ in self.poll.poll(wait_seconds, maxevents=2_000):
            self.take(fd)

    def take(self, fd: int) -> None:
        try:
            data = os.read(fd, READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.closed += 1
            self.poll.unregister(fd)
            return
        if PING in data:
            self.sockets[fd].sendall(PONG)
            data = data.replace(PING, b"")
        if fd in self.tails:
            data = self.tails.pop(fd) + data
        whole = len(data)
        if not data.endswith((b"]}", b"}}")):  # of a batch, of any other frame
            whole = data.rfind(b'"topic"')  # of the message that has only begun
            self.tails[fd] = data[max(0, whole) :]
        self.counts[fd] += data.count(MARK, 0, max(0, whole))
        if fd in self.timed:
            self.note(fd, data[: max(0, whole)])

    def note(self, fd: int, data: bytes) -> None:
        """When each message was said, and whether it is the next one."""
        now, place = time.monotonic_ns(), data.find(STAMP)
        while place >= 0:
            said_ns, number = data[place + len(STAMP) : data.index(b'"', place + len(STAMP))].split()
            self.delays_ns.append(now - int(said_ns))
            self.disorder += int(number) != self.last[fd] + 1
            self.last[fd] = int(number)
            place = data.find(STAMP, place + len(STAMP))


def until(each: socket.socket, mark: bytes) -> None:
    data = b""
    while mark not in data:
        received = each.recv(65_536)
        if not received:
            raise ConnectionError(data)
        data += received


def main() -> None:
    crowd = Crowd()
    commands: dict[str, Callable[..., dict[str, Any]]] = {
        name: getattr(crowd, name) for name in ("connect", "reset", "report", "leave", "deafen", "churn")
    }
    told = select.poll()
    told.register(sys.stdin.fileno(), select.POLLIN)
    while True:
        if told.poll(0):
            line = sys.stdin.buffer.readline()
            if not line:
                return
            name, given = json.loads(line)
            print(json.dumps(commands[name](**given)), flush=True)
        crowd.read(0.01)


if __name__ == "__main__":
    main()

"""icmp: echoes over an unprivileged ping socket, or a raw one where only that is allowed."""

import asyncio
import os
import socket
import struct
from time import perf_counter

from msgspec import Struct

from health_svc.probes.context import ProbeContext
from health_svc.probes.dial import resolve
from health_svc.probes.evidence import PASS, FaultError, Verdict
from health_svc.probes.faults import fault_of
from shared.contracts.checks import IcmpCheck
from shared.contracts.health.runs import Assertion

WAIT_SHARE = 0.9  # of the budget: a lost echo must end before the check is cancelled
TOKEN_BYTES = 16
_HEADER = struct.Struct("!BBHHH")
_HINT = "health_svc may not send ICMP. Add its group to net.ipv4.ping_group_range, or give it CAP_NET_RAW"


class _Family(Struct, frozen=True):
    """What differs between ICMP and ICMPv6."""

    family: int
    protocol: int
    request: int
    reply: int


_V4 = _Family(socket.AF_INET, socket.IPPROTO_ICMP, 8, 0)
_V6 = _Family(socket.AF_INET6, socket.IPPROTO_ICMPV6, 128, 129)


async def probe_icmp(check: IcmpCheck, context: ProbeContext) -> Verdict:
    address = await resolve(check.host, context)
    with open_socket(_V6 if ":" in address else _V4) as sock:
        sock.setblocking(False)
        context.seen.begin("echo")
        try:
            sock.connect((address, 0))
            answers_ms = await _echo(sock, check.count, context.timeout_seconds * WAIT_SHARE)
        except OSError as error:
            raise fault_of(error, check.host) from error
    context.seen.end()
    if answers_ms:
        context.seen.answered_ms = max(answers_ms)
    return _judge(check, len(answers_ms), context)


def open_socket(family: _Family) -> socket.socket:
    """A socket that may send echoes; raises an `error` fault when this machine allows none."""
    for kind in (socket.SOCK_DGRAM, socket.SOCK_RAW):
        try:
            return socket.socket(family.family, kind, family.protocol)
        except PermissionError:
            continue
        except OSError as error:
            raise fault_of(error, "ICMP") from error
    raise FaultError("error", _HINT)


def packet(kind: int, sequence: int, token: bytes) -> bytes:
    """An echo request. The kernel fills the identifier of ping sockets and the checksum of ICMPv6."""
    payload = token + sequence.to_bytes(2, "big")
    identifier = int.from_bytes(token[:2], "big")
    checksum = _checksum(_HEADER.pack(kind, 0, 0, identifier, sequence) + payload)
    return _HEADER.pack(kind, 0, checksum, identifier, sequence) + payload


def answered(data: bytes, kind: int, token: bytes) -> int | None:
    """The sequence number an echo reply answers; none for anything that is not ours."""
    found = data.find(token)
    if found < _HEADER.size or data[found - _HEADER.size] != kind or len(data) < found + TOKEN_BYTES + 2:
        return None
    return int.from_bytes(data[found + TOKEN_BYTES : found + TOKEN_BYTES + 2], "big")


async def _echo(sock: socket.socket, count: int, wait_seconds: float) -> list[float]:
    """Sends `count` echoes at once; the milliseconds of those answered in time."""
    family, token = _V6 if sock.family == socket.AF_INET6 else _V4, os.urandom(TOKEN_BYTES)
    sent_at: dict[int, float] = {}
    for sequence in range(1, count + 1):
        sent_at[sequence] = perf_counter()
        sock.send(packet(family.request, sequence, token))
    answers_ms: list[float] = []
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(wait_seconds):
            while sent_at:
                sequence = answered(await loop.sock_recv(sock, 2048), family.reply, token) or 0
                if (sent := sent_at.pop(sequence, None)) is not None:
                    answers_ms.append((perf_counter() - sent) * 1000)
    except TimeoutError:
        return answers_ms
    return answers_ms


def _judge(check: IcmpCheck, answers: int, context: ProbeContext) -> Verdict:
    lost = check.count - answers
    loss_pct = 100 * lost / check.count
    passed = loss_pct <= check.max_loss_pct and answers > 0
    context.seen.assertions.append(
        Assertion(name="loss", expected=f"<= {check.max_loss_pct:g} %", actual=f"{loss_pct:.0f} %", passed=passed)
    )
    if passed:
        return PASS
    if answers == 0:
        return Verdict("fail", f"{check.host} answers no ping ({check.count} sent)")
    lost_words = f"{lost} of {check.count} pings to {check.host} were lost"
    return Verdict("fail", f"{lost_words}, at most {check.max_loss_pct:g} % may")


def _checksum(data: bytes) -> int:
    """RFC 1071."""
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF

"""RFC 6455, case by case, against a client that may send anything: what is refused, by which code, and what is not."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.backend.gateway.conftest import AUTOMATION
from tests.backend.gateway.live.conftest import Gateway
from tests.fixtures.live import PATH
from tests.fixtures.raw_socket import (
    BINARY,
    CLOSE,
    CONTINUATION,
    HANDSHAKE,
    PING,
    PONG,
    TEXT,
    RawSocket,
    close,
    frame,
    handshake,
    raw_socket,
)

SUBSCRIBE = b'{"id": 1, "subscribe": {"topic": "health"}}'
HALF = len(SUBSCRIBE) // 2
LARGEST = 64 * 1024


@asynccontextmanager
async def opened(gateway: Gateway) -> AsyncIterator[RawSocket]:
    async with raw_socket(gateway.url, PATH, AUTOMATION) as socket:
        assert b'"connected"' in (await socket.read()).payload
        yield socket


async def answers(socket: RawSocket) -> bool:
    """The connection lives, and the command that was sent is answered."""
    while b'"subscribed"' not in (received := await socket.read()).payload:
        assert received.opcode in (TEXT, PONG)
    return True


UNDERSTOOD = {
    "one frame": [frame(TEXT, SUBSCRIBE)],
    "two fragments": [frame(TEXT, SUBSCRIBE[:HALF], fin=False), frame(CONTINUATION, SUBSCRIBE[HALF:])],
    "a fragment for each byte": [
        frame(TEXT, SUBSCRIBE[:1], fin=False),
        *[frame(CONTINUATION, SUBSCRIBE[place : place + 1], fin=False) for place in range(1, len(SUBSCRIBE))],
        frame(CONTINUATION),
    ],
    "empty fragments": [
        frame(TEXT, b"", fin=False),
        frame(CONTINUATION, b"", fin=False),
        frame(CONTINUATION, SUBSCRIBE),
    ],
    "control frames between fragments": [
        frame(TEXT, SUBSCRIBE[:HALF], fin=False),
        frame(PING, b"between"),
        frame(PONG),
        frame(CONTINUATION, SUBSCRIBE[HALF:]),
    ],
    "a pong nobody asked for": [frame(PONG, b"x"), frame(TEXT, SUBSCRIBE)],
    "the largest message": [frame(TEXT, SUBSCRIBE.ljust(LARGEST))],
    "a length of 126 bytes": [frame(TEXT, SUBSCRIBE.ljust(126))],
}


async def test_what_is_right_is_understood(live_gateway: Gateway) -> None:
    for name, frames in UNDERSTOOD.items():
        async with opened(live_gateway) as socket:
            await socket.send(*frames)
            assert await answers(socket), name
        async with opened(live_gateway) as socket:
            for byte in b"".join(frames)[:200]:  # whatever pieces TCP makes of it
                await socket.send(bytes((byte,)))
            await socket.send(b"".join(frames)[200:])
            assert await answers(socket), f"{name}, in pieces"


async def test_a_ping_is_answered_with_its_own_payload(live_gateway: Gateway) -> None:
    async with opened(live_gateway) as socket:
        for payload in (b"", b"are you there?", bytes(range(125))):
            await socket.send(frame(PING, payload))
            assert await socket.read_until(PONG) == (PONG, payload, False)


REFUSED = {
    "not masked": (1002, [frame(TEXT, SUBSCRIBE, masked=False)]),
    "reserved bit 1": (1002, [frame(TEXT, SUBSCRIBE, rsv=4)]),
    "reserved bits 2 and 3": (1002, [frame(TEXT, SUBSCRIBE, rsv=3)]),
    **{f"opcode {code}": (1002, [frame(code, b"x")]) for code in (3, 7, 11, 15)},
    "a fragmented ping": (1002, [frame(PING, b"x", fin=False), frame(CONTINUATION, b"x")]),
    "a ping of 126 bytes": (1002, [frame(PING, bytes(126))]),
    "a continuation of nothing": (1002, [frame(CONTINUATION, b"x")]),
    "a text within a text": (1002, [frame(TEXT, b"x", fin=False), frame(TEXT, b"x")]),
    "a text within an empty fragment": (1002, [frame(TEXT, b"", fin=False), frame(TEXT, b"x")]),
    "a binary within a text": (1002, [frame(TEXT, b"x", fin=False), frame(BINARY, b"x")]),
    "a close of one byte": (1002, [frame(CLOSE, b"\x03")]),
    **{f"close code {code}": (1002, [close(code)]) for code in (0, 999, 1004, 1005, 1006, 1016, 2999, 5000)},
    "no UTF-8": (1007, [frame(TEXT, b"\xff\xfe")]),
    "a surrogate": (1007, [frame(TEXT, b'"\xed\xa0\x80"')]),
    "half a letter": (1007, [frame(TEXT, b"\xc3", fin=False), frame(CONTINUATION, b"")]),
    "a close with a bad reason": (1007, [close(1000, b"\xff")]),
    "too long": (1009, [frame(TEXT, bytes(LARGEST + 1))]),
    "too long by what is announced": (1009, [frame(TEXT, bytes(1 << 20))[:14]]),
    "too long in fragments": (1009, [frame(TEXT, bytes(40_000), fin=False), frame(CONTINUATION, bytes(40_000))]),
    "binary": (4501, [frame(BINARY, SUBSCRIBE)]),
    "no JSON": (4501, [frame(TEXT, b"hello")]),
    "JSON that nests too deeply": (4501, [frame(TEXT, b"[" * 5_000)]),
}


async def test_what_is_wrong_ends_the_connection_with_its_code(live_gateway: Gateway) -> None:
    said = {}
    for name, (code, frames) in REFUSED.items():
        async with opened(live_gateway) as socket:
            await socket.send(*frames)
            last = await socket.read_until(CLOSE)
            said[name] = last.code
            assert not last.masked
            if code >= 4000:  # ours: it waits for an answer
                await socket.send(close(code))
            assert await socket.ended(), name

    assert said == {name: code for name, (code, _) in REFUSED.items()}
    assert len(live_gateway.hub.registry) == 0


async def test_a_close_is_answered_with_the_same(live_gateway: Gateway) -> None:
    for sent in (close(1000), close(1001, b"leaving"), close(3000), close(4999), frame(CLOSE)):
        async with opened(live_gateway) as socket:
            await socket.send(sent, frame(TEXT, SUBSCRIBE))
            said = await socket.read_until(CLOSE)
            assert frame(CLOSE, said.payload) == sent
            assert await socket.ended()
    assert len(live_gateway.hub.registry) == 0


async def test_a_message_before_a_close_is_still_answered(live_gateway: Gateway) -> None:
    async with opened(live_gateway) as socket:
        await socket.send(frame(TEXT, SUBSCRIBE), close(1000))
        assert b'"subscribed"' in (await socket.read()).payload
        assert (await socket.read()).code == 1000


async def test_what_comes_with_the_handshake_is_not_lost(live_gateway: Gateway) -> None:
    """aiohttp still has the connection then."""
    early = frame(TEXT, SUBSCRIBE) + frame(PING, b"early")
    _, socket = await handshake(live_gateway.url, PATH, {**HANDSHAKE, **AUTOMATION}, early)

    assert await answers(socket)
    assert (await socket.read_until(PONG)).payload == b"early"
    socket.abort()


WRONG_HANDSHAKES: dict[str, tuple[int, dict[str, str]]] = {
    "a plain GET": (426, {"Upgrade": "", "Connection": ""}),
    "an upgrade to something else": (426, {"Upgrade": "h2c"}),
    "no key": (400, {"Sec-WebSocket-Key": ""}),
    "a short key": (400, {"Sec-WebSocket-Key": "c2hvcnQ="}),
    "another version": (426, {"Sec-WebSocket-Version": "8"}),
    "no version": (426, {"Sec-WebSocket-Version": ""}),
}


async def test_a_wrong_handshake_is_an_http_problem(live_gateway: Gateway) -> None:
    for name, (status, changes) in WRONG_HANDSHAKES.items():
        headers = {key: value for key, value in {**HANDSHAKE, **AUTOMATION, **changes}.items() if value}
        answer, socket = await handshake(live_gateway.url, PATH, headers)
        socket.abort()

        assert answer.startswith(f"HTTP/1.1 {status}".encode()), name
        assert b"application/problem+json" in answer
        if status == 426:
            assert b"sec-websocket-version: 13" in answer.lower()
            assert b"upgrade: websocket" in answer.lower()


async def test_the_protocol_is_chosen_when_it_is_offered(live_gateway: Gateway) -> None:
    heads = []
    for offered in ("chat, belfry.v1", "chat", ""):
        offer = {"Sec-WebSocket-Protocol": offered} if offered else {}
        head, socket = await handshake(live_gateway.url, PATH, {**HANDSHAKE, **AUTOMATION, **offer})
        heads.append(head)
        socket.abort()

    assert [b"Sec-WebSocket-Protocol: belfry.v1\r\n" in head for head in heads] == [True, False, False]
    assert [head[:12] for head in heads] == [b"HTTP/1.1 101"] * 3
    assert all(b"Sec-WebSocket-Extensions" not in head for head in heads)

"""A response in one write says on the wire what aiohttp's own would say, whatever the client speaks."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from gateway.whole_response import TOGETHER, Sending, WholeResponse, fixed_headers

FIXED = {"X-Frame-Options": "DENY", "Referrer-Policy": "same-origin"}
BODY = b'{"up": true}'
LARGE = b"x" * 4_000_000
HEADERS = {"Content-Type": "application/json", "ETag": 'W/"one"'}
Head = dict[str, list[str]]


async def answer(request: web.Request) -> web.Response:
    body = LARGE if request.path == "/large" else BODY
    response = WholeResponse(body, HEADERS) if "plain" not in request.path else web.Response(body=body, headers=HEADERS)
    if isinstance(response, WholeResponse):
        response.fixed = fixed_headers(FIXED)
    else:
        response.headers.update(FIXED)
    response.headers["X-Path"] = request.path_qs
    if request.path == "/cookie":
        response.set_cookie("seen", "yes")
    if request.path == "/close":
        response.force_close()
    if request.path == "/injected":
        response.headers["X-Name"] = "a\r\nX-Other: b"
    return response


@pytest.fixture
async def port() -> AsyncIterator[int]:
    app = web.Application()
    app.router.add_route("*", "/{name}", answer)
    async with TestServer(app) as server:
        assert server.port is not None
        yield server.port


async def told(port: int, request: str) -> tuple[str, Head, bytes]:
    """Status line, headers and body, read until the server has no more to say."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request.encode())
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    headers: Head = {}
    for line in head[1:-2]:
        name, _, value = line.partition(": ")
        headers.setdefault(name.lower(), []).append(value)
    length = 0 if request.startswith("HEAD") else int(headers["content-length"][0])
    body = await reader.readexactly(length)
    writer.close()
    return head[0], headers, body


def asked(path: str, method: str = "GET", version: str = "1.1", *lines: str) -> str:
    return "\r\n".join([f"{method} {path} HTTP/{version}", "Host: belfry", *lines, "", ""])


@pytest.mark.parametrize(
    "how",
    [("GET", "1.1"), ("HEAD", "1.1"), ("GET", "1.0"), ("GET", "1.1", "Connection: close")],
    ids=["keep-alive", "HEAD", "HTTP/1.0", "close"],
)
async def test_says_what_aiohttp_says(port: int, how: tuple[str, ...]) -> None:
    whole, plain = await told(port, asked("/whole", *how)), await told(port, asked("/plain", *how))
    for found in (whole, plain):
        assert found[1].pop("date")
        assert found[1].pop("x-path")
        found[1].pop("server", None)
    assert whole == plain
    assert all(whole[1][name.lower()] == [value] for name, value in FIXED.items())


async def test_a_cookie_goes_along(port: int) -> None:
    _, headers, body = await told(port, asked("/cookie"))
    assert headers["set-cookie"] == ["seen=yes; Path=/"]
    assert headers["x-frame-options"] == ["DENY"]
    assert body == BODY


async def test_the_connection_ends_when_the_handler_wants_it(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(asked("/close").encode())
    everything = await reader.read()
    assert b"Connection: close\r\n" in everything
    assert everything.endswith(BODY)
    writer.close()


async def test_a_value_adds_no_header(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(asked("/injected").encode())
    assert b"X-Other" not in await reader.read()
    writer.close()


async def test_answers_keep_their_order_and_their_length_for_a_slow_reader(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write((asked("/large") + asked("/whole") + asked("/large")).encode())
    for body in (LARGE, BODY, LARGE):
        head = await reader.readuntil(b"\r\n\r\n")
        assert f"Content-Length: {len(body)}\r\n".encode() in head
        assert await reader.readexactly(len(body)) == body
    writer.close()


async def test_many_who_ask_at_once_are_answered_each_in_its_order(port: int) -> None:
    """Whole responses leave together, others at once: on a connection they stay in the order they were asked for."""
    paths = ["/whole", "/plain", "/whole", "/cookie", "/plain", "/whole-2"]

    async def one() -> list[str]:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write("".join(asked(f"{path}?{number}") for number, path in enumerate(paths)).encode())
        found = []
        for _ in paths:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            assert await reader.readexactly(len(BODY)) == BODY
            found.append(head.partition("X-Path: ")[2].split("\r\n")[0])
        writer.close()
        return found

    every = await asyncio.gather(*(one() for _ in range(3 * TOGETHER)))
    assert every == [[f"{path}?{number}" for number, path in enumerate(paths)]] * len(every)


async def test_who_sends_a_body_that_nobody_reads_is_answered(port: int) -> None:
    """aiohttp closes such a connection: not before the response has left."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(asked("/whole", "POST", "1.1", "Content-Length: 9000000").encode() + b"begun")
    await writer.drain()
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 OK\r\n")
    assert await reader.readexactly(len(BODY)) == BODY
    writer.close()


async def test_a_server_that_ends_sends_what_it_has_begun() -> None:
    entered, may_answer = asyncio.Semaphore(0), asyncio.Event()

    async def answer_later(request: web.Request) -> web.Response:
        entered.release()
        await may_answer.wait()
        return WholeResponse(BODY, HEADERS)

    app = web.Application()
    app.router.add_get("/", answer_later)
    server = TestServer(app)
    await server.start_server()
    wires = [await asyncio.open_connection("127.0.0.1", server.port) for _ in range(3 * TOGETHER)]
    for _, writer in wires:
        writer.write(asked("/").encode())
    for _ in wires:
        await entered.acquire()
    may_answer.set()
    await server.close()

    for reader, writer in wires:
        assert (await reader.read()).endswith(BODY)
        writer.close()


async def test_no_more_than_so_many_wait_and_none_is_sent_to_who_has_gone() -> None:
    sent = list[tuple[str, bytes]]()

    class Wire(asyncio.Transport):
        def __init__(self, name: str, gone: bool = False) -> None:
            super().__init__()
            self.name, self.gone = name, gone

        def is_closing(self) -> bool:
            return self.gone

        def write(self, data: bytes | bytearray | memoryview) -> None:
            sent.append((self.name, bytes(data)))

    sending = Sending(asyncio.get_running_loop())
    for number in range(TOGETHER - 1):
        sending.send(Wire(str(number)), b"one")
    sending.send(Wire("gone", gone=True), b"one")
    assert [name for name, _ in sent] == [str(number) for number in range(TOGETHER - 1)]
    sending.send(Wire("next"), b"two")
    assert len(sent) == TOGETHER - 1, "it waits for the end of the turn"
    await asyncio.sleep(0)
    assert sent[-1] == ("next", b"two")


def test_a_fixed_header_with_a_line_break_is_refused() -> None:
    with pytest.raises(ValueError, match="control character"):
        fixed_headers({"Referrer-Policy": "same-origin\r\nX-Other: b"})

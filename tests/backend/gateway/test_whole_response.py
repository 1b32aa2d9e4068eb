"""A response in one write says on the wire what aiohttp's own would say, whatever the client speaks."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from gateway.whole_response import WholeResponse, fixed_headers

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
    app.router.add_get("/{name}", answer)
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


def test_a_fixed_header_with_a_line_break_is_refused() -> None:
    with pytest.raises(ValueError, match="control character"):
        fixed_headers({"Referrer-Policy": "same-origin\r\nX-Other: b"})

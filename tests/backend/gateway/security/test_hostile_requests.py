"""Requests that no honest client makes: bombs, endless headers, and paths that lead out of the pages."""

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import psutil
import pytest

from tests.backend.gateway.conftest import AUTOMATION, Client, StartGateway

PATIENCE_SECONDS = 30.0
SECRET = "the secret beside the pages"
LOGIN, TOKENS = "/api/v1/auth/login", "/api/v1/auth/tokens"
JSON = {"Content-Type": "application/json"}
BOMB_BYTES = 256 * 1024 * 1024
MIB = 1024 * 1024
CLOSED = 0  # on us, while we were still sending


@pytest.fixture
async def pages(start_gateway: StartGateway, tmp_path: Path) -> Client:
    """A gateway whose pages stand beside a secret, and hold a link to it."""
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>pages</title>")
    (tmp_path / "secret.txt").write_text(SECRET)
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    return await start_gateway(spa_dir=str(folder))


async def raw(client: Client, head: str, body: bytes = b"") -> bytes:
    """What comes back for these very bytes; empty when the connection was only closed."""
    address = urlsplit(str(client.make_url("/")))
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            writer.write(head.encode("latin-1") + body)
            return await reader.read(65_536)
    except ConnectionError:
        return b""
    finally:
        writer.close()


UP = (
    "../secret.txt", "..%2fsecret.txt", "%2e%2e/secret.txt", "%2e%2e%2fsecret.txt", "..%252fsecret.txt",
    "%252e%252e%252fsecret.txt", "..\\secret.txt", "..%5csecret.txt", "..%255csecret.txt", "%c0%ae%c0%ae/secret.txt",
    "..;/secret.txt", "....//secret.txt", "secret.txt%00", "..%2fsecret.txt%00.js", "link.txt", "./../secret.txt",
    "..%ef%bc%8fsecret.txt", "%2fetc%2fpasswd", "/etc/passwd", "file:///etc/passwd",
)  # fmt: skip
BELOW = ("/", "/assets/", "/assets/../", "/docs/", "/docs/assets/", "/status/", "/badges/")


async def test_nothing_outside_of_the_pages_is_ever_given(pages: Client) -> None:
    """Dots, slashes and NUL in every spelling, below each folder, as bytes that no library puts right."""
    for folder in BELOW:
        for way in UP:
            answer = await raw(pages, f"GET {folder}{way} HTTP/1.1\r\nHost: belfry\r\nConnection: close\r\n\r\n")
            assert SECRET.encode() not in answer, folder + way
            assert b"root:" not in answer, folder + way
            assert not answer.startswith(b"HTTP/1.1 500"), folder + way
    assert (await pages.get("/admin")).status == 200


def gzip_bomb() -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    return b"".join([*(packer.compress(bytes(MIB)) for _ in range(BOMB_BYTES // MIB)), packer.flush()])


async def test_bodies_that_unfold_without_end_are_refused_early(gateway: Client) -> None:
    """256 MiB of zeros in 256 kB, packed once and twice, as gzip and as deflate: 413, and the memory stays."""
    bomb = await asyncio.to_thread(gzip_bomb)
    packed = await asyncio.to_thread(zlib.compress, bytes(64 * MIB), 9)
    before = psutil.Process().memory_info().rss

    statuses = {}
    for what, encoding, body in (
        ("gzip", "gzip", bomb),
        ("deflate", "deflate", packed),
        ("twice", "gzip", gzip.compress(bomb)),
        ("many times", "gzip, gzip, gzip", bomb),
        ("not gzip", "gzip", b"{}"),
        ("cut off", "gzip", bomb[:1000]),
    ):
        try:
            answer = await gateway.post(LOGIN, data=body, headers={**JSON, "Content-Encoding": encoding})
            statuses[what] = answer.status
        except (OSError, aiohttp.ClientError):
            statuses[what] = CLOSED

    assert {statuses["gzip"], statuses["deflate"]} <= {413, CLOSED}
    assert {what: status for what, status in statuses.items() if status not in (400, 413, 415, 422, CLOSED)} == {}
    assert psutil.Process().memory_info().rss - before < 128 * MIB
    assert (await gateway.get("/healthz")).status == 200


async def test_json_that_goes_deep_or_repeats_is_an_error_of_the_client(gateway: Client) -> None:
    deep = b"[" * 200_000
    bodies = (
        deep,
        b'{"a":' * 100_000,
        b'{"label": ' + deep + b"]" * 200_000 + b"}",
        b'{"label": "x", "role": {"role": {"role": "admin"}}}',
        b'{"label": "x", "role": "viewer", "role": "root"}',
        b'{"label": 1e999999}',
        b'{"label": ' + b"9" * 100_000 + b"}",
        b'{"label": "\xff\xfe"}',
        b'{"label": "\\ud800"}',
        b'{"__proto__": {"role": "admin"}, "label": "x", "constructor": 1}',
        b"\x00" * 1000,
    )

    statuses = [(await gateway.post(TOKENS, data=body, headers={**AUTOMATION, **JSON})).status for body in bodies]

    assert [status for status in statuses if status not in (400, 422)] == []


HEADS = {
    "a long header": f"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: {'x' * 100_000}\r\n\r\n",
    "a long path": f"GET /{'x' * 100_000} HTTP/1.1\r\nHost: x\r\n\r\n",
    "a long cookie": f"GET /api/v1/auth/me HTTP/1.1\r\nHost: x\r\nCookie: belfry_session={'x' * 60_000}\r\n\r\n",
    "two lengths": "POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "length and chunks": (
        "POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n"
        "0\r\n\r\n"
    ),
    "a chunk that lies": (
        "POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n{}"
    ),
    "a negative length": "POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    "a header with a line of its own": "GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: b\nSet-Cookie: a=b\r\n\r\n",
    "a name with a space": "GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length : 5\r\n\r\n12345",
    "no HTTP": "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 hello\r\n\r\n",
    "another method": "BREW /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "a tunnel": "CONNECT 127.0.0.1:4222 HTTP/1.1\r\nHost: 127.0.0.1:4222\r\nConnection: close\r\n\r\n",
    "somebody else's address": (
        "GET http://127.0.0.1:4222/api/v1/auth/users HTTP/1.1\r\nHost: 127.0.0.1:4222\r\nConnection: close\r\n\r\n"
    ),
}


async def test_heads_that_no_client_sends_are_refused(gateway: Client) -> None:
    """400 and the like or a closed connection: never 200, never 500, and the gateway goes on."""
    first_lines = {what: (await raw(gateway, head))[:12].decode("latin-1") for what, head in HEADS.items()}

    good = {what: line for what, line in first_lines.items() if line and line[9:10] != "4"}
    assert good == {}
    assert (await gateway.get("/healthz")).status == 200


async def test_an_answer_repeats_nothing_into_its_own_head(gateway: Client) -> None:
    """Ids that are not sane are replaced, so that no log line or header can be made up."""
    for given in ("a b", "x" * 65, "<script>", "../../etc", "%0d%0aSet-Cookie: a=b"):
        answer = await gateway.get("/healthz", headers={"X-Request-Id": given})
        assert answer.headers["X-Request-Id"] != given
        assert "Set-Cookie" not in answer.headers


async def test_a_body_without_end_is_cut_off(gateway: Client) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 64 * MIB:
            sent += 65_536
            yield b" " * 65_536

    try:
        status = (await gateway.post(TOKENS, data=endless(), headers={**AUTOMATION, **JSON})).status
    except (OSError, aiohttp.ClientError):
        status = CLOSED
    assert status in (413, CLOSED)
    assert sent < 64 * MIB

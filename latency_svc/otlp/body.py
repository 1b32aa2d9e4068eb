"""A request's body, within bounds of size and time, decompressed here so that a small one cannot become a huge one."""

import asyncio
import zlib

from aiohttp import hdrs, web

from latency_svc.otlp.codec import CONTENT_TYPES
from shared.problems import bad_request, too_large, unavailable, unsupported_media

MOST_BYTES = 8 * 1024 * 1024  # decompressed, too
READ_SECONDS = 10.0
WINDOW_BITS = {"gzip": 31, "deflate": 15}


def content_type_of(request: web.Request) -> str:
    """Raises ProblemError 415."""
    if request.content_type not in CONTENT_TYPES:
        raise unsupported_media(f"Content-Type must be {' or '.join(CONTENT_TYPES)}, not {request.content_type}")
    return request.content_type


async def read(request: web.Request) -> bytes:
    """The decompressed body. Raises ProblemError 400, 413, 415, and 503 when it does not arrive in time."""
    coding = request.headers.get(hdrs.CONTENT_ENCODING, "identity").strip().lower() or "identity"
    if coding != "identity" and coding not in WINDOW_BITS:
        raise unsupported_media(f"Content-Encoding must be gzip, deflate or identity, not {coding[:40]}")
    if (request.content_length or 0) > MOST_BYTES:
        raise too_large(MOST_BYTES)
    try:
        async with asyncio.timeout(READ_SECONDS):
            body = await request.read()
    except TimeoutError:
        raise unavailable("latency_svc", f"The body did not arrive within {READ_SECONDS:g} s") from None
    return body if coding == "identity" else inflate(body, WINDOW_BITS[coding])


def inflate(packed: bytes, window_bits: int) -> bytes:
    """All members of a gzip or zlib stream. Raises ProblemError 400 and 413."""
    found = bytearray()
    while packed:
        member = zlib.decompressobj(window_bits)
        try:
            found += member.decompress(packed, MOST_BYTES + 1 - len(found))
        except zlib.error as error:
            raise bad_request(f"The body cannot be decompressed: {error}") from error
        if len(found) > MOST_BYTES:
            raise too_large(MOST_BYTES)
        if not member.eof:
            raise bad_request("The body cannot be decompressed: it ends too early")
        packed = member.unused_data
    return bytes(found)

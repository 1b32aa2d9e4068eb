"""From a reply to an HTTP answer: bytes passed on unparsed, a tag to ask again with, 304 when nothing changed."""

import gzip
import re
from functools import lru_cache
from hashlib import blake2b

import msgspec
from aiohttp import hdrs, web
from msgspec import Struct

from shared.contracts.wire import Nothing

JSON = "application/json"
TAG_BYTES = 12
GZIP_MAGIC, GZIP_HEAD_BYTES = b"\x1f\x8b", 10
REVALIDATE = "private, no-cache"
_WEIGHT = re.compile(r"^(0(\.\d{0,3})?|1(\.0{0,3})?)$")


def answer_struct(value: Struct, status: int = 200) -> web.Response:
    """A Struct of our own as JSON; no body for an empty one."""
    if isinstance(value, Nothing):
        return web.Response(status=204 if status == 200 else status)
    return web.Response(body=msgspec.json.encode(value), content_type=JSON, status=status)


def answer_read(request: web.Request, body: bytes, encoding: str = "", tag: str = "") -> web.Response:
    """A body that is ready, maybe packed by who made it; 304 for a client that has it."""
    etag = f'W/"{tag.strip("W/").strip(chr(34)) or tag_of(body)}"'
    headers: dict[str, str] = {hdrs.ETAG: etag, hdrs.CACHE_CONTROL: REVALIDATE, hdrs.VARY: hdrs.ACCEPT_ENCODING}
    if knows(request, etag):
        return web.Response(status=304, headers=headers)
    return _packed(request, body, encoding, headers, 200)


def answer_change(request: web.Request, body: bytes, encoding: str, status: int) -> web.Response:
    """The answer to a change: not to be kept, nor asked for again by a tag."""
    if status == 204:
        return web.Response(status=204)
    return _packed(request, body, encoding, {hdrs.CACHE_CONTROL: "no-store"}, status)


def unpacked(body: bytes, encoding: str) -> bytes:
    return gzip.decompress(body) if encoding == "gzip" else body


def _packed(request: web.Request, body: bytes, encoding: str, headers: dict[str, str], status: int) -> web.Response:
    """Unpacked only for a client that cannot do it."""
    if encoding == "gzip" and not accepts_gzip(request):
        body, encoding = unpacked(body, encoding), ""
    if encoding:
        headers[hdrs.CONTENT_ENCODING] = encoding
    return web.Response(body=body, content_type=JSON, headers=headers, status=status)


def tag_of(body: bytes) -> str:
    """The same for the same content: the head of a gzip stream holds the time it was packed and is left out."""
    start = GZIP_HEAD_BYTES if body.startswith(GZIP_MAGIC) else 0
    return blake2b(memoryview(body)[start:], digest_size=TAG_BYTES).hexdigest()


def knows(request: web.Request, etag: str) -> bool:
    """Does the client have this version? Compared weakly, as If-None-Match asks."""
    given = request.headers.get(hdrs.IF_NONE_MATCH)
    if not given:
        return False
    known = {part.strip().removeprefix("W/") for part in given.split(",")}
    return "*" in known or etag.removeprefix("W/") in known


def add_vary(response: web.StreamResponse, name: str) -> None:
    """The answer is another one for another value of this request header."""
    known = response.headers.get(hdrs.VARY, "")
    if name.lower() not in [each.strip() for each in known.lower().split(",")]:
        response.headers[hdrs.VARY] = f"{known}, {name}" if known else name


def accepts_gzip(request: web.Request) -> bool:
    """Does the client take gzip, and no less gladly than plain bytes?"""
    return _takes_gzip(",".join(request.headers.getall(hdrs.ACCEPT_ENCODING, ())))


@lru_cache(256)
def _takes_gzip(header: str) -> bool:
    """RFC 9110, 12.5.3: the weight of gzip by name, else that of *."""
    weights = dict(_weighted(part) for part in header.lower().split(","))
    weight = weights.get("gzip", weights.get("x-gzip", weights.get("*", 0.0)))
    return weight > 0 and weight >= weights.get("identity", 0.0)


def _weighted(part: str) -> tuple[str, float]:
    """A weight that is none counts as 0."""
    name, *parameters = (each.strip() for each in part.split(";"))
    given = next((each.partition("=")[2] for each in parameters if each.partition("=")[0].strip() == "q"), "1")
    return name, float(given) if _WEIGHT.match(given.strip()) else 0.0

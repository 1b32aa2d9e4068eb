"""From a reply to an HTTP answer: bytes passed on unparsed, a tag to ask again with, 304 when nothing changed."""

import gzip
import re
from functools import lru_cache
from hashlib import blake2b

import msgspec
from aiohttp import hdrs, web
from msgspec import Struct
from multidict import CIMultiDict, istr

from gateway.whole_response import WholeResponse
from shared.contracts.live import OFFSET_HEADER
from shared.contracts.wire import Nothing

JSON = "application/json"
TAG_BYTES = 12
GZIP_MAGIC, GZIP_HEAD_BYTES = b"\x1f\x8b", 10
IF_NONE_MATCH = istr(hdrs.IF_NONE_MATCH)
JSON_ONLY: dict[str, str] = {hdrs.CONTENT_TYPE: JSON}
REVALIDATE = "private, no-cache"
_WEIGHT = re.compile(r"^(0(\.\d{0,3})?|1(\.0{0,3})?)$")


def answer_struct(value: Struct, status: int = 200) -> web.Response:
    """A Struct of our own as JSON; no body for an empty one."""
    if isinstance(value, Nothing):
        return web.Response(status=204 if status == 200 else status)
    return WholeResponse(msgspec.json.encode(value), JSON_ONLY, status)


class Ready(Struct, frozen=True):
    """What is read, for all who ask; `known`: the headers that also say that nothing has changed."""

    body: bytes
    encoding: str
    etag: str
    known: dict[str, str]
    headers: CIMultiDict[str]


def ready(body: bytes, encoding: str = "", tag: str = "", place: str = "") -> Ready:
    """A body, maybe packed by who made it. `place`: from where to listen on."""
    etag = f'W/"{tag.strip("W/").strip(chr(34)) or tag_of(body)}"'
    known: dict[str, str] = {hdrs.ETAG: etag, hdrs.CACHE_CONTROL: REVALIDATE, hdrs.VARY: hdrs.ACCEPT_ENCODING}
    if place:
        known[OFFSET_HEADER] = place
    headers = CIMultiDict({**known, hdrs.CONTENT_TYPE: JSON})
    if encoding:
        headers[hdrs.CONTENT_ENCODING] = encoding
    return Ready(body, encoding, etag, known, headers)


def answer_read(request: web.Request, read: Ready) -> web.Response:
    """304 for a client that has it; unpacked for one that cannot do it."""
    if IF_NONE_MATCH in request.headers and knows(request, read.etag):
        return web.Response(status=304, headers=read.known)
    if read.encoding and not accepts_gzip(request):
        return WholeResponse(unpacked(read.body, read.encoding), {**read.known, **JSON_ONLY})
    return WholeResponse(read.body, read.headers)


def answer_change(request: web.Request, body: bytes, encoding: str, status: int) -> web.Response:
    """The answer to a change: not to be kept, nor asked for again by a tag."""
    if status == 204:
        return web.Response(status=204)
    headers: dict[str, str] = {hdrs.CACHE_CONTROL: "no-store", hdrs.CONTENT_TYPE: JSON}
    if encoding == "gzip" and not accepts_gzip(request):
        body, encoding = unpacked(body, encoding), ""
    if encoding:
        headers[hdrs.CONTENT_ENCODING] = encoding
    return WholeResponse(body, headers, status)


def unpacked(body: bytes, encoding: str) -> bytes:
    return gzip.decompress(body) if encoding == "gzip" else body


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
    wanted = _varied(known, name)
    if wanted != known:
        response.headers[hdrs.VARY] = wanted


@lru_cache(256)
def _varied(known: str, name: str) -> str:
    if name.lower() in [each.strip() for each in known.lower().split(",")]:
        return known
    return f"{known}, {name}" if known else name


def accepts_gzip(request: web.Request) -> bool:
    """Does the client take gzip, and no less gladly than plain bytes?"""
    headers = request.headers
    return hdrs.ACCEPT_ENCODING in headers and _takes_gzip(",".join(headers.getall(hdrs.ACCEPT_ENCODING)))


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

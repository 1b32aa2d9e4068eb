"""One HTTP/1.1 exchange on a fresh connection, with its phases timed.

A general client costs two to three times as much per check and hides the phases; see tests/bench/probes.py."""

import asyncio
from base64 import b64encode
from functools import lru_cache

from msgspec import Struct
from yarl import URL

from health_svc.probes.context import ProbeContext
from health_svc.probes.dial import Tls, dial
from health_svc.probes.evidence import FaultError
from health_svc.probes.http_answer import Answer
from health_svc.probes.words import endpoint
from shared.version import VERSION

_DEFAULT_HEADERS = {"user-agent": f"Belfry/{VERSION}", "accept": "*/*", "accept-encoding": "identity"}


class Target(Struct, frozen=True):
    """Where an address leads. `authority` is the Host header; `authorization` is what `user:password@` says."""

    address: str
    secure: bool
    host: str
    port: int
    authority: str
    path: str
    authorization: str

    @property
    def origin(self) -> tuple[bool, str, int]:
        return self.secure, self.host, self.port


class Request(Struct, frozen=True, kw_only=True):
    method: str
    target: Target
    headers: dict[str, str]
    body: bytes = b""
    verify_tls: bool = True


@lru_cache(8192)
def target_of(address: str) -> Target:
    """Splits an http or https address; an impossible one is the mistake of the check."""
    try:
        url = URL(address)
        host, port = url.raw_host, url.port
    except ValueError as error:
        raise FaultError("error", f"The address cannot be used: {error}") from error
    if not host or not port or url.scheme not in ("http", "https"):
        raise FaultError("error", "The address must start with http:// or https:// and name a host")
    login = f"{url.user or ''}:{url.password or ''}" if url.user or url.password else ""
    authorization = f"Basic {b64encode(login.encode()).decode()}" if login else ""
    authority = endpoint(host, port) if not url.is_default_port() else endpoint(host, 0).removesuffix(":0")
    return Target(address, url.scheme == "https", host, port, authority, url.raw_path_qs, authorization)


def rendered(request: Request) -> bytes:
    """The request as bytes; a header with a line break is refused."""
    given = {name.lower(): value for name, value in request.headers.items()}
    headers = {**_DEFAULT_HEADERS, "host": request.target.authority}
    if request.target.authorization:
        headers["authorization"] = request.target.authorization
    headers |= given
    headers["connection"] = "close"
    if request.body or request.method in ("POST", "PUT", "PATCH"):
        headers["content-length"] = str(len(request.body))
    lines = [f"{request.method} {request.target.path} HTTP/1.1"]
    lines += [f"{name.title()}: {value}" for name, value in headers.items()]
    head = "\r\n".join(lines)
    if head.count("\n") != len(lines) - 1 or head.count("\r") != len(lines) - 1:
        raise FaultError("error", "A header contains a line break")
    return head.encode("utf-8", "surrogateescape") + b"\r\n\r\n" + request.body


async def exchange(request: Request, context: ProbeContext) -> Answer:
    """Connects, sends and reads one answer (phases `dns connect tls request first_byte body`)."""
    target, seen = request.target, context.seen
    message = rendered(request)
    done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    done.add_done_callback(_retrieve)
    where = endpoint(target.host, target.port)
    tls = Tls(context.tls(request.verify_tls), target.host) if target.secure else None
    transport, answer = await dial(
        target.host, target.port, context, lambda: Answer(request.method, where, seen, done), tls
    )
    try:
        seen.begin("request")
        transport.write(message)
        seen.begin("first_byte")
        await done
    finally:
        transport.abort()
    seen.end()
    return answer


def _retrieve(done: asyncio.Future[None]) -> None:
    """Marks the exception as seen: a connection that breaks while it is opened is told by `dial`."""
    if not done.cancelled():
        done.exception()

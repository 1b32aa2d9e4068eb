"""An HTTP/1.1 answer as it arrives: httptools parses, this file sets the bounds."""

import asyncio
import zlib

import httptools

from health_svc.probes.evidence import Evidence, FaultError
from health_svc.probes.faults import fault_of

HEAD_LIMIT_BYTES = 64 * 1024
BODY_LIMIT_BYTES = 64 * 1024
_TLS_ALERT = b"\x15\x03"


class Answer(asyncio.Protocol):
    """An HTTP answer as it arrives: at most 64 KB of head (else a fault) and 64 KB of body (the rest is not read)."""

    def __init__(self, method: str, where: str, seen: Evidence, done: asyncio.Future[None]) -> None:
        self.status = 0
        self.headers: list[tuple[str, str]] = []
        self.body = bytearray()
        self.truncated = False
        self._method, self._where, self._seen, self._done = method, where, seen, done
        self._parser = httptools.HttpResponseParser(self)
        self._received_bytes = 0
        self._head_done = False

    def header(self, name: str) -> str | None:
        """The values of a header joined by commas, by its lower-case name; none when it is absent."""
        values = [value for known, value in self.headers if known.lower() == name]
        return ", ".join(values) if values else None

    # --- the connection

    def data_received(self, data: bytes) -> None:
        if self._done.done():
            return
        if not self._received_bytes:
            self._seen.begin("body")
        self._received_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._finish()
        except httptools.HttpParserError:
            answered = "answered in TLS. Use https://" if data.startswith(_TLS_ALERT) else "does not speak HTTP here"
            self._fail(f"{self._where} {answered}")
        if not self._head_done and self._received_bytes > HEAD_LIMIT_BYTES:
            self._fail(f"The headers of {self._where} are longer than 64 KB")

    def connection_lost(self, error: Exception | None) -> None:
        if self._done.done():
            return
        if isinstance(error, OSError):
            self._done.set_exception(fault_of(error, self._where))
        elif not self._received_bytes:
            self._fail(f"{self._where} closed the connection without an answer")
        elif self._head_done and self._ends_with_the_connection():
            self._finish()
        else:
            self._fail(f"{self._where} closed the connection in the middle of the answer")

    def _ends_with_the_connection(self) -> bool:
        chunked = "chunked" in (self.header("transfer-encoding") or "").lower()
        return not chunked and self.header("content-length") is None

    # --- the parser

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.decode("latin-1"), value.decode("latin-1")))

    def on_headers_complete(self) -> None:
        self.status = self._parser.get_status_code()
        if self.status < 200 and self.status != 101:
            self.headers.clear()
            return
        self._head_done = True
        if self._method == "HEAD":
            self._finish()

    def on_body(self, data: bytes) -> None:
        room = BODY_LIMIT_BYTES - len(self.body)
        self.body += data[:room]
        if len(data) > room:
            self.truncated = True
            self._finish()

    def on_message_complete(self) -> None:
        if self._head_done:
            self._finish()

    # --- the end

    def _finish(self) -> None:
        if self._done.done():
            return
        self._inflate()
        self._done.set_result(None)

    def _fail(self, reason: str) -> None:
        if not self._done.done():
            self._done.set_exception(FaultError("fail", reason))

    def _inflate(self) -> None:
        """Undoes a compression the target was asked not to use, within the limit."""
        if (self.header("content-encoding") or "").lower() not in ("gzip", "x-gzip", "deflate"):
            return
        inflater = zlib.decompressobj(wbits=47)
        try:
            self.body = bytearray(inflater.decompress(self.body, BODY_LIMIT_BYTES))
        except zlib.error:
            return
        self.truncated = self.truncated or bool(inflater.unconsumed_tail)

"""TLS by configuration: whom we trust, who we are, and certificates that are read again when they change."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import structlog
from msgspec import Struct

from shared.settings import Settings

log = structlog.get_logger(__name__)

LOOK_SECONDS = 5.0


class TlsError(Exception):
    """The files cannot be used; the message says which and why."""


def trusting(ca_file: str | None, cert_file: str | None = None, key_file: str | None = None) -> ssl.SSLContext:
    """For clients: the authority in `ca_file`, else those of the system; a certificate of our own when one is given.
    Names are always checked. Raises TlsError."""
    try:
        context = ssl.create_default_context(cafile=ca_file)
        if cert_file:
            context.load_cert_chain(cert_file, key_file)
    except (OSError, ssl.SSLError) as error:
        raise TlsError(f"{ca_file or ''} {cert_file or ''}: {error}".strip()) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def of_bus(settings: Settings) -> ssl.SSLContext | None:
    """None when the bus is spoken to in the clear. Raises TlsError."""
    if not (settings.nats_ca_file or settings.nats_cert_file or "tls://" in settings.nats_url):
        return None
    return trusting(settings.nats_ca_file, settings.nats_cert_file, settings.nats_key_file)


class Certificate(Struct):
    """What a server shows: the files, and the context that new connections use."""

    cert_file: Path
    key_file: Path
    context: ssl.SSLContext
    seen: tuple[tuple[int, int], ...] = ()

    def look(self) -> bool:
        """Reads the files when they have changed; true when they are used now. Raises TlsError and keeps the old ones
        when they do not belong together (yet)."""
        seen = _states(self.cert_file, self.key_file)
        if seen == self.seen:
            return False
        _load(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), self.cert_file, self.key_file)  # a try that breaks nothing
        _load(self.context, self.cert_file, self.key_file)
        self.seen = seen
        return True


def shown_by(settings: Settings) -> Certificate | None:
    """The certificate of this process's HTTP; None without one. Raises TlsError."""
    if not (settings.tls_cert_file or settings.tls_key_file):
        return None
    if not (settings.tls_cert_file and settings.tls_key_file):
        raise TlsError("BELFRY_TLS_CERT_FILE and BELFRY_TLS_KEY_FILE go together")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    certificate = Certificate(Path(settings.tls_cert_file), Path(settings.tls_key_file), context)
    certificate.look()
    return certificate


@asynccontextmanager
async def served(settings: Settings) -> AsyncIterator[ssl.SSLContext | None]:
    """The context to listen with, whose certificate is kept fresh; None without one. Raises TlsError."""
    certificate = shown_by(settings)
    if certificate is None:
        yield None
        return
    keeping = asyncio.create_task(keep_fresh(certificate), name="certificate")
    try:
        yield certificate.context
    finally:
        keeping.cancel()


async def keep_fresh(certificate: Certificate, every_seconds: float = LOOK_SECONDS) -> None:
    """For ever. Looked at instead of listened for, since secrets that are mounted are changed by moving links."""
    while True:
        await asyncio.sleep(every_seconds)
        try:
            if certificate.look():
                log.info("tls.renewed", file=str(certificate.cert_file))
        except TlsError as error:
            log.error("tls.not_renewed", reason=str(error))


def _states(*files: Path) -> tuple[tuple[int, int], ...]:
    try:
        return tuple((found.st_mtime_ns, found.st_size) for found in (file.stat() for file in files))
    except OSError as error:
        raise TlsError(str(error)) from error


def _load(context: ssl.SSLContext, cert_file: Path, key_file: Path) -> None:
    try:
        context.load_cert_chain(cert_file, key_file)
    except (OSError, ssl.SSLError) as error:
        raise TlsError(f"{cert_file} and {key_file} cannot be used: {error}") from error

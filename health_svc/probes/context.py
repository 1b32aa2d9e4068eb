"""What probes share: opened once by the app, handed to every run."""

import os
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from ssl import SSLContext

from msgspec import Struct, field
from msgspec.structs import replace

from health_svc.probes.certificates import client_context
from health_svc.probes.evidence import Evidence, FaultError
from shared.bus import Bus
from shared.settings import read_variable

RESOLVER_THREADS = 32
MAX_TIMEOUT_SECONDS = 60.0


def _utc_now() -> datetime:
    return datetime.now(UTC)


class ProbeContext(Struct, frozen=True, kw_only=True):
    """`timeout_seconds` bounds every check of a run, whatever its service says; `seen` belongs to one check.
    `environ` answers `$NAME` references; `resolver` runs the system's name look-ups, which cannot be cancelled."""

    resolver: Executor
    ca_file: str | None = None
    bus: Bus | None = None
    environ: Mapping[str, str] = field(default_factory=dict)
    timeout_seconds: float = MAX_TIMEOUT_SECONDS
    now: Callable[[], datetime] = _utc_now
    seen: Evidence = field(default_factory=Evidence)

    def within(self, timeout_seconds: float) -> "ProbeContext":
        """The same resources with a tighter bound."""
        return replace(self, timeout_seconds=min(self.timeout_seconds, timeout_seconds))

    def for_check(self, timeout_seconds: float) -> "ProbeContext":
        """A context for one check, with evidence of its own."""
        return replace(self, timeout_seconds=timeout_seconds, seen=Evidence())

    def tls(self, verify: bool = True, alpn: str = "") -> SSLContext:
        """A client's side of TLS; `alpn` is the one protocol to offer, if any."""
        return client_context(self.ca_file, verify, alpn)

    def expand(self, text: str) -> str:
        """The text itself, or what the environment holds for `$NAME`, or the file that `NAME_FILE` names."""
        if not text.startswith("$"):
            return text
        try:
            value = read_variable(self.environ, text[1:])
        except ValueError as error:
            raise FaultError("error", str(error)) from error
        if value is None:
            raise FaultError("error", f"The environment variable {text[1:]} is not set for health_svc")
        return value


@asynccontextmanager
async def probe_context(
    bus: Bus | None = None, environ: Mapping[str, str] = os.environ, ca_file: str | None = None
) -> AsyncIterator[ProbeContext]:
    """Opens what all probes share. `ca_file`: PEM authorities trusted besides the system's."""
    client_context(ca_file, True, "")  # now, rather than within the first check's time
    resolver = ThreadPoolExecutor(RESOLVER_THREADS, thread_name_prefix="resolve")
    try:
        yield ProbeContext(resolver=resolver, ca_file=ca_file, bus=bus, environ=environ)
    finally:
        resolver.shutdown(wait=False, cancel_futures=True)

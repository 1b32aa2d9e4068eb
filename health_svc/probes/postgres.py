"""postgres: a login and a query that must answer."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import asyncpg
import msgspec

from health_svc.probes.context import ProbeContext
from health_svc.probes.dial import resolve
from health_svc.probes.evidence import PASS, FaultError, Verdict
from health_svc.probes.faults import fault_of
from health_svc.probes.patterns import compiled
from health_svc.probes.words import endpoint, short
from shared.contracts.checks import PostgresCheck
from shared.contracts.health.runs import Assertion
from shared.contracts.health.services import Result
from shared.redaction import redact

_SETTINGS = {"application_name": "belfry"}
_STATES: dict[str, tuple[Result, str]] = {
    "28P01": ("fail", "{where} refused the password of {user}"),
    "28000": ("fail", "{where} does not let {user} in"),
    "3D000": ("fail", "{where} has no database {database}"),
    "53300": ("fail", "{where} has no connection left for {user}"),
    "57P03": ("fail", "{where} is starting up or shutting down"),
    "42601": ("error", "The query has a mistake: {message}"),
}


class Dsn(msgspec.Struct, frozen=True):
    """The parts of a DSN that may be shown, and whether we may resolve its host ourselves."""

    host: str
    port: int
    user: str
    database: str
    plain_host: bool

    @property
    def where(self) -> str:
        return endpoint(self.host, self.port)


def dsn_of(text: str) -> Dsn:
    """Reads a DSN; raises an `error` fault for one that is none, without showing it."""
    try:
        url = urlsplit(text)
        host, port = url.hostname or "", url.port or 5432
    except ValueError as error:
        raise FaultError("error", "The DSN cannot be used: its host or port is not valid") from error
    if url.scheme not in ("postgres", "postgresql"):
        raise FaultError("error", "The DSN must start with postgres://")
    options = parse_qs(url.query)
    plain_host = bool(host) and "host" not in options and "verify-full" not in options.get("sslmode", [])
    return Dsn(host or "the socket", port, url.username or "the default user", url.path.lstrip("/"), plain_host)


async def probe_postgres(check: PostgresCheck, context: ProbeContext) -> Verdict:
    text = context.expand(check.dsn)
    dsn = dsn_of(text)
    try:
        value = await _fetch(text, dsn, check.query, context)
    except asyncpg.PostgresError as error:
        raise _fault(error, dsn) from error
    except (ConnectionError, asyncpg.InterfaceError, asyncpg.InternalClientError) as error:
        if isinstance(error, OSError) and error.errno:
            raise fault_of(error, dsn.where) from error
        raise FaultError("fail", f"{dsn.where} does not speak PostgreSQL here, or broke off the session") from error
    except OSError as error:
        raise fault_of(error, dsn.where) from error
    except ValueError as error:
        raise FaultError("error", f"The DSN cannot be used: {short(redact(str(error)), 100)}") from error
    return PASS if check.expect is None else _expect(check.expect, value, context)


async def _fetch(text: str, dsn: Dsn, query: str, context: ProbeContext) -> Any:
    """The first value of the first row (phases `dns`, `connect`, `query`). Only one row is asked for."""
    place: dict[str, Any] = {}
    if dsn.plain_host:
        place = {"host": await resolve(dsn.host, context), "port": dsn.port}
    context.seen.begin("connect")
    patience_seconds = context.timeout_seconds + 1  # the budget of the check ends sooner
    connection = await asyncpg.connect(
        text, **place, timeout=patience_seconds, statement_cache_size=0, server_settings=_SETTINGS
    )
    try:
        context.seen.begin("query")
        return await (await connection.prepare(query)).fetchval()
    finally:
        connection.terminate()


def _fault(error: asyncpg.PostgresError, dsn: Dsn) -> FaultError:
    message = short(str(error), 90)
    state = str(error.sqlstate)
    known = _STATES.get(state)
    result, words = known or ("fail", "{where} answers: {message} ({state})")
    return FaultError(
        result, words.format(where=dsn.where, user=dsn.user, database=dsn.database, message=message, state=state)
    )


def _expect(pattern: str, value: Any, context: ProbeContext) -> Verdict:
    """The whole value must match: `1` is not found in `10`."""
    actual = value if isinstance(value, str) else msgspec.json.encode(value, enc_hook=str).decode().strip('"')
    passed = compiled(pattern).fullmatch(actual) is not None
    context.seen.assertions.append(
        Assertion(name="value", expected=short(pattern), actual=short(actual), passed=passed)
    )
    return PASS if passed else Verdict("fail", f"The query gives {short(actual)}, expected {short(pattern)}")

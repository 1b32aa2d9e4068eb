"""What went wrong, in words a caller can act on: the one exception type that crosses HTTP and NATS."""

from collections.abc import Sequence
from typing import Any

import asyncpg

from shared.contracts.wire import FieldError, Problem

DATABASE_IS_AWAY = (
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.InternalClientError,
)
"""What a query raises when PostgreSQL stops, starts or dies under it: the last when that happens between two steps of
asyncpg. A refused connection is a ProblemError."""

DATABASE_IS_STUCK = (
    asyncpg.InsufficientResourcesError,
    asyncpg.PostgresIOError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.LockNotAvailableError,
    asyncpg.QueryCanceledError,
    asyncpg.IdleInTransactionSessionTimeoutError,
)
"""What it raises when it lives and cannot do it now: its disk is full or broken, it is a copy that only reads, another
holds what is needed, or it took too long."""


class ProblemError(Exception):
    """Carries a Problem to the edge, where it becomes an answer."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.status} {problem.title}: {problem.detail}")
        self.problem = problem


def problem_of(error: BaseException) -> Problem | None:
    """The problem an exception stands for; None when it is unexpected, a fault of ours."""
    if isinstance(error, ProblemError):
        return error.problem
    if isinstance(error, DATABASE_IS_AWAY) or (isinstance(error, asyncpg.InterfaceError) and "clos" in str(error)):
        return unavailable("postgres", "The database does not answer. Try again in a moment").problem
    if isinstance(error, DATABASE_IS_STUCK):
        return unavailable("postgres", f"The database cannot do it now: {error.args[0]}").problem
    if isinstance(error, TimeoutError):  # of asyncpg: whoever else waits says for whom
        return unavailable("postgres", "No answer in time. Try again in a moment").problem
    return None


def internal(request_id: str) -> ProblemError:
    """500: a fault of ours. The log has the cause under the same id."""
    return _problem(
        500, "Internal error", f"The server failed on this request. The log has the cause under {request_id}"
    )


def bad_request(detail: str) -> ProblemError:
    return _problem(400, "Bad request", detail)


def unauthorized(detail: str) -> ProblemError:
    return _problem(401, "Sign-in needed", detail)


def forbidden(detail: str, **extensions: Any) -> ProblemError:
    return _problem(403, "Not allowed", detail, **extensions)


def not_found(detail: str) -> ProblemError:
    return _problem(404, "Not found", detail)


def conflict(detail: str, **extensions: Any) -> ProblemError:
    return _problem(409, "Conflict", detail, **extensions)


def precondition_failed(detail: str, **extensions: Any) -> ProblemError:
    return _problem(412, "Changed since you read it", detail, **extensions)


def precondition_required(detail: str) -> ProblemError:
    return _problem(428, "Precondition required", detail)


def too_large(limit_bytes: int) -> ProblemError:
    return _problem(413, "Too large", f"The body must be at most {limit_bytes} bytes", limit_bytes=limit_bytes)


def unsupported_media(detail: str) -> ProblemError:
    return _problem(415, "Unsupported media type", detail)


def invalid(errors: Sequence[FieldError]) -> ProblemError:
    """422: every bad field at once."""
    count = "1 field" if len(errors) == 1 else f"{len(errors)} fields"
    return ProblemError(Problem(status=422, title="Invalid input", detail=f"{count} to fix", errors=list(errors)))


def invalid_field(field: str, message: str) -> ProblemError:
    return invalid([FieldError(field, message)])


def too_many(retry_after_seconds: int, detail: str = "") -> ProblemError:
    """429: refused for now; the caller may come back after `retry_after_seconds`."""
    words = detail or f"Too many requests. Try again in {retry_after_seconds} s"
    return ProblemError(
        Problem(status=429, title="Too many requests", detail=words, retry_after_seconds=retry_after_seconds)
    )


def unavailable(service: str, detail: str) -> ProblemError:
    """503: `service` does not answer; the caller may keep what it has and try again."""
    return _problem(503, "Service unavailable", detail, service=service)


def _problem(status: int, title: str, detail: str, **extensions: Any) -> ProblemError:
    return ProblemError(Problem(status=status, title=title, detail=detail, extensions=extensions))

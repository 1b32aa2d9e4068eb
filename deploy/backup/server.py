"""The embedded PostgreSQL of a Belfry that is stopped, started for as long as it takes."""

from collections.abc import Iterator
from contextlib import contextmanager

from deploy.local.ports import is_free
from deploy.local.postgres import postgres_program
from deploy.local.program import running
from deploy.place import Place


@contextmanager
def answering(place: Place) -> Iterator[None]:
    """Where another server is meant, or this one runs, there is nothing to do. Raises ProgramFailedError."""
    if place.postgres_port is None or not is_free(place.postgres_port):
        yield
        return
    log, password = place.data / "logs" / "postgres.log", place.data / "secrets" / "postgres.password"
    with running(postgres_program(place.data / "postgres", place.postgres_port, log_path=log, password_path=password)):
        yield

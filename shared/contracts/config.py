"""The declarative file, as each service that reads it knows it."""

from datetime import datetime

from msgspec import Struct


class ConfigState(Struct, frozen=True, kw_only=True):
    """The declarative file: when it was last read well, and what is wrong with it now."""

    path: str
    loaded_at: datetime | None
    errors: list[str] = []

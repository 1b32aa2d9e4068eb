"""What a process is told from outside: environment variables, or files named by `<VARIABLE>_FILE`."""

import difflib
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct, inspect

from shared.contracts.wire import FieldError
from shared.redaction import HIDDEN, is_secret, redact
from shared.validate import validate

Port = Annotated[int, Meta(ge=0, le=65535)]
LogLevel = Literal["debug", "info", "warning", "error"]

VARIABLES = {
    "port": "PORT",
    "nats_url": "NATS_URL",
    "database_url": "DATABASE_URL",
    "log_level": "LOG_LEVEL",
    "otlp_endpoint": "OTEL_EXPORTER_OTLP_ENDPOINT",
    "config_path": "BELFRY_CONFIG",
}
"""Fields whose variable is not simply `BELFRY_<FIELD>`."""

READ_BY_OTHERS = frozenset({"BELFRY_ADMIN_PASSWORD", "BELFRY_ADMIN_TOKEN", "BELFRY_SECRET_KEY"})
"""Variables of one process that may stand in the environment of all of them."""

FROM_CODE = frozenset({"service"})

_KINDS: dict[type[inspect.Type], type] = {
    inspect.IntType: int,
    inspect.FloatType: float,
    inspect.BoolType: bool,
    inspect.ListType: list,
    inspect.VarTupleType: list,
}


class SettingsError(Exception):
    """The environment cannot be used; `messages` says why, one line each."""

    def __init__(self, messages: list[str]) -> None:
        super().__init__("; ".join(messages))
        self.messages = messages


class Settings(Struct, frozen=True, kw_only=True):
    """What every process knows. A service gives `service` and `port` their defaults, and adds fields of its own:
    field `probe_limit` is variable `BELFRY_PROBE_LIMIT`."""

    service: str
    instance: str = msgspec.field(default_factory=lambda: secrets.token_hex(4))
    host: str = "127.0.0.1"
    port: Port = 0
    nats_url: str = "nats://127.0.0.1:4222"
    nats_seed_file: str | None = None
    database_url: str = "postgresql://127.0.0.1:5432/belfry"
    log_level: LogLevel = "info"
    otlp_endpoint: str | None = None
    config_path: str = "belfry.yaml"
    data_dir: str = ".belfry"

    @property
    def domain(self) -> str:
        """`health` for health_svc: its schema, its RPC subjects, its events."""
        return self.service.removesuffix("_svc")

    def __repr__(self) -> str:
        shown = (f"{name}={_shown(name, getattr(self, name))}" for name in self.__struct_fields__)
        return f"{type(self).__name__}({', '.join(shown)})"


SettingsT = TypeVar("SettingsT", bound=Settings)


def load_settings(cls: type[SettingsT], environ: Mapping[str, str]) -> SettingsT:
    """The settings the environment gives. Raises SettingsError naming every bad or unknown variable."""
    described = inspect.type_info(cls)
    assert isinstance(described, inspect.StructType)
    names = {variable_of(field.name): field for field in described.fields if field.name not in FROM_CODE}
    problems = _unknown(environ, set(names))
    raw: dict[str, Any] = {}
    for variable, field in names.items():
        try:
            text = _read(environ, variable)
        except (OSError, UnicodeDecodeError, ValueError) as error:
            problems.append(str(error))
        else:
            if text is not None:
                raw[field.name] = _typed(text, field.type)
    settings, errors = validate(raw, cls)
    problems += [_bad_value(error, raw) for error in errors]
    if problems or settings is None:
        raise SettingsError(problems)
    return settings


def variable_of(field: str) -> str:
    """The environment variable of a settings field."""
    return VARIABLES.get(field, f"BELFRY_{field.upper()}")


def _read(environ: Mapping[str, str], variable: str) -> str | None:
    """The value of a variable, or of the file that `<variable>_FILE` names; empty counts as not given."""
    value, path = environ.get(variable, ""), environ.get(f"{variable}_FILE", "")
    if value and path:
        raise ValueError(f"{variable} and {variable}_FILE are both set. Keep one")
    if not path:
        return value or None
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ValueError(f"{variable}_FILE: {path} cannot be read: {error.strerror}") from error


def _unknown(environ: Mapping[str, str], known: set[str]) -> list[str]:
    """One message for each BELFRY_ variable that nothing reads."""
    names = known | READ_BY_OTHERS
    allowed = names | {f"{name}_FILE" for name in names}
    strange = sorted(name for name in environ if name.startswith("BELFRY_") and name not in allowed)
    return [f"{name} is not a setting{_hint(name, allowed)}" for name in strange]


def _hint(name: str, known: set[str]) -> str:
    close = difflib.get_close_matches(name, sorted(known), n=1)
    return f". Did you mean {close[0]}?" if close else ""


def _typed(text: str, node: inspect.Type) -> Any:
    """The text as the number, boolean or list (written with commas) that its field asks for, else the text itself."""
    nodes = node.types if isinstance(node, inspect.UnionType) else (node,)
    for kind in (_KINDS.get(type(each.type if isinstance(each, inspect.Metadata) else each)) for each in nodes):
        if kind is list:
            return [part.strip() for part in text.split(",") if part.strip()]
        with suppress(msgspec.ValidationError):
            return msgspec.convert(text, kind, strict=False) if kind else text
    return text


def _bad_value(error: FieldError, raw: Mapping[str, Any]) -> str:
    field = error.field.split("[")[0]
    given = "" if field not in raw or is_secret(field) else f" (is: {redact(str(raw[field]))})"
    return f"{variable_of(field)} {error.message}{given}"


def _shown(name: str, value: Any) -> str:
    return HIDDEN if is_secret(name) and value else redact(repr(value))

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

PREFIX = "BELFRY_"
VARIABLES_OF_BELFRY = frozenset(
    PREFIX + name
    for name in (
        "ADMIN_PASSWORD",
        "ADMIN_PASSWORD_GENERATED",
        "ADMIN_TOKEN",
        "ALERT_ALLOW",
        "ALERT_RETENTION_DAYS",
        "ALERT_SEND",
        "ALERT_TESTS_PER_MINUTE",
        "CONFIG",
        "DATA_DIR",
        "ENCRYPTION_KEYS",
        "HOST",
        "INSTANCE",
        "KUBERNETES",
        "KUBERNETES_FOLDER",
        "KUBERNETES_NAMESPACES",
        "KUBERNETES_URL",
        "LATENCY_SLOW_MS",
        "LATENCY_VERY_SLOW_MS",
        "NATS_CA_FILE",
        "NATS_CERT_FILE",
        "NATS_KEY_FILE",
        "NATS_SEED_FILE",
        "OIDC_ADMINS",
        "OIDC_ALGORITHMS",
        "OIDC_AUDIENCES",
        "OIDC_CLIENT_ID",
        "OIDC_CLIENT_SECRET",
        "OIDC_ISSUER",
        "OIDC_NAME",
        "OIDC_OPERATORS",
        "OIDC_ROLE_CLAIM",
        "OIDC_SCOPES",
        "OIDC_SESSION_HOURS",
        "OIDC_USER_CLAIM",
        "OIDC_VIEWERS",
        "OTLP_HOST",
        "OTLP_PORT",
        "OTLP_TOKEN",
        "PAGERDUTY_URL",
        "PUBLIC_URL",
        "SLACK_URL",
        "SPA_DIR",
        "TELEGRAM_URL",
        "TLS_CERT_FILE",
        "TLS_KEY_FILE",
        "TRACE_URL",
        "TRUSTED_PROXIES",
        "TWILIO_URL",
        "WS_ALERT_PCT",
        "WS_COMMANDS_PER_SECOND",
        "WS_MAX_CONNECTIONS",
        "WS_MAX_PER_IP",
        "WS_MAX_PER_USER",
        "WS_ORIGINS",
        "WS_TICK_MS",
    )
)
"""All that some process reads: one environment may be given to all of them."""

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
    nats_ca_file: str | None = None
    nats_cert_file: str | None = None
    nats_key_file: str | None = None
    tls_cert_file: str | None = None
    tls_key_file: str | None = None
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
    problems = _unknown(environ)
    raw: dict[str, Any] = {}
    for variable, field in names.items():
        try:
            text = read_variable(environ, variable)
        except ValueError as error:
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
    return VARIABLES.get(field, PREFIX + field.upper())


def read_variable(environ: Mapping[str, str], variable: str) -> str | None:
    """The value of a variable, or of the file that `<variable>_FILE` names; empty counts as not given.
    Raises ValueError when both are set or the file cannot be read."""
    value, path = environ.get(variable, ""), environ.get(f"{variable}_FILE", "")
    if value and path:
        raise ValueError(f"{variable} and {variable}_FILE are both set. Keep one")
    if not path:
        return value or None
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{variable}_FILE: {path} cannot be read: {error}") from error


def _unknown(environ: Mapping[str, str]) -> list[str]:
    """One message for each BELFRY_ variable that no process reads."""
    known = VARIABLES_OF_BELFRY
    strange = {name for name in environ if name.startswith(PREFIX) and name.removesuffix("_FILE") not in known}
    return [f"{name} is not a setting{_hint(name)}" for name in sorted(strange - known)]


def _hint(name: str) -> str:
    known = sorted(each.removeprefix(PREFIX) for each in VARIABLES_OF_BELFRY)  # the prefix makes all look alike
    close = difflib.get_close_matches(name.removeprefix(PREFIX), known, n=1)
    return f". Did you mean {PREFIX}{close[0]}?" if close else ""


def _typed(text: str, node: inspect.Type) -> Any:
    """The text as the number, boolean or list (written with commas) that its field asks for, else the text itself."""
    members = node.types if isinstance(node, inspect.UnionType) else (node,)
    bare = [member.type if isinstance(member, inspect.Metadata) else member for member in members]
    kind = next((_KINDS[type(member)] for member in bare if type(member) in _KINDS), str)
    if kind is list:
        return [part.strip() for part in text.split(",") if part.strip()]
    with suppress(msgspec.ValidationError):
        return msgspec.convert(text, kind, strict=False)
    return text  # refused by `validate`, in its words


def _bad_value(error: FieldError, raw: Mapping[str, Any]) -> str:
    field = error.field.split("[")[0]
    given = "" if field not in raw or is_secret(field) else f" (is: {redact(str(raw[field]))})"
    return f"{variable_of(field)} {error.message}{given}"


def _shown(name: str, value: Any) -> str:
    return HIDDEN if is_secret(name) and value else redact(repr(value))

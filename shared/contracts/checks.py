"""What can be checked: one Struct per kind of check, told apart by `kind`."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from shared.contracts.wire import Id

Port = Annotated[int, Meta(ge=1, le=65535)]
Positive = Annotated[float, Meta(gt=0)]
Host = Annotated[str, Meta(min_length=1, max_length=253)]
Text = Annotated[str, Meta(max_length=4096)]
HttpUrl = Annotated[
    str,
    Meta(pattern=r"^https?://[^\s/]+", max_length=2048, description="an address that starts with http:// or https://"),
]
WebSocketUrl = Annotated[
    str, Meta(pattern=r"^wss?://[^\s/]+", max_length=2048, description="an address that starts with ws:// or wss://")
]
StatusSet = Annotated[
    str,
    Meta(
        pattern=r"^([1-5](xx|\d\d)(-[1-5]\d\d)?)(,[1-5](xx|\d\d)(-[1-5]\d\d)?)*$",
        description="status codes such as 2xx, or 200-299,301",
    ),
]
PostgresDsn = Annotated[
    str,
    Meta(
        pattern=r"^(postgres(ql)?://\S+|\$[A-Z][A-Z0-9_]*)$",
        description="an address that starts with postgresql://, or a variable such as $SHOP_DSN",
    ),
]
NatsUrl = Annotated[
    str,
    Meta(
        pattern=r"^((nats|tls|ws|wss)://\S+|\$[A-Z][A-Z0-9_]*)$",
        description="an address that starts with nats://, tls://, ws:// or wss://, or a variable such as $SHOP_NATS",
    ),
]
MicroService = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]+$", description="A-Z, a-z, 0-9, _ and -")]
Subject = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_.$-]+$", description="a subject without wildcards and spaces")]

CheckKind = Literal["http", "tcp", "tls", "dns", "icmp", "grpc", "postgres", "nats", "websocket", "heartbeat"]


class JsonAssertion(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A statement on a JSON body. A path that finds nothing fails, unless the operator is `absent`."""

    path: Annotated[str, Meta(min_length=1, max_length=500)]
    operator: Literal["==", "!=", "<", "<=", ">", ">=", "contains", "matches", "exists", "absent"] = "exists"
    value: str | float | bool | None = None


class Check(Struct, frozen=True, kw_only=True, tag_field="kind", forbid_unknown_fields=True):
    """Common to every kind. `name` names the component and defaults to the kind; a critical one that fails makes the
    service down; an answer slower than `degraded_ms` is a warning."""

    name: Id | None = None
    critical: bool = False
    degraded_ms: Positive | None = None


class HttpCheck(Check, tag="http", frozen=True, kw_only=True):
    """An HTTP request and what its answer must be. `max_latency_ms` fails, `degraded_ms` warns."""

    url: HttpUrl
    method: Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] = "GET"
    headers: dict[str, str] = {}
    body: Text | None = None
    expect_status: StatusSet = "2xx"
    expect_body: Text | None = None
    expect_headers: dict[str, str] = {}
    assertions: list[JsonAssertion] = []
    follow_redirects: bool = False
    max_latency_ms: Positive | None = None
    verify_tls: bool = True
    tls_warn_days: Annotated[int, Meta(ge=0)] = 14


class TcpCheck(Check, tag="tcp", frozen=True, kw_only=True):
    """A TCP connection; optionally send a text and expect a regular expression in the answer."""

    host: Host
    port: Port
    send: Text | None = None
    expect: Text | None = None


class TlsCheck(Check, tag="tls", frozen=True, kw_only=True):
    """A TLS handshake with a verified chain; warns `warn_days` before the certificate ends."""

    host: Host
    port: Port = 443
    server_name: Host | None = None
    verify: bool = True
    warn_days: Annotated[int, Meta(ge=0)] = 14


class DnsCheck(Check, tag="dns", frozen=True, kw_only=True):
    """A DNS query; optionally a regular expression that one answer must match."""

    name_to_resolve: Host
    record_type: Literal["A", "AAAA", "CNAME", "MX", "NS", "SOA", "SRV", "TXT", "CAA", "PTR"] = "A"
    server: Host | None = None
    port: Port = 53
    expect: Text | None = None


class IcmpCheck(Check, tag="icmp", frozen=True, kw_only=True):
    """An ICMP echo; fails when more than `max_loss_pct` of `count` echoes stay unanswered."""

    host: Host
    count: Annotated[int, Meta(ge=1, le=10)] = 3
    max_loss_pct: Annotated[float, Meta(ge=0, le=100)] = 50


class GrpcCheck(Check, tag="grpc", frozen=True, kw_only=True):
    """grpc.health.v1 Check of a service name (empty: the whole server)."""

    host: Host
    port: Port
    service: Annotated[str, Meta(max_length=200)] = ""
    tls: bool = False


class PostgresCheck(Check, tag="postgres", frozen=True, kw_only=True):
    """A connection and a query that must answer; `dsn` may name an environment variable as `$NAME`."""

    dsn: PostgresDsn
    query: Text = "SELECT 1"
    expect: Text | None = None


class NatsCheck(Check, tag="nats", frozen=True, kw_only=True):
    """A NATS server (`url`), or a NATS micro service on Belfry's own bus (`service`, at least `min_instances`);
    `request` is a subject of that service whose health+json reply gives its components. Nothing given: Belfry's bus."""

    url: NatsUrl | None = None
    service: MicroService | None = None
    min_instances: Annotated[int, Meta(ge=1)] = 1
    request: Subject | None = None


class WebSocketCheck(Check, tag="websocket", frozen=True, kw_only=True):
    """A WebSocket handshake and a ping; optionally send a text and expect a regular expression in the first message."""

    url: WebSocketUrl
    headers: dict[str, str] = {}
    send: Text | None = None
    expect: Text | None = None
    verify_tls: bool = True


class HeartbeatCheck(Check, tag="heartbeat", frozen=True, kw_only=True):
    """Pushed by the service itself, over HTTP or NATS; late after the interval, down after `grace_seconds` more."""

    grace_seconds: Annotated[float, Meta(ge=0)] = 30


CheckSpec = (
    HttpCheck
    | TcpCheck
    | TlsCheck
    | DnsCheck
    | IcmpCheck
    | GrpcCheck
    | PostgresCheck
    | NatsCheck
    | WebSocketCheck
    | HeartbeatCheck
)


def kind_of(check: CheckSpec) -> CheckKind:
    """The `kind` a check carries on the wire."""
    kind: CheckKind = check.__struct_config__.tag  # type: ignore[assignment]
    return kind


def component_of(check: CheckSpec) -> str:
    """The component a check speaks for: its own name, else its kind."""
    return check.name or kind_of(check)

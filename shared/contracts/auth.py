"""Sign-in, users, API tokens and the audit trail: served by the gateway itself, over HTTP only."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from shared.contracts.wire import EVENTS_STREAM, Event, Role

UserName = Annotated[
    str, Meta(pattern=r"^[a-z0-9][a-z0-9._-]{0,62}$", description="a-z, 0-9, . _ and -, at most 63 characters")
]
NewPassword = Annotated[str, Meta(min_length=12, max_length=200)]
UserSource = Literal["password", "oidc"]
Label = Annotated[str, Meta(min_length=1, max_length=100)]


class Login(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    username: Annotated[str, Meta(min_length=1, max_length=200)]
    password: Annotated[str, Meta(min_length=1, max_length=200)]


class User(Struct, frozen=True, kw_only=True):
    """`source`: a local account with a password, or somebody whom the sign-in provider knows, who has the role that it
    gives. `must_change_password` is true until a generated password was replaced."""

    name: str
    role: Role
    disabled: bool
    must_change_password: bool
    created_at: datetime
    last_seen_at: datetime | None
    source: UserSource = "password"


class Me(Struct, frozen=True, kw_only=True):
    """Who is signed in, and the token that unsafe requests by cookie must repeat in `X-CSRF-Token`. `sign_out_at`:
    where the browser goes after signing out here, to sign out at the provider too."""

    user: User
    csrf_token: str
    expires_at: datetime | None
    sign_out_at: str | None = None


class OidcMethod(Struct, frozen=True, kw_only=True):
    """`name` is what people call the provider; `start_at` is the path a browser goes to."""

    name: str
    start_at: str


class SignInMethods(Struct, frozen=True, kw_only=True):
    """How one may sign in besides name and password."""

    oidc: OidcMethod | None


class ChangePassword(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    current_password: Annotated[str, Meta(min_length=1, max_length=200)]
    new_password: NewPassword


class Session(Struct, frozen=True, kw_only=True):
    id: str
    created_at: datetime
    last_seen_at: datetime
    client_ip: str
    agent: str
    current: bool


class Sessions(Struct, frozen=True, kw_only=True):
    sessions: list[Session]


class CreateUser(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The new user must change the password at the first sign-in."""

    name: UserName
    role: Role = "viewer"
    password: NewPassword


class UpdateUser(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Only what is given changes. The last enabled admin cannot be lowered or disabled (409)."""

    role: Role | None = None
    disabled: bool | None = None
    password: NewPassword | None = None


class Users(Struct, frozen=True, kw_only=True):
    users: list[User]


class CreateToken(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An API token for programs; its role is at most that of its maker."""

    label: Label
    role: Role = "viewer"
    expires_at: Annotated[datetime, Meta(tz=True)] | None = None


class Token(Struct, frozen=True, kw_only=True):
    id: str
    label: str
    role: Role
    created_by: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    last_used_ip: str | None


class NewToken(Struct, frozen=True, kw_only=True):
    """`secret` is shown this once; only its hash is stored."""

    token: Token
    secret: str


class Tokens(Struct, frozen=True, kw_only=True):
    tokens: list[Token]


class AuditEntry(Struct, frozen=True, kw_only=True):
    """Who did what to which object, from where; `before` and `after` are JSON texts with secrets left out."""

    id: str
    at: datetime
    actor: str
    role: str
    action: str
    object: str
    outcome: Literal["done", "refused"]
    client_ip: str
    request_id: str
    before: str | None = None
    after: str | None = None


class AuditQuery(Struct, frozen=True, kw_only=True):
    actor: Annotated[str, Meta(max_length=100)] | None = None
    action: Annotated[str, Meta(max_length=100)] | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50
    cursor: Annotated[str, Meta(max_length=128)] | None = None


class AuditTrail(Struct, frozen=True, kw_only=True):
    entries: list[AuditEntry]
    next_cursor: str | None


class Node(Struct, frozen=True, kw_only=True):
    """One running process of Belfry, as it answers on the bus."""

    service: str
    instance: str
    version: str
    started_at: datetime | None
    requests: int
    errors: int


class StreamState(Struct, frozen=True, kw_only=True):
    name: str
    messages: int
    size_bytes: int


class About(Struct, frozen=True, kw_only=True):
    version: str
    nodes: list[Node]
    streams: list[StreamState]
    nats: str
    postgres: str


class AccessRevoked(Event, frozen=True, kw_only=True):
    """A session, token or user lost its rights: every gateway forgets what it had cached for it. The subject ends in
    the kind, because the name of a user may hold dots."""

    SUBJECT: ClassVar[str] = "belfry.v1.auth.revoked.{subject_kind}"
    STREAM: ClassVar[str] = EVENTS_STREAM

    subject_id: str
    subject_kind: Literal["user", "session", "token"]
    at: datetime


EVENTS = (AccessRevoked,)

"""Who may do what in the shop, and what they did."""

from datetime import datetime, timedelta
from typing import Literal

from msgspec import structs

from shared.contracts.auth import (
    About,
    AuditEntry,
    AuditTrail,
    Me,
    NewToken,
    Node,
    Session,
    Sessions,
    StreamState,
    Token,
    Tokens,
    User,
    Users,
)
from shared.contracts.wire import Role
from tests.contracts.shop.clock import NOW, ago

DAY = 86_400
Outcome = Literal["done", "refused"]


def _user(name: str, role: Role, seen: datetime | None, *, disabled: bool = False, fresh: bool = False) -> User:
    return User(
        name=name, role=role, disabled=disabled, must_change_password=fresh, created_at=ago(40 * DAY), last_seen_at=seen
    )


ANA = _user("ana", "admin", ago(3))
USERS = Users(
    users=[
        ANA,
        _user("dana", "operator", ago(95)),
        _user("kim", "viewer", ago(2 * DAY)),
        _user("lee", "viewer", None, fresh=True),
        structs.replace(_user("mia.r@example.com", "viewer", ago(4 * DAY)), source="oidc"),
        _user("omar", "operator", ago(21 * DAY), disabled=True),
    ]
)
ME = Me(user=ANA, csrf_token="3f1b0c8f6f0a4e1d9b7c5a2e8d4f6071", expires_at=NOW + timedelta(hours=12))


def _token(number: int, label: str, role: Role, ends: datetime | None, used: datetime | None, ip: str | None) -> Token:
    return Token(
        id=f"tok-{number:04d}",
        label=label,
        role=role,
        created_by="ana",
        created_at=ago(30 * DAY),
        expires_at=ends,
        last_used_at=used,
        last_used_ip=ip,
    )


TOKENS = Tokens(
    tokens=[
        _token(11, "Deploy pipeline", "operator", NOW + timedelta(days=9), ago(640), "10.4.0.12"),
        _token(9, "Wall screen", "viewer", NOW + timedelta(days=200), ago(2), "10.4.7.3"),
        _token(4, "Old export job", "viewer", ago(DAY), ago(3 * DAY), "10.4.2.40"),
        _token(12, "Backup heartbeat", "operator", None, None, None),
    ]
)
NEW_TOKEN = NewToken(token=TOKENS.tokens[3], secret="bf_7Yx2mKq9RtVw4bNcE8sLhJ3pZd6uGfA1oTiX5yBvQkM")
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:146.0) Gecko/20100101 Firefox/146.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1"
SESSIONS = Sessions(
    sessions=[
        Session(
            id="ses-41",
            created_at=ago(7 * 3600),
            last_seen_at=ago(3),
            client_ip="10.4.7.21",
            agent=FIREFOX,
            current=True,
        ),
        Session(
            id="ses-38",
            created_at=ago(2 * DAY),
            last_seen_at=ago(5400),
            client_ip="10.9.1.4",
            agent=IPHONE,
            current=False,
        ),
    ]
)

Deed = tuple[int, str, str, str, str, Outcome, str | None, str | None]
DID: tuple[Deed, ...] = (
    (95, "dana", "operator", "POST /api/v1/admin/health/services/{service_id}/check", "ledger-db", "done", None, None),
    (
        310,
        "dana",
        "operator",
        "POST /api/v1/admin/health/maintenance",
        "mnt-7",
        "done",
        None,
        '{"title":"SMTP upgrade"}',
    ),
    (1900, "kim", "viewer", "DELETE /api/v1/admin/health/services/{service_id}", "search", "refused", None, None),
    (2400, "kim", "", "POST /api/v1/auth/login", "kim", "refused", None, None),
    (
        5100,
        "ana",
        "admin",
        "PATCH /api/v1/auth/users/{name}",
        "omar",
        "done",
        '{"disabled":false}',
        '{"disabled":true}',
    ),
    (5300, "ana", "admin", "POST /api/v1/auth/users", "lee", "done", None, '{"name":"lee","role":"viewer"}'),
    (
        7200,
        "ana",
        "admin",
        "PUT /api/v1/admin/health/services/{service_id}",
        "search",
        "done",
        None,
        '{"interval_seconds":15}',
    ),
    (
        7260,
        "ana",
        "admin",
        "POST /api/v1/auth/tokens",
        "tok-0012",
        "done",
        None,
        '{"label":"Backup heartbeat","role":"operator"}',
    ),
    (25_200, "ana", "admin", "POST /api/v1/auth/login", "ana", "done", None, None),
)
AUDIT = AuditTrail(
    entries=[
        AuditEntry(
            id=str(5_000 - number),
            at=ago(seconds),
            actor=actor,
            role=role,
            action=action,
            object=target,
            outcome=outcome,
            client_ip="10.4.7.21",
            request_id=f"01997c2e-7f60-7b3a-9a55-{number:012d}",
            before=before,
            after=after,
        )
        for number, (seconds, actor, role, action, target, outcome, before, after) in enumerate(DID)
    ],
    next_cursor="4991",
)

ABOUT = About(
    version="0.1.0",
    nodes=[
        Node(
            service=name,
            instance=f"{name}-{letter}",
            version="0.1.0",
            started_at=ago(2 * DAY),
            requests=requests,
            errors=errors,
        )
        for name, letter, requests, errors in (
            ("alert_svc", "a", 12, 0),
            ("gateway", "a", 40_211, 3),
            ("gateway", "b", 38_940, 1),
            ("health_svc", "a", 51_388, 2),
            ("latency_svc", "a", 12, 0),
            ("pipeline_svc", "a", 12, 0),
            ("ws_svc", "a", 12, 0),
        )
    ],
    streams=[
        StreamState(name="BELFRY_EVENTS", messages=1_284, size_bytes=912_384),
        StreamState(name="BELFRY_MEASURES", messages=4_800, size_bytes=2_211_840),
        StreamState(name="BELFRY_TIMERS", messages=20, size_bytes=5_120),
    ],
    nats="2.15.1",
    postgres="18.6",
)

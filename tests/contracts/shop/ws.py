"""Who is connected to the shop's two gateways, and how the second of the two lags."""

from datetime import timedelta

from belfry_reporter.connections import cursor_after
from shared.contracts.live import KICKED, SLOW
from shared.contracts.ws.events import (
    Connection,
    Rates,
    WsClosed,
    WsFailed,
    WsMeasured,
    WsNode,
    WsOpened,
    WsStats,
    WsStatus,
)
from shared.contracts.ws.overview import ConnectionList, Disconnected, ErrorList, RateHistory, RatePoint, WsError
from tests.contracts.shop.clock import NOW, ago, today

STARTED = today("06:00:12")
PAGES = ["health", "alerts", "ws"]


def connection(id: str, node: str, client_ip: str, user: str | None, seconds: float, **more: object) -> Connection:
    known = {"agent": "Firefox 146 on Linux", "subscriptions": PAGES, "rtt_ms": 18.0, "last_activity_at": ago(0.4)}
    return Connection(
        id=id,
        node=node,
        service="gateway",
        client_ip=client_ip,
        user=user,
        connected_at=ago(seconds),
        expires_at=NOW + timedelta(hours=9),
        **(known | more),  # type: ignore[arg-type]
    )


ANA = connection(
    "c-01h8k2", "gw-0", "10.4.2.11", "ana", 4_812, received=194, sent=14_402, received_bytes=9_120, sent_bytes=4_408_310
)
DANA = connection(
    "c-01h8k7",
    "gw-1",
    "10.4.2.18",
    "dana",
    3_120,
    received=77,
    sent=9_204,
    received_bytes=3_480,
    sent_bytes=2_811_004,
    pending_bytes=319_488,
    lagging=True,
    conflated=840,
    rtt_ms=412.0,
    agent="Chrome 156 on Android",
)
WALL = connection(
    "c-01h8m0",
    "gw-0",
    "10.4.9.40",
    "wall",
    86_210,
    sent=301_882,
    received=3_449,
    agent="Chromium 156 on Linux",
    subscriptions=["health", "latency", "alerts"],
)
BOT = connection(
    "c-01h8m9", "gw-1", "10.4.7.3", None, 41, agent="python aiohttp", subscriptions=["health"], received=2, sent=31
)
CONNECTIONS = ConnectionList(
    connections=[BOT, DANA, ANA, WALL], total=1_204, next_cursor=cursor_after(WALL, "-connected_at"), missing_nodes=[]
)

KICKED_ONE = connection(
    "c-01h8j1",
    "gw-1",
    "10.4.2.77",
    "sam",
    912,
    closed_at=ago(63),
    close_code=KICKED.code,
    close_reason="Old tab",
    closed_by="ana",
    last_activity_at=ago(63),
)

NODES = [
    WsNode(
        node="gw-0",
        service="gateway",
        active=702,
        max=2_000,
        lagging=0,
        pending_bytes=0,
        msg_in_rate=21.4,
        msg_out_rate=702.0,
        error_rate=0.0,
        started_at=STARTED,
        at=ago(0.6),
        answers=True,
    ),
    WsNode(
        node="gw-1",
        service="gateway",
        active=502,
        max=2_000,
        lagging=3,
        pending_bytes=812_040,
        msg_in_rate=14.1,
        msg_out_rate=502.0,
        error_rate=0.1,
        started_at=STARTED,
        at=ago(0.3),
        answers=True,
    ),
]
STATS = WsStats(
    active=1_204,
    max=4_000,
    active_pct=30.1,
    msg_in_rate=35.5,
    msg_out_rate=1_204.0,
    error_rate=0.1,
    rates=[
        Rates(
            window_seconds=1, msg_in_rate=34.0, msg_out_rate=1_206.0, opened_rate=1.0, closed_rate=0.0, error_rate=0.0
        ),
        Rates(
            window_seconds=10, msg_in_rate=35.5, msg_out_rate=1_204.0, opened_rate=0.6, closed_rate=0.4, error_rate=0.1
        ),
        Rates(
            window_seconds=60, msg_in_rate=33.8, msg_out_rate=1_190.4, opened_rate=0.5, closed_rate=0.4, error_rate=0.05
        ),
    ],
    lagging=3,
    pending_bytes=812_040,
    opened_total=18_204,
    closed_total=17_000,
    failed_total=212,
    dropped_total=12,
    conflated_total=8_412,
    slow_closed_total=9,
    nodes=NODES,
    missing_nodes=[],
    alert_pct=80.0,
    at=NOW,
)
RATES = RateHistory(
    step_seconds=1,
    points=[
        RatePoint(at=ago(59 - n), active=None, msg_in_rate=None, msg_out_rate=None, error_rate=None)
        if n in (20, 21)
        else RatePoint(
            at=ago(59 - n),
            active=1_190 + n // 4,
            msg_in_rate=30.0 + n % 7,
            msg_out_rate=1_180.0 + 3 * (n % 9),
            error_rate=0.0,
        )
        for n in range(60)
    ],
)
ERRORS = ErrorList(
    errors=[
        WsError(
            at=ago(21),
            node="gw-1",
            kind="slow",
            code=SLOW.code,
            meaning=SLOW.reason,
            message="1.2 MB waited for 10 s",
            connection_id="c-01h8k5",
            user="kim",
            client_ip="10.4.3.9",
            reconnects=True,
        ),
        WsError(
            at=ago(304),
            node="gw-0",
            kind="handshake",
            code=403,
            meaning="Forbidden",
            message="The origin https://evil.example is not allowed",
            connection_id=None,
            user=None,
            client_ip="203.0.113.9",
            reconnects=False,
        ),
    ]
)
GONE = Disconnected(closed=1, connection_ids=[DANA.id], missing_nodes=[])

EVENTS = (
    WsOpened(
        node="gw-1",
        connection=connection("c-01h8m9", "gw-1", "10.4.7.3", None, 0, agent="python aiohttp", subscriptions=[]),
    ),
    WsClosed(node="gw-1", connection=KICKED_ONE),
    WsFailed(
        node="gw-0",
        at=ago(304),
        kind="handshake",
        code=403,
        message="The origin https://evil.example is not allowed",
        client_ip="203.0.113.9",
    ),
    WsMeasured(
        node="gw-1",
        service="gateway",
        at=ago(0.3),
        started_at=STARTED,
        active=502,
        max=2_000,
        lagging=3,
        pending_bytes=812_040,
        opened_total=8_102,
        closed_total=7_600,
        received_total=412_006,
        sent_total=14_208_811,
        received_bytes_total=20_600_300,
        sent_bytes_total=4_262_643_300,
        failed_total=112,
        dropped_total=12,
        conflated_total=8_412,
        slow_closed_total=9,
    ),
    WsStatus(stats=STATS),
)

"""A belfry.yaml that names a real local server of every kind: each gets its status and a reason in words."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiohttp

from shared.contracts.health.board import Board
from tests.backend.health_svc.running import running_health
from tests.chaos.changes import Changes, watching
from tests.fixtures.processes import StartProcess
from tests.fixtures.targets import Addresses

HOST = "127.0.0.1"
UNKNOWN = "unknown"  # it could not be measured: no change is told
Case = tuple[dict[str, Any], str, str]


def http(url: str, **more: Any) -> dict[str, Any]:
    return {"kind": "http", "url": url, **more}


def cases(at: Addresses, env: Mapping[str, str]) -> dict[str, Case]:
    """By service id: the check, the status it must lead to, and a pattern that its reason must match. What is healthy
    needs no reason."""
    dns = {"kind": "dns", "server": HOST, "port": at.dns}
    tls = {"kind": "tls", "host": "localhost"}
    grpc = {"kind": "grpc", "host": HOST}
    return {
        "http-ok": (http(f"{at.http}/ok"), "healthy", ""),
        "http-slow": (http(f"{at.http}/slow?ms=200", degraded_ms=50), "degraded", r"Slow: .* ms, more than 50 ms"),
        "http-too-slow": (http(f"{at.http}/slow?ms=200", max_latency_ms=50), "down", r"50 ms"),
        "http-500": (http(f"{at.http}/status/500"), "down", r"500"),
        "http-hanging": (http(f"{at.http}/hang"), "down", r"No answer within"),
        "http-reset": (http(f"http://{HOST}:{at.tcp['reset']}/"), "down", r"(?i)reset|closed"),
        "http-refused": (http(f"http://{HOST}:{at.refused_port}/"), "down", r"(?i)refused"),
        "http-missing-field": (http(f"{at.http}/ok", assertions=[{"path": "$.no"}]), "down", r"\$\.no|no"),
        "http-parts": (http(f"{at.http}/health?status=warn&database=warn&output=busy"), "degraded", r"database"),
        "http-nul": (http(f"{at.http}/health?status=warn&database=warn&output=a%00b"), "degraded", r"database"),
        "https-good": (http(f"{at.https['good']}/ok"), "healthy", ""),
        "https-expired": (http(f"{at.https['expired']}/ok"), "down", r"(?i)ended|expired"),
        "https-stranger": (http(f"{at.https['self_signed']}/ok"), "down", r"(?i)certificate"),
        "tls-ending": ({**tls, "port": at.tls_ports["ending"]}, "degraded", r"5 days"),
        "tls-other-host": (
            {"kind": "tls", "host": "localhost", "port": at.tls_ports["wrong_host"]},
            "down",
            r"localhost",
        ),
        "tcp-banner": ({"kind": "tcp", "host": HOST, "port": at.tcp["banner"], "expect": "220"}, "healthy", ""),
        "tcp-refused": ({"kind": "tcp", "host": HOST, "port": at.refused_port}, "down", r"(?i)refused"),
        "dns-found": ({**dns, "name_to_resolve": "shop.example"}, "healthy", ""),
        "dns-missing": ({**dns, "name_to_resolve": "nobody.example"}, "down", r"nobody\.example|NXDOMAIN"),
        "dns-silent": ({**dns, "name_to_resolve": "silent.example"}, "down", r"No answer"),
        "grpc-serving": ({**grpc, "port": at.grpc, "service": "orders"}, "healthy", ""),
        "grpc-not-serving": ({**grpc, "port": at.grpc, "service": "ledger"}, "down", r"(?i)not.serving"),
        "grpc-nothing": ({**grpc, "port": at.refused_port}, "down", r"(?i)refused"),
        "postgres": ({"kind": "postgres", "dsn": "$DATABASE_URL"}, "healthy", ""),
        "postgres-refused": (
            {"kind": "postgres", "dsn": f"postgresql://a:b@{HOST}:{at.refused_port}/shop"},
            "down",
            r"(?i)refused",
        ),
        "postgres-unnamed": ({"kind": "postgres", "dsn": "$SHOP_DSN"}, UNKNOWN, r"SHOP_DSN is not set"),
        "nats": ({"kind": "nats", "url": env["NATS_URL"]}, "healthy", ""),
        "nats-refused": ({"kind": "nats", "url": f"nats://{HOST}:{at.refused_port}"}, "down", r"(?i)refused"),
        "nats-service": ({"kind": "nats", "service": "nobody"}, "down", r"(?i)instance|answer"),
        "websocket": ({"kind": "websocket", "url": at.ws, "expect": "welcome"}, "healthy", ""),
        "websocket-deaf": ({"kind": "websocket", "url": f"{at.ws}/deaf"}, "down", r"(?i)ping"),
    }


def declared(service_id: str, check: dict[str, Any], timeout_seconds: float, interval_seconds: int) -> dict[str, Any]:
    return {
        "id": service_id, "interval_seconds": interval_seconds, "timeout_seconds": timeout_seconds,
        "failure_threshold": 1, "success_threshold": 1, "checks": [check],
    }  # fmt: skip


async def test_each_kind_has_its_status_and_reason_and_tells_a_change_once(
    start_process: StartProcess, service_env: dict[str, str], targets: Addresses, tmp_path: Path
) -> None:
    """F2.1.1: every kind of check against a real server. A change reaches an outside subscriber exactly once."""
    expected = cases(targets, service_env)
    services = [
        declared(service_id, check, 1 if status == "down" else 20, 60)  # nobody waits for long but for what will come
        for service_id, (check, status, _) in expected.items()
    ]
    services.append(declared("icmp", {"kind": "icmp", "host": HOST, "count": 1}, 20, 60))
    services.append(declared("switch", http(targets.switch), 5, 5))
    services.append(declared("beat", {"kind": "heartbeat", "grace_seconds": 0.5}, 1, 2))
    env = {**service_env, "SSL_CERT_FILE": targets.ca_file}
    async with (
        watching(env["NATS_URL"]) as changes,
        running_health(start_process, env, tmp_path / "belfry.yaml", services) as health,
    ):
        board = await health.until_checked([*expected, "switch", "icmp"])
        assert wrong(board, expected) == {}
        icmp = next(c for c in board.services if c.id == "icmp")
        assert icmp.status == "healthy" or "ICMP" in icmp.reason  # not every machine lets us send echoes

        await health.bus.send("belfry.heartbeat.beat", b"")
        await changes.until(lambda c: c.count("unknown", "healthy")["beat"] == 1, 60)
        await changes.until(lambda c: c.count("healthy", "down")["beat"] == 1, 60)  # by silence alone
        await turn(targets, "fail")
        await changes.until(lambda c: c.count("healthy", "down")["switch"] == 1, 60)
        await turn(targets, "ok")
        await changes.until(lambda c: c.count("down", "healthy")["switch"] == 1, 60)
        assert told(changes, expected.keys()) == {
            (service_id, UNKNOWN, status): 1 for service_id, (_, status, _) in expected.items() if status != UNKNOWN
        }


def wrong(board: Board, expected: Mapping[str, Case]) -> dict[str, tuple[str, str]]:
    """The services that are not as expected, with their status and reason."""
    cards = {card.id: card for card in board.services}
    return {
        service_id: (cards[service_id].status, cards[service_id].reason)
        for service_id, (_, status, pattern) in expected.items()
        if cards[service_id].status != status or not re.search(pattern, cards[service_id].reason)
    }


def told(changes: Changes, ids: object) -> dict[tuple[str, str, str], int]:
    """How often each change of these services was told."""
    seen = [(e.service_id, e.from_status, e.to_status) for e in changes.events]
    return {change: seen.count(change) for change in seen if change[0] in set(ids)}  # type: ignore[call-overload]


async def turn(targets: Addresses, mode: str) -> None:
    async with aiohttp.ClientSession() as client, client.post(targets.switch_control, params={"mode": mode}) as answer:
        assert answer.status == 200

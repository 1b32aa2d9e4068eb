"""What the Belfry under test watches: real local servers of each kind, well and broken."""

from collections.abc import Callable
from typing import Any

import yaml

from tests.fixtures.targets import Targets

Declaration = dict[str, Any]
INTERVAL = {"interval_seconds": 2, "timeout_seconds": 1, "failure_threshold": 2, "success_threshold": 1}


def http(service_id: str, url: str, *needs: str, **more: Any) -> Declaration:
    check = {"kind": "http", "url": url, **more}
    return {"id": service_id, "group": "Shop", **INTERVAL, "dependencies": list(needs), "checks": [check]}


SERVICES: list[Callable[[Targets], Declaration]] = [
    lambda t: http("storefront", f"{t.at.http}/ok", "checkout"),
    lambda t: http("checkout", f"{t.at.http}/ok", "payments"),
    lambda t: http("payments", f"{t.at.http}/ok", "ledger"),
    lambda t: {
        **http("ledger", t.switch.url),
        "checks": [{"kind": "http", "url": t.switch.url}],
        "public": True,
        "public_name": "Payments ledger",
    },
    lambda t: http("reports", f"{t.at.http}/status/500"),
    lambda t: http("slow-search", f"{t.at.http}/slow", degraded_ms=50),
    lambda t: {
        **http("mixed", f"{t.at.http}/ok"),
        "checks": [
            {"kind": "http", "name": "page", "url": f"{t.at.http}/ok"},
            {"kind": "tcp", "name": "queue", "host": "127.0.0.1", "port": t.at.refused_port},
        ],
    },
]


def yaml_of(services: list[Callable[[Targets], Declaration]], targets: Targets) -> str:
    return yaml.safe_dump({"services": [declare(targets) for declare in services]}, sort_keys=False)

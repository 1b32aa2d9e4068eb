"""The services of the health bench, as a belfry.yaml declares them."""

from pathlib import Path

import msgspec

SERVICES = 1_000
INTERVAL_SECONDS = 10
TIMEOUT_SECONDS = 8


def fleet(target: str) -> list[dict[str, object]]:
    """A slow service; and SERVICES in groups of fifty, each depending on the first of its group."""
    return [one("slow", f"{target}/slow"), *(member(target, n) for n in range(SERVICES))]


def member(target: str, number: int) -> dict[str, object]:
    first = number // 50 * 50
    return {
        **one(f"s-{number}", f"{target}/s/{number}"),
        "name": f"Service {number}",
        "group": f"Group {number // 50}",
        "tags": ["bench", f"team-{number % 7}"],
        "dependencies": [{"id": f"s-{first}"}] if number > first else [],
    }


def one(service_id: str, url: str) -> dict[str, object]:
    check = {"kind": "http", "url": url, "assertions": [{"path": "$.status", "operator": "==", "value": "ok"}]}
    return {
        "id": service_id,
        "interval_seconds": INTERVAL_SECONDS,
        "timeout_seconds": TIMEOUT_SECONDS,
        "checks": [check],
    }


def declare(config: Path, declared: list[dict[str, object]]) -> None:
    """JSON is YAML; put in place whole, because health_svc follows the file."""
    new = config.with_suffix(".new")
    new.write_bytes(msgspec.json.encode({"services": declared}))
    new.replace(config)

"""What is checked besides the tests: `python -m tests.gates lint frontend coverage chromium`. All are run,
Python's beside those of the frontend."""

import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from deploy.local import frontend
from deploy.local.steps import StepFailedError, run_tool
from tests import chromium, prometheus

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent

SERVICES = ("health_svc", "latency_svc", "ws_svc", "pipeline_svc", "alert_svc")
PLAIN = {} if sys.stdout.isatty() else {"NO_COLOR": "1", "TERM": "dumb"}

Gate = Callable[[], None]


def tool(title: str, *words: str) -> Gate:
    return lambda: run_tool(title, [str(BIN / words[0]), *words[1:]], env=os.environ | PLAIN, cwd=ROOT)


def migrations() -> None:
    """Rules that keep a migration safe on a database in use."""
    files = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("*/migrations/*.sql"))
    run_tool(
        "migrations (squawk)",
        [str(BIN / "squawk"), "--config", ".squawk.toml", *files],
        env=os.environ | PLAIN,
        cwd=ROOT,
    )


def api_tests() -> None:
    """The tests of the HTTP interface, which measure their coverage as they run."""
    tests = ["pytest", "-q", "--tb=short", "--show-capture=no", "tests/backend/api"]
    run = [sys.executable, "-m", "coverage", "run", f"--source={','.join(SERVICES)}", "-m", *tests]
    run_tool("HTTP interface (pytest)", run, env=os.environ | PLAIN, cwd=ROOT)


def api_coverage(service: str) -> Gate:
    """They reach nine tenths of the lines of each service's API. (Not of its branches: before Python 3.12 the tracer
    loses its place where asyncpg's compiled coroutines return.)"""
    words = ("report", f"--include={service}/api/*", "--fail-under=90")
    return lambda: run_tool(f"{service} API, coverage", [sys.executable, "-m", "coverage", *words], cwd=ROOT)


GATES: dict[str, list[Gate]] = {
    "lint": [
        tool("style (ruff)", "ruff", "check", "--quiet", "."),
        tool("format (ruff)", "ruff", "format", "--check", "--quiet", "."),
        tool("imports (import-linter)", "lint-imports", "--no-cache"),
        tool("dependencies (deptry)", "deptry", "."),
        tool("types (mypy)", "mypy"),
        migrations,
        frontend.lint,
    ],
    "frontend": [frontend.test, frontend.build],
    "coverage": [api_tests, *map(api_coverage, SERVICES)],
    "chromium": [chromium.install, prometheus.fetch],
}


LANES = ({"lint", "coverage"}, {"frontend"}, {"chromium"})
"""What runs beside each other."""


def main(names: list[str]) -> int:
    with ThreadPoolExecutor(len(LANES)) as lanes:
        found = lanes.map(lambda lane: failures_of([name for name in names if name in lane]), LANES)
        failures = [message for lane in found for message in lane]
    for message in failures:
        print(f"\n{message}", file=sys.stderr)
    return 1 if failures else 0


def failures_of(names: list[str]) -> list[str]:
    return [message for name in names for gate in GATES[name] if (message := _failure(gate))]


def _failure(gate: Gate) -> str:
    try:
        gate()
    except StepFailedError as error:
        return str(error)
    return ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

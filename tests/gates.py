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


def api_coverage(name: str, *tests_of: str) -> Gate:
    """The tests of a service's API alone reach nine tenths of its lines. (Not of its branches: before Python 3.12 the
    tracer loses its place where asyncpg's compiled coroutines return.)"""

    def measure() -> None:
        environment = os.environ | PLAIN | {"COVERAGE_FILE": str(ROOT / f".coverage.{name}")}
        files = [f"tests/backend/api/test_{each}_api.py" for each in tests_of or (name,)]
        tests = ["pytest", "-q", "--tb=short", "--show-capture=no", *files]
        run = [sys.executable, "-m", "coverage", "run", f"--source={name}_svc", "-m", *tests]
        report = [sys.executable, "-m", "coverage", "report", f"--include={name}_svc/api/*", "--fail-under=90"]
        run_tool(f"{name} API, on its own", run, env=environment, cwd=ROOT)
        run_tool(f"{name} API, coverage", report, env=environment, cwd=ROOT)

    return measure


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
    "coverage": [
        api_coverage("health"),
        api_coverage("latency"),
        api_coverage("ws", "websocket"),
        api_coverage("alert", "alert", "alert_channels"),
    ],
    "chromium": [chromium.install, prometheus.fetch],
}


LANES = ({"lint", "coverage"}, {"frontend", "chromium"})
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

"""The checks that are no tests: `python -m tests.gates lint frontend chromium`. Each is one line; all are run."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

from deploy.local import frontend
from deploy.local.steps import StepFailedError, run_tool
from tests import chromium

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
    "chromium": [chromium.install],
}


def main(names: list[str]) -> int:
    failures = [message for name in names for gate in GATES[name] if (message := _failure(gate))]
    for message in failures:
        print(f"\n{message}", file=sys.stderr)
    return 1 if failures else 0


def _failure(gate: Gate) -> str:
    try:
        gate()
    except StepFailedError as error:
        return str(error)
    return ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

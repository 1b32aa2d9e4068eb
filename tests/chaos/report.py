"""`python -m tests.chaos.report`: what follows the mark in docs/reliability.md is written anew, from what the last runs
have found and from the names of the other tests."""

import argparse
import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from math import ceil
from pathlib import Path

from tests.chaos.faults import FAULTS, Fault
from tests.chaos.results import PATH, Result, results

HERE = Path(__file__).resolve().parent
PAGE = HERE.parents[1] / "docs" / "reliability.md"
MARK = "<!-- From here on written by `python -m tests.chaos.report`; a test fails when it is stale. -->\n"
WHOLE = "test_whole_system.py"
HEAD = (
    "| part | what happens to it | what is promised | well again after | events | durations | alerts | lost | doubled "
    "| answers | of them refused | unreached |\n|---|---|---|---|---|---|---|---|---|---|---|---|\n"
)
OTHERS = """
## Each part by itself

| test | what it shows |
|---|---|
"""


def main() -> int:
    """0, or 1 when a fault was not made yet, or not survived."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.report", description=__doc__)
    parser.add_argument("--run", action="store_true", help="make every fault first, which takes some minutes")
    if parser.parse_args().run:
        PATH.unlink(missing_ok=True)
        subprocess.run((sys.executable, "-m", "pytest", str(HERE / WHOLE)), env=os.environ | {"BELFRY_CHAOS": "all"})
    found = results()
    if missing := [fault.id for fault in FAULTS if fault.id not in found]:
        print(f"{PATH} lacks {', '.join(missing)}: make them with --run", file=sys.stderr)
        return 1
    table = HEAD + "".join(row(fault, found[fault.id]) for fault in FAULTS)
    PAGE.write_text(PAGE.read_text().partition(MARK)[0] + MARK + "\n" + table + others())
    return 0


def row(fault: Fault, result: Result) -> str:
    cells = (
        f"{ceil(result.recovery_seconds) or 1} s", result.events, result.durations, result.alerts, 0, 0,
        result.answers, result.refused, result.unreached,
    )  # fmt: skip
    return said_of(fault) + "".join(f" {cell} |" for cell in cells) + "\n"


def said_of(fault: Fault) -> str:
    """What a row begins with, whatever a run finds."""
    return f"| {fault.part} | {fault.what} | {fault.promise} |"


def others() -> str:
    """The other tests of this folder, by their names."""
    return OTHERS + "".join(f"| `tests/chaos/{name}` | {test} |\n" for name, test in _tests())


def _tests() -> Iterator[tuple[str, str]]:
    for path in sorted(HERE.glob("test_*.py")):
        for node in ast.parse(path.read_text()).body if path.name != WHOLE else ():
            if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef) and node.name.startswith("test_"):
                yield path.name, node.name.removeprefix("test_").replace("_", " ")


if __name__ == "__main__":
    sys.exit(main())

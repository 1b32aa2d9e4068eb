"""Which test proves what: `python -m tests.acceptance` writes docs/acceptance.md.

A test proves a line by naming its id in its docstring (pytest) or its title (Vitest).
"""

import ast
import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "acceptance.md"
ID = re.compile(r"\b[FIR]\d\.\d\.\d\b")
TITLE = re.compile(r"\b(?:it|test)(?:\.each\(.*?\))?\(\s*(?P<quote>['\"`])(?P<title>.*?)(?P=quote)", re.DOTALL)
JAVASCRIPT = ("tests/frontend/**/*.test.js*", "frontend/src/**/*.test.js*")

HEAD = """# Acceptance

What Belfry must show, and the tests that prove it.
Written by `python -m tests.acceptance`; a test fails when this page is stale.

"""

Lines = dict[str, dict[str, str]]
Proofs = dict[str, list[str]]


def lines() -> Lines:
    """The sentences by area and id."""
    return tomllib.loads((ROOT / "tests" / "acceptance.toml").read_text())


def proofs() -> Proofs:
    """The tests by the id they name, as `path::name`."""
    found: Proofs = defaultdict(list)
    for path, name, text in [*_python_tests(), *_javascript_tests()]:
        for line_id in dict.fromkeys(ID.findall(text)):
            found[line_id].append(f"{path.relative_to(ROOT)}::{name}")
    return found


def page(lines: Lines, proofs: Proofs) -> str:
    """The whole page as Markdown."""
    proved = sum(line_id in proofs for area in lines.values() for line_id in area)
    total = sum(len(area) for area in lines.values())
    tables = "\n".join(_table(area, sentences, proofs) for area, sentences in lines.items())
    return f"{HEAD}{proved} of {total} lines are proved.\n\n{tables}"


def _table(area: str, sentences: dict[str, str], proofs: Proofs) -> str:
    rows = "".join(_row(line_id, sentence, proofs.get(line_id, [])) for line_id, sentence in sentences.items())
    return f"## {area.capitalize()}\n\n| id | what is shown | tests | state |\n|---|---|---|---|\n{rows}"


def _row(line_id: str, sentence: str, tests: list[str]) -> str:
    named = "<br>".join(f"`{test.replace('|', '/')}`" for test in tests)
    return f"| {line_id} | {sentence} | {named} | {'proved' if tests else 'open'} |\n"


def _python_tests() -> Iterator[tuple[Path, str, str]]:
    """Path, name and docstring of every test function."""
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                yield path, node.name, ast.get_docstring(node) or ""


def _javascript_tests() -> Iterator[tuple[Path, str, str]]:
    """Path and title (which is also the text) of every test."""
    for path in sorted(path for pattern in JAVASCRIPT for path in ROOT.glob(pattern)):
        if "node_modules" not in path.parts:
            for match in TITLE.finditer(path.read_text()):
                yield path, match["title"], match["title"]


def main() -> int:
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(lines(), proofs()))
    return 0


if __name__ == "__main__":
    sys.exit(main())

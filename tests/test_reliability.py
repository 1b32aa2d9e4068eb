"""The tables of docs/reliability.md name what the suite does, each fault and each test once."""

from tests.chaos.faults import FAULTS
from tests.chaos.report import HEAD, MARK, OTHERS, PAGE, others, said_of


def test_the_tables_are_not_stale() -> None:
    """What a run has measured may differ, what it made may not."""
    table, _, rest = PAGE.read_text().partition(MARK)[2].partition(OTHERS)
    rows, said = table.removeprefix(f"\n{HEAD}").splitlines(), [said_of(fault) for fault in FAULTS]
    again = "run: .venv/bin/python -m tests.chaos.report, with --run for a new fault"
    assert [row[: len(begin)] for row, begin in zip(rows, said, strict=True)] == said, again
    assert OTHERS + rest == others(), again

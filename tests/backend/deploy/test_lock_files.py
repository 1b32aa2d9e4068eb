"""Lock files: whoever installs from them chooses the mirror."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
LOCKS = (
    *sorted((ROOT / "requirements").glob("*.lock")),
    ROOT / "frontend" / "package-lock.json",
    ROOT / "tests" / "fixtures" / "otel_node" / "package-lock.json",
)


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_address_stands_in_a_lock_file(path: Path) -> None:
    assert "://" not in path.read_text()

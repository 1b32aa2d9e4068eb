"""The pages as they should be: what people wrote, then what the code says."""

from pathlib import Path

from tests.observed import logs, metrics

ROOT = Path(__file__).resolve().parents[2]
MARK = "<!-- From here on written by `python -m tests.observed`; a test fails when it is stale. -->\n"


def pages() -> dict[Path, str]:
    parts = {"metrics.md": metrics.page(), "logs.md": logs.page()}
    found = {ROOT / "docs" / name: part for name, part in parts.items()}
    return {path: path.read_text().partition(MARK)[0] + MARK + part for path, part in found.items()}

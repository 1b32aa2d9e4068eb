"""Runs the parts, prints a table and writes `.bench/results.json`. A new part is a line in PARTS."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from tests.bench.alerts import measure_alerts
from tests.bench.fanout import measure_fanout
from tests.bench.figures import Figure
from tests.bench.gateway import measure_gateway
from tests.bench.health_load import measure_health
from tests.bench.latency import measure_latency
from tests.bench.notify import measure_notify
from tests.bench.page_load import measure_page
from tests.bench.probes import measure_probes
from tests.bench.scale import measure_scale

Part = Callable[[], dict[str, Figure]]

PARTS: dict[str, Part] = {
    "probes": measure_probes,
    "health": measure_health,
    "latency": measure_latency,
    "alerts": measure_alerts,
    "gateway": measure_gateway,
    "fanout": measure_fanout,
    "notify": measure_notify,
    "page": measure_page,
    "scale": measure_scale,
}
RESULTS = Path(".bench/results.json")
TABLE_WIDTH = 160  # where there is no terminal
COLUMNS = ("figure", "value", "peer", "ratio", "goal", "", "note")


def main() -> int:
    """Measures the parts named in ONLY (by commas), or all; 1 when a goal was missed, 2 for an unknown part."""
    wanted = [name for name in os.environ.get("ONLY", "").split(",") if name] or list(PARTS)
    if unknown := [name for name in wanted if name not in PARTS]:
        sys.stderr.write(f"No such part: {', '.join(unknown)}. There are {', '.join(PARTS)}\n")
        return 2
    console, figures = Console(width=None if sys.stdout.isatty() else TABLE_WIDTH), dict[str, Figure]()
    for name in wanted:
        console.print(f"Measuring {name} ...")
        figures |= {f"{name}.{figure}": measured for figure, measured in PARTS[name]().items()}
    console.print(table(figures))
    save(figures)
    return int(any(figure.ok is False for figure in figures.values()))


def table(figures: dict[str, Figure]) -> Table:
    drawn = Table(*COLUMNS)
    drawn.columns[0].no_wrap = True
    for name, figure in figures.items():
        drawn.add_row(
            name,
            number(figure.value, figure.unit),
            f"{number(figure.peer_value, figure.unit)} {figure.peer}".strip(),
            "" if figure.ratio is None else f"{figure.ratio:.2f}x",
            figure.goal,
            {True: "met", False: "MISSED", None: "-"}[figure.ok],
            figure.note,
        )
    return drawn


def number(value: float | None, unit: str) -> str:
    return "" if value is None else f"{value:,.0f} {unit}" if abs(value) >= 100 else f"{value:.3g} {unit}"


def save(figures: dict[str, Figure]) -> None:
    """Keeps what other parts measured before."""
    RESULTS.parent.mkdir(exist_ok=True)
    before = msgspec.json.decode(RESULTS.read_bytes(), type=dict[str, Figure]) if RESULTS.exists() else {}
    RESULTS.write_bytes(msgspec.json.format(msgspec.json.encode(before | figures)))


if __name__ == "__main__":
    sys.exit(main())

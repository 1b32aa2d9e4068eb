"""What a bench part gives: figures, each beside a peer's or a goal."""

from collections.abc import Sequence
from statistics import quantiles

from msgspec import Struct


class Figure(Struct, frozen=True, kw_only=True):
    """`ratio` is value over peer_value; `ok` is none when there is no goal, or nothing to compare with."""

    value: float | None
    unit: str
    peer: str = ""
    peer_value: float | None = None
    ratio: float | None = None
    goal: str = ""
    ok: bool | None = None
    note: str = ""


def against(
    value: float,
    unit: str,
    peer: str,
    peer_value: float | None,
    *,
    at_least: float = 0,
    at_most: float = 0,
    note: str = "",
) -> Figure:
    """A figure beside a peer's; the goal, if there is one, is a ratio."""
    ratio = round(value / peer_value, 6) if peer_value else None  # of sums of clock ticks: equal ones are equal
    goal = f">= {at_least:g}x" if at_least else f"<= {at_most:g}x" if at_most else ""
    ok = None if ratio is None or not goal else ratio >= at_least if at_least else ratio <= at_most
    return Figure(value=value, unit=unit, peer=peer, peer_value=peer_value, ratio=ratio, goal=goal, ok=ok, note=note)


def within(value: float, unit: str, *, at_least: float | None = None, at_most: float | None = None) -> Figure:
    """A figure beside a fixed goal."""
    if at_least is not None:
        return Figure(value=value, unit=unit, goal=f">= {at_least:g}", ok=value >= at_least)
    if at_most is not None:
        return Figure(value=value, unit=unit, goal=f"<= {at_most:g}", ok=value <= at_most)
    return Figure(value=value, unit=unit)


def p95(values: Sequence[float]) -> float:
    return quantiles(values, n=20)[-1]

"""What a dashboard is made of."""

from typing import Literal

from msgspec import Struct

Unit = Literal["reqps", "s", "percentunit", "short", "bytes", "none", "ops"]
Kind = Literal["timeseries", "stat"]


class Ask(Struct, frozen=True):
    """An expression of Prometheus and how its series are called. `$at` stands for the chosen processes, `$range` for
    the window of a rate."""

    expr: str
    legend: str


class Panel(Struct, frozen=True, kw_only=True):
    """`quiet`: shows nothing while nothing happens, as errors do."""

    title: str
    asks: tuple[Ask, ...]
    unit: Unit = "short"
    kind: Kind = "timeseries"
    meaning: str = ""
    quiet: bool = False


class Row(Struct, frozen=True):
    title: str
    panels: tuple[Panel, ...]


class Dashboard(Struct, frozen=True, kw_only=True):
    """`at`: the label matchers that `$at` stands for."""

    uid: str
    title: str
    description: str
    at: str
    rows: tuple[Row, ...]


def rate(
    title: str,
    metric: str,
    *by: str,
    unit: Unit = "ops",
    only: str = "",
    quiet: bool = False,
    meaning: str = "",
) -> Panel:
    """How often something happens each second. `only`: a label matcher besides `$at`."""
    return Panel(title=title, asks=(each_second(metric, *by, only=only),), unit=unit, quiet=quiet, meaning=meaning)


def each_second(metric: str, *by: str, only: str = "") -> Ask:
    at = f"$at,{only}" if only else "$at"
    grouped = f" by ({', '.join(by)}) " if by else ""
    return Ask(f"sum{grouped}(rate({metric}{{{at}}}[$range]))", legend_of(*by))


def busiest(title: str, metric: str, *by: str, unit: Unit = "ops") -> Panel:
    """The eight that happen most often."""
    most = each_second(metric, *by)
    return Panel(title=title, asks=(Ask(f"topk(8, {most.expr})", most.legend),), unit=unit)


def slowest(title: str, metric: str, by: str, meaning: str) -> Panel:
    """The eight of which one in a hundred takes longest."""
    p99 = f"histogram_quantile(0.99, sum by ({by}, le) (rate({metric}_bucket{{$at}}[$range])))"
    return Panel(title=title, asks=(Ask(f"topk(8, {p99})", legend_of(by)),), unit="s", meaning=meaning)


def duration(title: str, metric: str, *by: str, quiet: bool = False, meaning: str = "") -> Panel:
    """Half, and one in a hundred, take longer than."""
    labels = ", ".join((*by, "le"))
    asks = tuple(
        Ask(
            f"histogram_quantile({share}, sum by ({labels}) (rate({metric}_bucket{{$at}}[$range])))",
            f"{name} {legend_of(*by)}".strip(),
        )
        for share, name in ((0.5, "p50"), (0.99, "p99"))
    )
    return Panel(title=title, asks=asks, unit="s", quiet=quiet, meaning=meaning)


def level(title: str, metric: str, *by: str, unit: Unit = "short", quiet: bool = False, meaning: str = "") -> Panel:
    """How much there is now; of several replicas the most."""
    expr = f"max by ({', '.join(by)}) ({metric}{{$at}})" if by else f"max({metric}{{$at}})"
    return Panel(title=title, asks=(Ask(expr, legend_of(*by)),), unit=unit, quiet=quiet, meaning=meaning)


def figure(title: str, expr: str, unit: Unit = "short", meaning: str = "", quiet: bool = False) -> Panel:
    """One number."""
    return Panel(title=title, asks=(Ask(expr, ""),), unit=unit, kind="stat", meaning=meaning, quiet=quiet)


def legend_of(*labels: str) -> str:
    return " ".join(f"{{{{{label}}}}}" for label in labels)

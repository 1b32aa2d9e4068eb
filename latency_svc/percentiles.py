"""P50, P95 and P99 in milliseconds, as far as the count of requests allows to tell them."""

import math
from collections.abc import Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from latency_svc import grid
from latency_svc.histogram import Histogram, quantile, quantiles

QUANTILES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
DIGITS = 6
DECIMALS = 6  # 0.07 * 100 is 7.000000000000001


class Percentiles(Struct, frozen=True):
    """Milliseconds; None where there are too few requests."""

    p50: float | None
    p95: float | None
    p99: float | None


NOTHING_TOLD = Percentiles(None, None, None)


def required(q: float) -> int:
    """How many requests it takes until one lies beyond the quantile."""
    return math.ceil(round(1 / (1 - q), 6))


REQUIRED = {q: required(q) for q in QUANTILES.values()}


def milliseconds(seconds: float) -> float:
    return float(f"{seconds * 1000:.{DIGITS}g}")


def percentile_ms(h: Histogram, q: float) -> float | None:
    found = quantile(h, q) if h.count >= required(q) else None
    return None if found is None else milliseconds(found)


def percentiles(h: Histogram) -> Percentiles:
    told = [q for q, least in REQUIRED.items() if h.count >= least]
    found = [milliseconds(seconds) for seconds in quantiles(h, told) if seconds is not None]
    return Percentiles(*found, *[None] * (len(QUANTILES) - len(found)))


def percentiles_of(histograms: Sequence[Histogram | None]) -> list[Percentiles]:
    """As `percentiles` of each, for less; of None nothing is told."""
    filled = [h for h in histograms if h is not None and h.count]
    if not filled:
        return [NOTHING_TOLD] * len(histograms)
    counts = np.array([h.count for h in filled])
    seconds = _quantiles_of(filled, _ranks(counts)).tolist()
    told = (counts[:, None] >= list(REQUIRED.values())).tolist()
    found = iter(
        Percentiles(*[milliseconds(value) if is_told else None for value, is_told in zip(*row, strict=True)])
        for row in zip(seconds, told, strict=True)
    )
    return [next(found) if h is not None and h.count else NOTHING_TOLD for h in histograms]


def _ranks(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """As `histogram.rank`: a row for each count, with a column for each quantile."""
    ranks = np.ceil(np.round(np.multiply.outer(counts, list(REQUIRED)), DECIMALS)).astype(np.int64)
    return np.clip(ranks, 1, counts[:, None])


def _quantiles_of(histograms: Sequence[Histogram], ranks: NDArray[np.int64]) -> NDArray[np.float64]:
    """The duration of each rank in seconds, as `histogram.quantiles` tells it."""
    places = np.array([h.counts.cumsum().searchsorted(row) for h, row in zip(histograms, ranks, strict=True)])
    scales = np.array([h.scale for h in histograms])
    lows, highs = np.array([h.min_seconds for h in histograms]), np.array([h.max_seconds for h in histograms])
    beyond = [[grid.midpoint(grid.HIGHEST_SECONDS, h.max_seconds)] for h in histograms]
    seconds = np.repeat(np.array(beyond), ranks.shape[1], axis=1)  # in the last column
    for scale in np.unique(scales).tolist():
        middles = np.array(grid.midpoints(scale))
        inner = (scales == scale)[:, None] & (places < middles.size)
        seconds[inner] = middles[places[inner]]
    clipped: NDArray[np.float64] = np.clip(seconds, lows[:, None], highs[:, None])
    return clipped

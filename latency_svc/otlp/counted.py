"""What came through the door, on /metrics."""

from prometheus_client import Counter

POINTS = Counter("belfry_otlp_points_total", "Histogram points and spans by what became of them", ["signal", "outcome"])
"""Outcome: counted, ignored (not a request's duration), duplicate, baseline (a cumulative series met on its way), or
the reason of a refusal."""

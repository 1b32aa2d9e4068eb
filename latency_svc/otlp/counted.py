"""What came through the door, on /metrics."""

from itertools import product

from prometheus_client import Counter

from latency_svc.otlp.refused import WORDS

POINTS = Counter("belfry_otlp_points_total", "Histogram points and spans by what became of them", ["signal", "outcome"])
"""Outcome: counted, said (a gauge or a sum, for rules), ignored (nothing of these), duplicate (of a request that was
sent again, or of a cumulative series that did not move), baseline (a cumulative series met on its way), or the reason
of a refusal."""

for signal, outcome in product(("metrics", "traces"), ("counted", "said", "ignored", "duplicate", "baseline", *WORDS)):
    POINTS.labels(signal, outcome)  # each is there before it happens

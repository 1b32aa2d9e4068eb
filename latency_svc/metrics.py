"""What latency_svc counts, on /metrics. Only what is stored for good is counted."""

from prometheus_client import Counter, Gauge, Histogram

from latency_svc.ingest import REASONS

COUNTED = Counter("belfry_latency_durations_total", "Durations counted")
DROPPED = Counter("belfry_latency_durations_dropped_total", "Durations not counted, by reason", ["reason"])
MESSAGES = Counter("belfry_latency_messages_total", "Messages of the stream that are counted")
DUPLICATES = Counter("belfry_latency_messages_duplicate_total", "Messages that came again after they were counted")
RECOUNTS = Counter("belfry_latency_recounts_total", "Times that what was not stored was counted again")
REFUSED = Counter("belfry_latency_endpoints_refused_total", "Endpoints beyond the cap of their service")
ENDPOINTS = Gauge("belfry_latency_endpoints", "Endpoints known")
WAITING = Gauge("belfry_latency_messages_waiting", "Messages counted in memory and not yet stored")
STORE_SECONDS = Histogram(
    "belfry_latency_store_duration_seconds",
    "Duration of storing what was counted",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)

for reason in REASONS:
    DROPPED.labels(reason)  # each is there before it happens

"""What health_svc counts, on /metrics."""

from prometheus_client import Counter, Gauge, Histogram

RUNS = Counter("belfry_health_runs_total", "Runs of a service's checks", ["trigger", "result"])
PROBE_SECONDS = Histogram(
    "belfry_health_probe_duration_seconds",
    "Duration of one check",
    ["kind"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
PROBES = Counter("belfry_health_probes_total", "Checks by kind and result", ["kind", "result"])
RUNNING = Gauge("belfry_health_runs_in_flight", "Runs under way")
MISSED = Counter("belfry_health_slots_missed_total", "Due checks not run, by reason", ["reason"])
RUNS_DROPPED = Counter(
    "belfry_health_runs_dropped_total", "Runs dropped: the store was away too long (full), or refused them", ["reason"]
)
TRANSITIONS = Counter("belfry_health_transitions_total", "Confirmed changes of status", ["to_status"])

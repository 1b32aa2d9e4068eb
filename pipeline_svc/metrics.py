"""What pipeline_svc measures about its own work, for Prometheus."""

from prometheus_client import Counter, Gauge

SAVED = Counter("belfry_pipeline_saved_total", "Revisions saved, by what made them", ["kind"])
APPLIED = Counter("belfry_pipeline_applied_total", "Times that gateways were told to run a revision")
LATEST = Gauge("belfry_pipeline_latest_revision", "The revision saved last")
NODES = Gauge("belfry_pipeline_nodes", "Gateways that say what they run")
BEHIND = Gauge("belfry_pipeline_nodes_behind", "Gateways that do not run the latest revision")
REJECTING = Gauge("belfry_pipeline_nodes_rejecting", "Gateways that could not build a revision, and keep an older one")
UNCONFIRMED = Gauge("belfry_pipeline_unconfirmed", "1 while a risky revision waits to be confirmed")

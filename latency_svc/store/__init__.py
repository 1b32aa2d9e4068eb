"""What latency_svc stores, as plain functions on a connection."""

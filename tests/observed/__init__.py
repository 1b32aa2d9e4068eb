"""What Belfry says of itself, as pages: `python -m tests.observed` writes docs/metrics.md and docs/logs.md."""

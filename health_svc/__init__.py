"""Health: what is healthy, what is not, and why."""

"""Belfry on one machine: embedded nats-server and PostgreSQL, and the supervisor that runs everything."""

"""A small shop to watch: real services that know OpenTelemetry and nothing of Belfry."""

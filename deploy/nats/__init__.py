"""Streams, buckets, consumers, users and permissions on NATS: declared once, applied by one command."""

from deploy.nats.apply import apply
from deploy.nats.config import create_seeds, render_config, seed_of

__all__ = ["apply", "create_seeds", "render_config", "seed_of"]

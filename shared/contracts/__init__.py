"""Every message and request of Belfry, declared once: one module per domain."""

"""Where services come from besides the API: the declarative file, the bus, Belfry itself."""

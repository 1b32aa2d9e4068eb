"""The container image: one for all of Belfry's processes, chosen by its first argument."""

"""A shop of twenty services, seen at one moment: the one story that all golden files tell."""

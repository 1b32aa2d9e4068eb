"""Every event of Belfry, from the contracts."""

import importlib
import pkgutil
from collections.abc import Iterator

import shared.contracts
from shared.contracts.wire import Event


def all_events() -> Iterator[type[Event]]:
    """The events of every contract module, in the order of the modules."""
    for module in pkgutil.iter_modules(shared.contracts.__path__, "shared.contracts."):
        yield from getattr(importlib.import_module(module.name), "EVENTS", ())

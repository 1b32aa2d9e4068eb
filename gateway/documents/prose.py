"""Docstrings as the prose of a document: how their lines are broken is no part of what they say."""

from typing import Any

TEXTS = frozenset({"description", "summary"})


def unwrapped(node: Any) -> Any:
    """The same document with every description on one line."""
    if isinstance(node, dict):
        return {
            name: " ".join(value.split()) if name in TEXTS and isinstance(value, str) else unwrapped(value)
            for name, value in node.items()
        }
    return [unwrapped(item) for item in node] if isinstance(node, list) else node

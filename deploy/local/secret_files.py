"""Secrets of this installation: one file each, readable by its owner only, made at the first use."""

import os
import secrets
from pathlib import Path


def secret(path: Path) -> str:
    """The secret in a file, made now if there is none."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(24))
    return path.read_text().strip()

"""Patterns of checks. One that RE2 does not take is a mistake of the check. `^` and `$` stand for the ends of lines, so
that `^ok$` also finds an answer that ends with a line break."""

import re
from functools import lru_cache

from health_svc.probes.evidence import FaultError
from health_svc.probes.words import short
from shared import patterns


@lru_cache(2048)
def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern, ready to use; raises an `error` fault for one that RE2 does not take."""
    try:
        return patterns.compiled(f"(?m){pattern}")
    except patterns.PatternError as error:
        raise FaultError("error", f"The pattern {short(pattern, 40)!r} cannot be used: {error}") from error


def matches(pattern: str, text: str) -> bool:
    """Is the pattern found anywhere in the text?"""
    return compiled(pattern).search(text) is not None

"""Regular expressions run by RE2: linear in the text, so no pattern of an operator can stall the event loop.
RE2 has no look-around and no back-references; such a pattern is refused as a mistake of the check.
`^` and `$` stand for the ends of lines, so that `^ok$` also finds an answer that ends with a line break."""

import re
from functools import lru_cache

import re2  # type: ignore[import-untyped]  # it brings no types; its patterns follow those of re

from health_svc.probes.evidence import FaultError
from health_svc.probes.words import short

_OPTIONS = re2.Options()
_OPTIONS.log_errors = False
_OPTIONS.max_mem = 8 << 20


@lru_cache(2048)
def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern, ready to use; raises an `error` fault for one that RE2 does not take."""
    try:
        made: re.Pattern[str] = re2.compile(f"(?m){pattern}", _OPTIONS)
    except re2.error as error:
        what = error.args[0].decode() if isinstance(error.args[0], bytes) else error
        raise FaultError("error", f"The pattern {short(pattern, 40)!r} cannot be used: {what}") from error
    return made


def matches(pattern: str, text: str) -> bool:
    """Is the pattern found anywhere in the text?"""
    return compiled(pattern).search(text) is not None

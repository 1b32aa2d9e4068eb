"""Regular expressions of operators, run by RE2: linear in the text, so that none can stall the event loop. It has no
look-around and no back-references."""

import re

import re2  # type: ignore[import-untyped]  # it brings no types; its patterns follow those of re

_OPTIONS = re2.Options()
_OPTIONS.log_errors = False
_OPTIONS.max_mem = 8 << 20


class PatternError(ValueError):
    """RE2 does not take the pattern; the message says why."""


def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern, ready to use. Raises PatternError."""
    try:
        made: re.Pattern[str] = re2.compile(pattern, _OPTIONS)
    except re2.error as error:
        what = error.args[0]
        raise PatternError(what.decode() if isinstance(what, bytes) else str(error)) from error
    return made

"""Hides secrets in what is kept of an answer."""

from collections.abc import Iterable
from functools import lru_cache

from health_svc.probes.patterns import compiled
from shared.redaction import HIDDEN, is_secret, redact

HEAD_LIMIT_CHARS = 2048
_SECRET_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie", "www-authenticate"})
_SECRET_WORD = (
    "(?:pass(?:word|wd|phrase)|pwd|secret|token|authorization|cookie|credential|api[_-]?key|private[_-]?key"
    "|session[_-]?id|signature|jwt)"
)
_VALUE = r'(?:"(?:[^"\\]|\\.)*"?|\[[^\]]*\]?|\{[^}]*\}?|[0-9.eE+-]+)'
_JSON_VALUE = compiled(rf'(?i)("[^"]*{_SECRET_WORD}[^"]*"\s*:\s*){_VALUE}')
_PARAMETER = compiled(rf"(?i)({_SECRET_WORD}\s*=\s*)[^\s&;,\"'<>]+")
_BEARER = compiled(r"(?i)\b((?:bearer|basic|digest)\s+)[A-Za-z0-9._~+/=-]{6,}")
_SUSPECT = compiled(rf"(?i){_SECRET_WORD}|bearer|basic|digest|eyJ|://")  # one look that spares most texts the rest
_JWT = compiled(r"\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.?[A-Za-z0-9_-]*")


@lru_cache(1024)
def is_secret_header(name: str) -> bool:
    """Does a header of this name carry credentials?"""
    lowered = name.lower()
    return lowered in _SECRET_HEADERS or is_secret(lowered.replace("-", "_"))


def masked(text: str) -> str:
    """The text without values that look like secrets."""
    if not _SUSPECT.search(text):
        return text
    text = _JSON_VALUE.sub(rf'\1"{HIDDEN}"', text)
    text = _PARAMETER.sub(rf"\1{HIDDEN}", text)
    text = _BEARER.sub(rf"\1{HIDDEN}", text)
    return redact(_JWT.sub(HIDDEN, text))


def answer_head(status: int, headers: Iterable[tuple[str, str]], body: str, sent: Iterable[str] = ()) -> str:
    """Status, headers and the start of the body, at most 2 KB. `sent`: secrets of the request, should it be echoed."""
    lines = [f"HTTP {status}"]
    lines += [f"{name}: {HIDDEN if is_secret_header(name) else value}" for name, value in headers]
    text = "\n".join(lines)[:HEAD_LIMIT_CHARS] + "\n\n" + body[:HEAD_LIMIT_CHARS]
    for secret in sent:
        text = text.replace(secret, HIDDEN)
    return masked(text[: 2 * HEAD_LIMIT_CHARS])[:HEAD_LIMIT_CHARS].replace("\x00", "\ufffd").rstrip()

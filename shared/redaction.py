"""Keeps secrets out of logs, messages and `repr`."""

import re

HIDDEN = "***"
SECRET_NAMES = re.compile(
    r"(^|_)(password|passwd|secret|token|seed|authorization|cookie|(api|private|encryption|routing)_key|credentials)s?$",
    re.IGNORECASE,
)
_USERINFO = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*://)(?P<user>[^\s:/@?#]*):[^\s/?#]*@", re.IGNORECASE)
_TOKEN_USER = re.compile(r"(?P<scheme>(?:nats|tls|ws|wss)://)[^\s:/@?#]+@", re.IGNORECASE)
_PARAMETER = re.compile(r"(?P<name>[?&\s](?:password|sslpassword|token)=)[^\s&]+", re.IGNORECASE)


def redact(text: str) -> str:
    """The text with the passwords of all addresses in it hidden: `postgres://ana:***@db/belfry`."""
    if "://" not in text:
        return text
    text = _USERINFO.sub(rf"\g<scheme>\g<user>:{HIDDEN}@", text)
    text = _TOKEN_USER.sub(lambda found: found[0] if HIDDEN in found[0] else f"{found['scheme']}{HIDDEN}@", text)
    return _PARAMETER.sub(rf"\g<name>{HIDDEN}", text)


def is_secret(name: str) -> bool:
    """Does a field of this name hold a secret?"""
    return SECRET_NAMES.search(name) is not None

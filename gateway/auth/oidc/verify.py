"""Is a token the provider's, meant for us, and valid now?"""

import base64
import binascii
from collections.abc import Sequence
from typing import Any

import msgspec
from joserfc import jwt
from joserfc.errors import ClaimError, ExpiredTokenError, JoseError
from joserfc.jws import JWSRegistry
from msgspec import Struct

from gateway.auth.oidc.provider import Provider
from shared.problems import unauthorized

LEEWAY_SECONDS = 10
MAX_LENGTH = 16 * 1024
MAX_KID_LENGTH = 200
TYPES = frozenset({"", "jwt", "at+jwt", "application/at+jwt"})
NOT_GOOD = "The token is not a valid token of the sign-in provider"

Claims = dict[str, Any]


class Header(Struct, frozen=True):
    """What is read of a token before its signature is checked. What else stands there (keys, addresses of keys) is
    never looked at."""

    alg: str
    kid: str | None = None
    typ: str = ""


def looks_like_one(secret: str) -> bool:
    return secret.count(".") == 2


async def verified(token: str, provider: Provider, audiences: Sequence[str], now: float) -> Claims:
    """The claims. Raises ProblemError: 401 for a token that is not good, 503 while that cannot be found out."""
    header = header_of(token)
    algorithms = provider.config.algorithms
    if header is None or header.alg not in algorithms or header.typ.lower() not in TYPES:
        raise unauthorized(NOT_GOOD)
    key = await provider.key(header.kid, header.alg)
    if key is None:
        raise unauthorized("The token is signed with a key that the sign-in provider does not have")
    try:
        registry = JWSRegistry(algorithms=[header.alg], strict_check_header=False)
        claims: Claims = jwt.decode(token, key, algorithms=[header.alg], registry=registry).claims
        expected(provider.config.issuer, audiences, now).validate(claims)
    except ExpiredTokenError:
        raise unauthorized("The token has expired") from None
    except ClaimError as error:
        raise unauthorized(f"The token's claim {error.claim} does not fit") from None
    except (JoseError, ValueError, TypeError, RecursionError):
        raise unauthorized(NOT_GOOD) from None
    if "cnf" in claims:  # bound to a key of its owner's, who would have to prove that
        raise unauthorized("The token is bound to a key and cannot be used as a bearer token")
    return claims


def header_of(token: str) -> Header | None:
    """None for what cannot be read."""
    text = token.partition(".")[0]
    if len(token) > MAX_LENGTH or not token.isascii():
        return None
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        header = msgspec.json.decode(raw, type=Header)
    except (binascii.Error, msgspec.MsgspecError, ValueError, RecursionError):
        return None
    return header if len(header.kid or "") <= MAX_KID_LENGTH else None


def expected(issuer: str, audiences: Sequence[str], now: float) -> jwt.JWTClaimsRegistry:
    """`exp`, `nbf` and `iat` are checked when they stand there; `exp` has to."""
    return jwt.JWTClaimsRegistry(
        now=int(now),
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": issuer},
        aud={"essential": True, "values": list(audiences)},
        exp={"essential": True},
        sub={"essential": True},
    )

"""The public keys of a provider: which of a set can be used, and which one a token names."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey, import_key
from msgspec import Struct

Key = RSAKey | ECKey | OKPKey

MAX_KEYS = 100
RSA_BITS = 2048
KINDS = {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}
"""Of key for the first letters of an algorithm."""


class Keys(Struct, frozen=True):
    keys: list[dict[str, Any]]


def keys_of(body: bytes) -> list[Key]:
    """From a JSON Web Key Set. Raises MsgspecError."""
    return usable(msgspec.json.decode(body, type=Keys).keys)


def usable(given: list[dict[str, Any]]) -> list[Key]:
    """The public keys for signatures among those of a set; secrets and short keys are none."""
    keys: list[Key] = []
    for each in given[:MAX_KEYS]:
        if each.get("kty") not in KINDS.values() or each.get("use", "sig") != "sig":
            continue
        try:
            key = import_key(each)
        except (JoseError, ValueError, TypeError):
            continue
        if isinstance(key, RSAKey) and key.public_key.key_size < RSA_BITS:
            continue
        if isinstance(key, RSAKey | ECKey | OKPKey):
            keys.append(key)
    return keys


def fits(key: Key, algorithm: str) -> bool:
    stated: Mapping[str, Any] = key.as_dict(private=False)
    return key.key_type == KINDS[algorithm[:2]] and stated.get("alg", algorithm) == algorithm


def with_id(kid: str | None, algorithm: str, keys: Sequence[Key]) -> Key | None:
    """The key of this id for this algorithm; without an id only when there is no choice."""
    fit = [key for key in keys if fits(key, algorithm) and kid in (None, key.kid)]
    return fit[0] if fit and (kid is not None or len(fit) == 1) else None

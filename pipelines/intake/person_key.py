"""The county's secret key, and what is made of it: pseudonyms of persons and keyed hashes."""

from __future__ import annotations

import base64

from pipelines.county import County
from pipelines.vault.key_ring import KeyRing, derived

_PSEUDONYM_CHARACTERS = 12  # 60 bits, five a character


def county_key(county: County) -> bytes:
    """The newest version of the county's 32-byte key for persons; raises DamageError when its file is no key."""
    return KeyRing.of(county).current


def pseudonym(key: bytes, text: str) -> str:
    """Twelve characters that stand for a canonical id number (or other secret text) under a county's key.

    Base32, lower case, of the first 60 bits of HMAC-SM3: the same person gets the same in every form and month,
    and nobody without the key can tell whose it is.
    """
    return base64.b32encode(derived(key, text)[:8]).decode()[:_PSEUDONYM_CHARACTERS].lower()


def row_hash_key(key: bytes) -> str:
    """The key under which whole rows are hashed; not the persons' key itself."""
    return derived(key, "shouwang row hash").hex()

"""The county's secret key, and what is made of it: pseudonyms of persons and keyed hashes."""

from __future__ import annotations

import base64

from cryptography.hazmat.primitives import hashes, hmac

from pipelines.county import County
from pipelines.errors import DamageError
from pipelines.keys import secret_key

KEY_FILE = "person.key"
PersonKeyError = DamageError  # what a damaged key file raises
_PSEUDONYM_CHARACTERS = 12  # 60 bits, five a character


def county_key(county: County) -> bytes:
    """The county's 32-byte key for persons, made at first use; raises DamageError when its file is no key."""
    return secret_key(county, KEY_FILE)


def _digest(key: bytes, text: str) -> bytes:
    code = hmac.HMAC(key, hashes.SM3())
    code.update(text.encode())
    return code.finalize()


def pseudonym(key: bytes, text: str) -> str:
    """Twelve characters that stand for a canonical id number (or other secret text) under a county's key.

    Base32, lower case, of the first 60 bits of HMAC-SM3: the same person gets the same in every form and month,
    and nobody without the key can tell whose it is.
    """
    return base64.b32encode(_digest(key, text)[:8]).decode()[:_PSEUDONYM_CHARACTERS].lower()


def row_hash_key(key: bytes) -> str:
    """The key under which whole rows are hashed; not the persons' key itself."""
    return _digest(key, "shouwang row hash").hex()

"""The county's secret key, and what is made of it: pseudonyms of persons and keyed hashes."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import polars as pl
from cryptography.hazmat.primitives import hashes, hmac
from numpy.typing import NDArray

from pipelines.county import County
from pipelines.vault.key_ring import KeyRing, derived

PSEUDONYM_CHARACTERS = 12  # 60 bits, five a character
_LETTERS = np.frombuffer(b"abcdefghijklmnopqrstuvwxyz234567", dtype="S1")


def county_key(county: County) -> bytes:
    """The newest version of the county's 32-byte key for persons; raises DamageError when its file is no key."""
    return KeyRing.of(county).current


def pseudonym_numbers(key: bytes, texts: Iterable[str]) -> NDArray[np.uint64]:
    """The first 60 bits of HMAC-SM3 of canonical id numbers (or other secret texts) under a county's key."""
    keyed = hmac.HMAC(key, hashes.SM3())
    digests = []
    for text in texts:
        code = keyed.copy()
        code.update(text.encode())
        digests.append(code.finalize()[:8])
    return np.frombuffer(b"".join(digests), dtype=">u8").astype(np.uint64) >> np.uint64(4)


def pseudonyms(numbers: NDArray[np.uint64]) -> pl.Series:
    """Twelve characters for each number, five bits a character: base32, lower case.

    The same person gets the same in every form and month, and nobody without the key can tell whose it is.
    """
    shifts = np.arange(PSEUDONYM_CHARACTERS - 1, -1, -1, dtype=np.uint64) * np.uint64(5)
    letters = _LETTERS[(numbers[:, None] >> shifts) & np.uint64(31)]
    texts = letters.reshape(-1).view(f"S{PSEUDONYM_CHARACTERS}")
    return pl.Series(texts.tolist(), dtype=pl.Binary).cast(pl.String)


def pseudonym(key: bytes, text: str) -> str:
    """The pseudonym of one text."""
    return str(pseudonyms(pseudonym_numbers(key, [text]))[0])


def row_hash_key(key: bytes) -> bytes:
    """The key under which rows are hashed; not the persons' key itself."""
    return derived(key, "shouwang row hash")

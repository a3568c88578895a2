"""Sealed files: SM4-GCM under a key derived from the county's, so that nothing in the lake names a person in the clear.

A sealed file is `SWSEAL`, the key's version (2 bytes), a random nonce (12), the ciphertext, the tag (16). What the
file is (`vault/<form>/<content>` ...) is sealed in with it: one sealed file put in another's place does not open.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import AEADDecryptionContext, Cipher, algorithms, modes

from pipelines.errors import DamageError
from pipelines.vault.key_ring import KeyRing, derived

SUFFIX = ".sealed"
_MAGIC = b"SWSEAL"
_NONCE, _TAG, _CHUNK = 12, 16, 1 << 20
_HEAD = struct.Struct(f">{len(_MAGIC)}sH{_NONCE}s")


def seal(content: bytes, keys: KeyRing, what: str) -> bytes:
    """The sealed form of `content`, under the newest key."""
    return b"".join(sealed_chunks([content], keys, what))


def sealed_chunks(chunks: Iterable[bytes], keys: KeyRing, what: str) -> Iterator[bytes]:
    """The sealed form of what comes in pieces, in pieces."""
    nonce = os.urandom(_NONCE)
    head = _HEAD.pack(_MAGIC, keys.version, nonce)
    encryptor = Cipher(_cipher_key(keys.current), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(head + what.encode())
    yield head
    for chunk in chunks:
        yield encryptor.update(chunk)
    yield encryptor.finalize()
    yield encryptor.tag


def unseal(file: Path, keys: KeyRing, what: str) -> bytes:
    """The content of a sealed file. Raises DamageError when it is missing, not whole, not ours or something else."""
    return b"".join(unsealed_chunks(file, keys, what))


def unsealed_chunks(file: Path, keys: KeyRing, what: str) -> Iterator[bytes]:
    """The content in pieces; what came before a DamageError must not be used."""
    try:
        with file.open("rb") as stream:
            yield from _unsealed(stream, file.stat().st_size, keys, what)
    except (InvalidTag, struct.error, ValueError, FileNotFoundError):
        raise DamageError(f"加密文件 {what} 缺失、已损坏或不是以本县密钥加密的。") from None


def _unsealed(stream: BinaryIO, size: int, keys: KeyRing, what: str) -> Iterator[bytes]:
    head = stream.read(_HEAD.size)
    magic, version, nonce = _HEAD.unpack(head)
    left = size - _HEAD.size - _TAG
    if magic != _MAGIC or left < 0:
        raise ValueError("not a sealed file")
    decryptor = _decryptor(keys.of_version(version), nonce, head + what.encode())
    while left:
        chunk = stream.read(min(_CHUNK, left))
        if not chunk:
            raise ValueError("cut short")
        left -= len(chunk)
        yield decryptor.update(chunk)
    yield decryptor.finalize_with_tag(stream.read(_TAG))


def _decryptor(key: bytes, nonce: bytes, told: bytes) -> AEADDecryptionContext:
    decryptor = Cipher(_cipher_key(key), modes.GCM(nonce)).decryptor()
    decryptor.authenticate_additional_data(told)
    return decryptor


def _cipher_key(key: bytes) -> algorithms.SM4:
    return algorithms.SM4(derived(key, "shouwang vault")[:16])

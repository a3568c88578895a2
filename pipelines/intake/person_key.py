"""The county's secret key, and what is made of it: pseudonyms of persons and keyed hashes."""

from __future__ import annotations

import base64
import contextlib
import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives import hashes, hmac

from pipelines.county import County

KEY_FILE = "person.key"
_KEY_BYTES = 32
_PSEUDONYM_CHARACTERS = 12  # 60 bits, five a character


class PersonKeyError(Exception):
    """The key file is not one; the message (Chinese) says what to do."""


def _read(file: Path) -> bytes:
    text = file.read_text(encoding="ascii", errors="replace").strip()
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != _KEY_BYTES:
        raise PersonKeyError(f"密钥文件 {file} 已损坏。请从备份中恢复；换用新密钥会使以前的人员编号全部对不上。")
    return key


def county_key(county: County) -> bytes:
    """The county's 32-byte key, made (readable by its owner only) at first use; raises PersonKeyError when damaged."""
    file = county.keys / KEY_FILE
    if not file.exists():
        county.keys.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = file.with_name(f".{KEY_FILE}.{os.getpid()}")
        descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as stream:
            stream.write(secrets.token_bytes(_KEY_BYTES).hex() + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(made, file)  # the first of two makers wins, and both read the winner's
        made.unlink()
    return _read(file)


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

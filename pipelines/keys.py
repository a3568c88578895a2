"""The county's secret keys: one file each under keys/, readable by the product's own user only."""

from __future__ import annotations

import contextlib
import os
import secrets

from pipelines.county import County
from pipelines.errors import DamageError

KEY_BYTES = 32


def secret_key(county: County, name: str) -> bytes:
    """The 32-byte key in keys/<name>, made at first use and never replaced.

    Raises DamageError when the file is there but is not a key: a new one would orphan all that the old one signed.
    """
    file = county.keys / name
    if not file.exists():
        county.keys.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = file.with_name(f".{name}.{os.getpid()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as stream:
            stream.write(secrets.token_bytes(KEY_BYTES).hex() + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, file)  # the first of two makers wins, and both read the winner's
        draft.unlink()
    try:
        key = bytes.fromhex(file.read_text(encoding="ascii").strip())
    except (ValueError, UnicodeDecodeError):
        key = b""
    if len(key) != KEY_BYTES:
        raise DamageError(f"密钥文件 {file} 已损坏。请从备份恢复，不要新建：新密钥与以前的记录对不上。")
    return key

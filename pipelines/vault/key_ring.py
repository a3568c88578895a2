"""Every version of the county's key for persons: the newest is used, the earlier ones still open and verify."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import hashes, hmac

from pipelines.county import County
from pipelines.errors import DamageError
from pipelines.keys import secret_key

FIRST = "person.key"


@dataclass(frozen=True)
class KeyRing:
    """The versions of a 32-byte key, oldest first; version numbers count from 1. A version taken away is empty."""

    versions: tuple[bytes, ...]

    @property
    def current(self) -> bytes:
        """The newest version: the one that persons are keyed and files are sealed with."""
        return self.versions[-1]

    @property
    def version(self) -> int:
        """The newest version's number."""
        return len(self.versions)

    @property
    def earlier(self) -> tuple[bytes, ...]:
        """The versions before, newest first, that are still there."""
        return tuple(key for key in reversed(self.versions[:-1]) if key)

    def of_version(self, version: int) -> bytes:
        """One version. Raises DamageError when the county does not have it (any more)."""
        if not 1 <= version <= self.version or not self.versions[version - 1]:
            raise DamageError(f"文件以第 {version} 版密钥加密，而 keys/ 中没有这一版。请从备份恢复密钥文件。")
        return self.versions[version - 1]

    @staticmethod
    def of(county: County) -> KeyRing:
        """The county's ring; the first key is made at first use. Raises DamageError when a key file is no key."""
        numbers = [file.name.split(".")[1] for file in county.keys.glob("person.*.key")]
        newest = max((int(number) for number in numbers if number.isdigit()), default=1)
        files = [version_file(county, number) for number in range(1, newest + 1)]
        return KeyRing(tuple(secret_key(county, file.name) if newest == 1 or file.exists() else b"" for file in files))


def version_file(county: County, version: int) -> Path:
    """Where a version of the key lies: person.key, person.2.key, person.3.key ..."""
    return county.keys / (FIRST if version == 1 else f"person.{version}.key")


def derived(key: bytes, purpose: str) -> bytes:
    """A key for one purpose, made from a version: HMAC-SM3, 32 bytes."""
    code = hmac.HMAC(key, hashes.SM3())
    code.update(purpose.encode())
    return code.finalize()

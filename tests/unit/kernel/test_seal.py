"""Sealed files: open with the right key in the right place only, and show nothing of what they hold."""

from __future__ import annotations

import random
import secrets
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from pipelines.county import County
from pipelines.errors import DamageError
from pipelines.vault.key_ring import KeyRing, version_file
from pipelines.vault.seal import seal, unseal

NAMES = "张三,350123199001011234,13800001111\n".encode() * 500


@pytest.fixture
def keys() -> KeyRing:
    return KeyRing((secrets.token_bytes(32), secrets.token_bytes(32)))


@pytest.fixture
def sealed(tmp_path: Path, keys: KeyRing) -> Path:
    file = tmp_path / "file"
    file.write_bytes(seal(NAMES, keys, "vault a"))
    return file


def test_the_cipher_is_the_standards() -> None:
    key = bytes.fromhex("0123456789abcdeffedcba9876543210")  # GB/T 32907, example 1
    block = Cipher(algorithms.SM4(key), modes.ECB()).encryptor().update(key)  # noqa: S305 - one block, as the standard's
    assert block.hex() == "681edf34d206965e86b3e94f536e4246"


def test_opens_whole_and_shows_nothing(sealed: Path, keys: KeyRing) -> None:
    assert unseal(sealed, keys, "vault a") == NAMES
    for secret in (b"350123199001011234", b"13800001111", "张三".encode()):
        assert secret not in sealed.read_bytes()
    assert seal(NAMES, keys, "vault a") != seal(NAMES, keys, "vault a")


def test_opens_in_its_place_with_its_key_only(sealed: Path, keys: KeyRing) -> None:
    other = KeyRing((keys.versions[0], secrets.token_bytes(32)))
    for ring, what in ((keys, "vault b"), (other, "vault a"), (KeyRing(keys.versions[:1]), "vault a")):
        with pytest.raises(DamageError):
            unseal(sealed, ring, what)


def test_every_damage_is_found(sealed: Path, keys: KeyRing) -> None:
    whole, chance = sealed.read_bytes(), random.Random(4)
    for _ in range(300):
        at = chance.randrange(len(whole))
        flipped = whole[:at] + bytes([whole[at] ^ (1 << chance.randrange(8))]) + whole[at + 1 :]
        for damaged in (flipped, whole[:at]):
            sealed.write_bytes(damaged)
            with pytest.raises(DamageError):
                unseal(sealed, keys, "vault a")


def test_a_ring_has_every_version_and_knows_which_one_is_gone(tmp_path: Path) -> None:
    county = County(home=tmp_path, name="样例县", region="350123", documents=("LY",))
    first = KeyRing.of(county)
    assert (first.version, len(first.current), first.earlier) == (1, 32, ())
    for version in (2, 3):
        version_file(county, version).write_text(bytes([version] * 32).hex(), encoding="ascii")
    ring = KeyRing.of(county)
    assert (ring.version, ring.current, ring.earlier) == (3, b"\3" * 32, (b"\2" * 32, first.current))
    version_file(county, 1).unlink()
    assert KeyRing.of(county).earlier == (b"\2" * 32,)
    with pytest.raises(DamageError, match="第 1 版"):
        KeyRing.of(county).of_version(1)
    assert not version_file(county, 1).exists(), "a lost key must not be replaced by a new one"

"""Mutated workbooks: the parent never dies, nothing hangs, nothing is read as silently empty, each has one coded reason.

200 mutants by default, 2,000 with SHOUWANG_FULL=1.
"""

from __future__ import annotations

import hashlib
import io
import random
import resource
import time
import zipfile
from collections import Counter

import polars as pl

from pipelines.intake.readers import Limits, Readers
from pipelines.intake.reading_process import ACCEPTED, VAULT
from pipelines.settings import Settings
from pipelines.vault.key_ring import KeyRing
from pipelines.vault.seal import unseal
from tests.unit.intake.small_county import xlsx_bytes
from tests.unit.intake.test_properties import _person

_MUTANTS = 2_000 if Settings.from_environment().full_faults else 200
_ROWS = 60
_KEYS = KeyRing((bytes(32),))


def _workbook() -> bytes:
    rows = [[_person(n), "2020-05", f"单位{n % 7}", 1000 + n] for n in range(_ROWS)]
    return xlsx_bytes([["证件号码", "月份", "务工单位", "工资收入"], *rows, ["合计", None, None, 60 * 1000]])


def rezipped(content: bytes, change) -> bytes:
    """The same package with its parts changed: `change` maps {name: bytes} to {name: bytes}."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in change(parts).items():
            package.writestr(name, part)
    return stream.getvalue()


def _flip(chance: random.Random, content: bytes, times: int) -> bytes:
    changed = bytearray(content)
    for _ in range(times):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _edited(chance: random.Random, part: bytes) -> bytes:
    """A part with a tag's bytes moved, doubled or cut."""
    start = chance.randrange(max(1, len(part)))
    end = min(len(part), start + chance.randrange(1, 200))
    return chance.choice(
        (
            part[:start] + part[end:],
            part[:end] + part[start:],
            part[:start] + bytes(reversed(part[start:end])) + part[end:],
        )
    )


def mutant(seed: int, content: bytes) -> bytes:  # noqa: PLR0911
    chance = random.Random(seed)
    kind = seed % 7
    if kind == 0:
        return content[: chance.randrange(1, len(content))]
    if kind == 1:
        return _flip(chance, content, chance.randint(1, 40))
    if kind == 2:
        at = chance.randrange(len(content))
        return content[:at] + bytes(chance.randrange(1, 600)) + content[at + 1 :]
    names = [
        "xl/worksheets/sheet1.xml",
        "xl/workbook.xml",
        "xl/sharedStrings.xml",
        "xl/_rels/workbook.xml.rels",
        "[Content_Types].xml",
    ]
    name = chance.choice(names)
    if kind == 3:
        return rezipped(content, lambda parts: {key: part for key, part in parts.items() if key != name})
    if kind == 4:
        return rezipped(content, lambda parts: {**parts, name: _flip(chance, parts[name], chance.randint(1, 10))})
    if kind == 5:
        return rezipped(content, lambda parts: {**parts, name: _edited(chance, parts[name])})
    other = chance.choice(names)
    return rezipped(content, lambda parts: {**parts, name: parts[other], other: parts[name]})


def test_no_mutant_harms_the_parent_or_is_read_as_empty(tmp_path):
    good, outcomes, slowest = _workbook(), Counter(), 0.0
    meant = {_person(n) for n in range(_ROWS)}
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    file = tmp_path / "2020-05.xlsx"
    with Readers(tmp_path / "reading", _KEYS, Limits(cpu_seconds=15, wall_seconds=40)) as readers:
        for seed in range(_MUTANTS):
            content = mutant(seed, good)
            file.write_bytes(content)
            start = time.monotonic()
            outcome = readers.read(
                file, "employment/2020-05.xlsx", hashlib.sha256(content).hexdigest(), size=len(content)
            )
            slowest = max(slowest, time.monotonic() - start)
            if outcome.refused:
                assert outcome.refused.reason.endswith("。")
                outcomes[outcome.refused.code] += 1
                continue
            assert outcome.summary["rows"] > 0
            assert outcome.summary["rows"] == outcome.summary["loaded"] + outcome.summary["rejected"]
            sealed = unseal(outcome.folder / VAULT, _KEYS, f"{VAULT} {outcome.summary['content']}")
            assert set(pl.read_parquet(io.BytesIO(sealed))["person_id"]) <= meant
            assert pl.read_parquet(outcome.folder / ACCEPTED).height == outcome.summary["loaded"]
            outcomes["taken" if outcome.summary["rows"] == _ROWS else "taken with other rows"] += 1
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory) / 1024
    print(f"\n{_MUTANTS} mutants: {dict(outcomes)}; slowest {slowest:.1f} s; parent grew {grown:.0f} MB")
    assert sum(outcomes.values()) == _MUTANTS
    assert grown < 200

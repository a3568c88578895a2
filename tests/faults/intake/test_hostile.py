"""More than 150 hand-made hostile files: no crash of the parent, no hang, no silent empty, each answered by one code."""

from __future__ import annotations

import hashlib
import itertools
import os
import resource
import time
from collections import Counter

import polars as pl
import pytest

from pipelines.county import County
from pipelines.intake import readers
from pipelines.intake.check import check_files, render
from pipelines.intake.lake import forms_file
from pipelines.intake.ledger import read_receipts
from pipelines.intake.readers import Limits, Readers, _Child
from pipelines.intake.receipt import Receipt
from pipelines.intake.receive import receive
from pipelines.vault.key_ring import KeyRing
from tests.faults.intake.hostile_files import HEADER, PART, ROW, TAKEN, hostile_files, hostile_names
from tests.unit.intake.small_county import csv_bytes, xlsx_bytes
from tests.unit.intake.test_properties import _person


def _county(home, received: dict[str, tuple[str, int]] | None = None) -> County:
    (home / "landing" / "employment").mkdir(parents=True)
    (home / "county.yml").write_text('name: 样例县\nregion: "350181"\ndocuments: [FQ]\n', encoding="utf-8")
    lines = [f"{file},{day},{order}" for file, (day, order) in (received or {}).items()]
    (home / "landing" / "received.csv").write_text("\n".join(["file,received_on,order", *lines]), encoding="utf-8")
    return County.open(home)


def test_every_hostile_file_gets_one_coded_answer(tmp_path):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answers, slowest, wrong = Counter(), 0.0, []
    with Readers(tmp_path / "reading", KeyRing((bytes(32),)), Limits(cpu_seconds=20, wall_seconds=60)) as readers:
        for name, suffix, content, codes in hostile_files():
            file = tmp_path / f"2020-05.{suffix}"
            file.write_bytes(content)
            digest, start = hashlib.sha256(content).hexdigest(), time.monotonic()
            outcome = readers.read(file, f"employment/2020-05.{suffix}", digest, size=len(content))
            slowest = max(slowest, time.monotonic() - start)
            if outcome.summary is None:
                answer = outcome.refused.code
                assert outcome.refused.reason.endswith("。"), name
                assert outcome.refused.reason.count("\n") == 0, name
            else:
                assert outcome.summary["rows"] > 0, name
                answer = PART if outcome.summary["rejected"] else TAKEN
            if answer not in codes:
                wrong.append((name, answer))
            answers[answer] += 1
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(
        f"\n{sum(answers.values())} hostile files: {dict(answers)}; slowest {slowest:.1f} s; parent grew {grown:.0f} MB"
    )
    assert wrong == []
    assert sum(answers.values()) >= 150


def test_hostile_names_are_only_names(tmp_path):
    county = _county(tmp_path)
    names = list(hostile_names())
    for name in names:
        file = county.landing / "employment" / name
        file.write_bytes(csv_bytes([HEADER, [str(value) for value in ROW]]))
        os.utime(file, (1e9, 1e9))
    receipts = receive(county)
    assert sorted(receipt.file for receipt in receipts) == sorted(f"employment/{name}" for name in names)
    assert all(receipt.refused is None for receipt in receipts)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["county.yml", "keys", "lake", "landing"]


def test_ids_stored_as_numbers_are_never_loaded(tmp_path):
    file = tmp_path / "employment" / "2020-05.xlsx"
    file.parent.mkdir()
    rows = [[int(_person(n)), "2020-05", "甲厂", 1] for n in range(6000) if _person(n)[-1] != "X"][:2000]
    file.write_bytes(xlsx_bytes([HEADER, *rows]))
    (answer,) = check_files([file])
    assert (answer.rows, answer.loaded, answer.rejected) == (2000, 0, 2000)
    assert "文本" in answer.problems[0].reason
    assert "需改正 2000 行" in render([answer])


def _state(county: County) -> dict[tuple[str, str], list]:
    """What is believed after all files: per person and month the last received row."""
    believed: dict[tuple, tuple] = {}
    receipts = sorted((r for r in read_receipts(county) if not r.refused), key=Receipt.later_than_key)
    for receipt in receipts:
        rows = pl.read_parquet(forms_file(county, receipt.form, receipt.content)).drop("_content")
        for row in rows.iter_rows(named=True):
            believed[row["person_key"], row["month"], row["employer"]] = (receipt.file, *row.values())
    return dict(sorted(believed.items()))


@pytest.fixture
def one_child(monkeypatch):
    """Readers that share one child: what is asked here is the order of files, not the life of children."""
    child = _Child()
    end = child.end
    monkeypatch.setattr(child, "end", lambda: None)
    monkeypatch.setattr(readers, "_Child", lambda: child)
    yield
    end()


def test_files_of_five_months_in_any_order_give_one_state(tmp_path, one_child):
    files = {f"employment/2020-0{month}.csv": (f"2020-0{month + 1}-05", month) for month in range(1, 6)}
    contents = {
        file: csv_bytes(
            [
                HEADER,
                *[
                    [_person(n), f"2020-0{order - n % 2}" if order > 1 else "2020-01", "甲厂", str(100 * order + n)]
                    for n in range(8)
                ],
            ]
        )
        for file, (_, order) in files.items()
    }
    orders = list(itertools.permutations(files))
    states, key = [], None
    for number, order in enumerate(orders):
        county = _county(tmp_path / str(number), files)
        if key:
            (county.home / "keys").mkdir(mode=0o700)
            (county.home / "keys" / "person.key").write_text(key)
        for file in order:
            (county.landing / file).write_bytes(contents[file])
            receive(county)
        key = (county.home / "keys" / "person.key").read_text()
        lake = {
            file.name: hashlib.sha256(file.read_bytes()).hexdigest()
            for file in (county.lake / "forms").rglob("*.parquet")
        }
        states.append((_state(county), lake))
    assert len(states) == 120
    assert all(state == states[0] for state in states)
    print(f"\n{len(states)} orders of five months: one state of {len(states[0][0])} rows, the same bytes in the lake")

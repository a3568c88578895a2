"""The invariants themselves: each is seen broken when it is, and the night stops on it with what was published in place."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from pipelines.county import County
from pipelines.errors import DamageError
from pipelines.intake.lake import forms_file
from pipelines.intake.ledger import ledger_path, read_receipts
from pipelines.recovery import verify
from pipelines.settings import Settings
from pipelines.warehouse.identity import code_version
from pipelines.warehouse.invariants import broken
from pipelines.warehouse.lake_check import note_sums
from pipelines.warehouse.manifest import MANIFEST, Manifest
from pipelines.warehouse.publish import CURRENT, current_folder, make_current

from .doomed import Doomed, finish_night, kernel_night
from .small_county import write_small_county


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    county = write_small_county(tmp_path_factory.mktemp("published") / "county", ["2020-01"])
    finish_night(county.home)
    return county.home


@pytest.fixture
def county(published: Path, tmp_path: Path) -> County:
    shutil.copytree(published, tmp_path / "county", symlinks=True)
    return County.open(tmp_path / "county")


def _lose_a_row(county: County) -> None:
    """As no hash would tell: the file is whole, and noted as it is."""
    (receipt,) = read_receipts(county)
    file = forms_file(county, receipt.form, receipt.content)
    pl.read_parquet(file).head(-1).write_parquet(file)
    note_sums(county, {receipt.content})


def _change_the_account(county: County) -> None:
    ledger = ledger_path(county)
    ledger.write_text(ledger.read_text(encoding="utf-8").replace('"rows": 40', '"rows": 41'), encoding="utf-8")


def _leave_a_log_beside(county: County) -> None:
    (county.published / CURRENT / "warehouse.duckdb.wal").write_bytes(b"")


def _change_a_byte(county: County) -> None:
    file = county.published / CURRENT / "warehouse.duckdb"
    file.chmod(0o600)
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(bytes(content))


def _lose_the_folder(county: County) -> None:
    current = current_folder(county)
    assert current is not None
    shutil.rmtree(current)


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (_lose_a_row, "lake/forms 应有 35 行，有 34 行"),
        (_change_the_account, "行数不平"),
        (_change_the_account, "以前写下的内容被改动"),
        (_leave_a_log_beside, "多出文件 warehouse.duckdb.wal"),
        (_change_a_byte, "文件 warehouse.duckdb 的内容被改动或损坏"),
        (_lose_the_folder, "指向的文件夹不存在"),
    ],
)
def test_each_is_seen_when_it_is_broken(county: County, fault: Callable[[County], None], told: str) -> None:
    assert broken(county) == []
    fault(county)
    assert told in "；".join(broken(county))
    assert told in "；".join(verify(county, Settings.from_environment(), lambda _line: None))


def test_a_night_does_not_compute_on_rows_that_do_not_account(county: County) -> None:
    before = current_folder(county)
    _lose_a_row(county)
    code, printed = Doomed(kernel_night, county.home).end()
    assert code != 0 and "没有开始计算" in printed
    assert current_folder(county) == before


def test_what_is_not_whole_is_never_made_current(county: County) -> None:
    before = current_folder(county)
    assert before is not None
    copied = before.with_name("2020-07-01-copied")
    shutil.copytree(before, copied)
    (copied / "manifest.json").chmod(0o600)
    (copied / "manifest.json").write_bytes(b"{}")
    with pytest.raises(DamageError, match="没有发布"):
        make_current(county, copied)
    assert current_folder(county) == before


@pytest.mark.parametrize("same_version", [True, False])
def test_tables_are_read_back_by_the_version_that_wrote_them_alone(county: County, same_version: bool) -> None:
    settings = Settings.from_environment()
    current = current_folder(county)
    assert current is not None
    manifest = Manifest.read(current)
    name, content = next(iter(manifest.tables.items()))
    wrong = manifest.tables | {name: replace(content, rows=content.rows + 1)}
    version = code_version(settings.dbt_project) if same_version else "another"
    current.chmod(0o700)
    (current / MANIFEST).unlink()
    replace(manifest, tables=wrong, code_version=version).write(current)
    told = "；".join(verify(county, settings, lambda _line: None))
    assert ("各表内容与清单不一致" in told) == same_version

"""Rows without a usable id: who they may be about is suggested with reasons, and nothing is merged."""

from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from pipelines.county import County
from pipelines.deliver.intake_papers import identity_sheets
from pipelines.deliver.options import PaperOptions
from pipelines.deliver.source import Source
from pipelines.intake.ledger import read_receipts
from pipelines.intake.match_suggestions import SUGGESTION_TYPES, match_suggestions
from pipelines.intake.receive import receive
from tests.unit.intake.small_county import csv_bytes, write_small_county
from tests.unit.intake.test_properties import _person

AS_OF = date.today()  # every file of the county is known by then
_SURNAMES, _GIVEN = "赵钱孙李周吴郑王", "安柏辰达恩帆庚翰嘉康"


def _name(number: int) -> str:
    return _SURNAMES[number % 8] + _GIVEN[number // 8 % 10] + _GIVEN[number // 80 % 10]


@pytest.fixture
def county(tmp_path) -> County:
    write_small_county(tmp_path / "home")
    county = County.open(tmp_path / "home")
    for file in county.landing.rglob("*.*"):
        file.unlink()
    members = [["户编号", "姓名", "证件号码"], *[[f"H{n // 4:03d}", _name(n), _person(n)] for n in range(400)]]
    workers = [
        ["证件号码", "姓名", "月份", "务工单位", "工资收入"],
        [
            _person(17)[:-2] + ("0" if _person(17)[-2] != "0" else "1") + _person(17)[-1],
            _name(17),
            "2020-05",
            "甲厂",
            "900",
        ],
        [f"{_person(42)[:15]}777", _name(42), "2020-05", "甲厂", "900"],
        ["3.50181E+17", "无此人", "2020-05", "甲厂", "900"],
        [_person(8), _name(8), "2020-13", "甲厂", "900"],
    ]
    for name, rows in (("registry_member", members), ("employment", workers)):
        (county.landing / name).mkdir(exist_ok=True)
        (county.landing / name / "2020-05.csv").write_bytes(csv_bytes(rows))
    receive(county)
    return county


def test_a_mistyped_or_ruined_id_is_suggested_with_its_reasons(county):
    found = match_suggestions(county)
    first = found.group_by("row", maintain_order=True).head(1)
    assert first.select("row", "household_no", "person_name").rows() == [
        (2, f"H{17 // 4:03d}", _name(17)),
        (3, f"H{42 // 4:03d}", _name(42)),
    ]
    assert first["reasons"].to_list() == ["证件号码只差一两位；姓名相同", "证件号码前 14 位相同；姓名相同"]
    assert match_suggestions(county).equals(found)


def test_a_later_file_of_the_month_says_who_is_meant(county):
    """The corrected list gives person 17 another name and household: what the earlier file said of her suggests nobody."""
    corrected = [["户编号", "姓名", "证件号码"], ["H900", "欧阳", _person(17)]]
    (county.landing / "registry_member" / "2020-05-更正.csv").write_bytes(csv_bytes(corrected))
    receive(county)
    meant = match_suggestions(county).filter(pl.col("row") == 2).select("household_no", "person_name").rows()
    assert (f"H{17 // 4:03d}", _name(17)) not in meant
    assert ("H900", "欧阳") not in meant  # the name tells against it


def test_a_suggestion_changes_nothing(county):
    before = [(receipt.rows, receipt.loaded, receipt.rejected) for receipt in read_receipts(county)]
    lake = {file: file.read_bytes() for file in county.lake.rglob("*.parquet*")}
    assert match_suggestions(county).height
    assert [(receipt.rows, receipt.loaded, receipt.rejected) for receipt in read_receipts(county)] == before
    assert {file: file.read_bytes() for file in county.lake.rglob("*.parquet*")} == lake


def test_a_nights_paper_names_nobody_whom_its_tables_do_not_have(county):
    """An erasure finds the nights that name a person by the keys of their tables."""
    found = match_suggestions(county)
    here = found.filter(pl.col("row") == 2).head(1)
    with duckdb.connect() as build:
        build.execute("CREATE SCHEMA marts")
        build.execute("CREATE TABLE marts.dim_person AS SELECT person_key FROM here")
        (sheet,) = identity_sheets(
            county, Source(build, "run", AS_OF, AS_OF, "某县", "350181", (), Path()), PaperOptions("局")
        )
        assert sheet.rows["person_name"].to_list() == here["person_name"].to_list() != found["person_name"].to_list()
        build.execute("DELETE FROM marts.dim_person")
        assert (
            identity_sheets(
                county, Source(build, "run", AS_OF, AS_OF, "某县", "350181", (), Path()), PaperOptions("局")
            )
            == []
        )


def test_without_a_member_list_nothing_is_suggested(tmp_path):
    write_small_county(tmp_path / "home")
    county = County.open(tmp_path / "home")
    receive(county)
    assert match_suggestions(county).schema == SUGGESTION_TYPES
    assert not match_suggestions(county).height

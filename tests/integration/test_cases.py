"""Every worked case of the five documents, through the real models: one warehouse a case file, one assertion a case."""

from __future__ import annotations

import json
import os
import re
import shutil
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest
import xlsxwriter
import yaml

from pipelines.county import County
from pipelines.intake.receive import receive
from pipelines.settings import PROJECT, Settings
from pipelines.warehouse import extract
from pipelines.warehouse.identity import RunIdentity
from pipelines.warehouse.load import load_raw
from tests.integration.case_county import all_case_files, built, run_models, workshop

COLUMNS = {
    "rule": "rule_id", "clause": "clause", "subject": "subject", "basis": "basis", "person": "person_key", "region": "region_code",
    "measured": "measured_value", "threshold": "threshold_value", "threshold_region": "threshold_region",
    "amount_due": "amount_due_yuan", "due_on": "due_on", "department": "department",
}  # fmt: skip
UNIT_TEST_INPUTS = (
    "+fct_warning_history",
    "int_published_household",
)  # beyond those of the cases' marts
CASES = [
    pytest.param(file.name, case, id=f"{case['clause']}-{case['side']}-{case['household_no'][-4:]}")
    for file in all_case_files()
    for case in file.cases
]


@cache
def findings(name: str) -> list[dict[str, Any]]:
    """Every finding of one case file's warehouse."""
    with duckdb.connect(str(built(name)), read_only=True) as connection:
        return connection.sql("SELECT * FROM marts.fct_finding").pl().to_dicts()


def as_asked(name: str, value: Any, case: dict[str, Any]) -> Any:
    """An expectation's value as the finding shows it."""
    if name == "person":
        return f"{case['household_no'][-5:]}{value}"
    if isinstance(value, int | float):
        return Decimal(str(value)).quantize(Decimal("0.01"))
    return value if isinstance(value, date) else str(value)


def says(found: dict[str, Any], expected: dict[str, Any], case: dict[str, Any]) -> bool:
    """Whether the finding is about the case (or the county) and has every value that is expected."""
    if found["household_no"] != (None if expected.get("scope") == "county" else case["household_no"]):
        return False
    asked = {name: value for name, value in expected.items() if name not in ("none", "scope")}
    return all(
        as_asked(name, value, case) in str(found["clause"]).split(";")
        if name == "clause"
        else found[COLUMNS[name]] == as_asked(name, value, case)
        for name, value in asked.items()
    )


@pytest.mark.parametrize(("name", "case"), CASES)
def test_case(name: str, case: dict[str, Any]) -> None:
    rows = findings(name)
    for expected in case["expect"]:
        found = [row for row in rows if says(row, expected, case)]
        about = [
            {column: row[column] for column in COLUMNS.values()}
            for row in rows
            if row["rule_id"] == expected["rule"] and row["household_no"] in (None, case["household_no"])
        ]
        assert bool(found) is not expected.get("none", False), f"{case['story']} {expected} {about}"


def test_every_clause_of_the_document_ran() -> None:
    with duckdb.connect(str(built("tr")), read_only=True) as connection:
        ran = connection.sql("SELECT clause, findings FROM marts.fct_clause_run").fetchall()
    assert len(ran) == 16
    assert all(count > 0 for _, count in ran)


def test_a_clause_says_which_forms_it_needs_and_never_got() -> None:
    with duckdb.connect(str(built("ls_few_forms")), read_only=True) as connection:
        said = dict(connection.sql("SELECT clause, result FROM marts.fct_clause_run").fetchall())
    assert said["LS-cadre"] == "已执行，未发现；从未收到《帮扶措施台账》，须据以判断的事项不作判断"
    assert "从未收到《帮扶措施台账》《社会救助对象名册》" in said["FX-fallback"]
    assert said["LS-kinds"].startswith("已执行") and "从未收到" not in said["LS-kinds"]


def test_values_that_overlap_or_leave_a_day_out_and_lines_without_a_unit_are_named() -> None:
    with duckdb.connect(str(built("ly")), read_only=True) as connection:
        faults = dict(connection.sql("SELECT region_code, message FROM intermediate.int_line_fault").fetchall())
    assert set(faults) == {"350123106", "350123107", "350123109"}
    assert "2 行同时执行：0.3（自 2019-01-01，样例第1条）、0.4（自 2020-01-01，样例第2条）" in faults["350123106"]
    assert "前一行到 2019-12-31 为止，后一行自 2020-07-01 起" in faults["350123107"]
    assert "的防返贫监测线自 2019-01-01 起 500.00 元，没有写明是元/年还是元/月" in faults["350123109"]


def test_a_lower_row_corrects_an_upper_one_whatever_the_sheets_of_its_workbook_are_called(tmp_path: Path) -> None:
    """The sheet 甲 stands before 乙, though its name sorts behind it; a row that stands in both is one repeat."""
    (tmp_path / "county.yml").write_text('name: 样例县\nregion: "350181"\ndocuments: [FQ]\n', encoding="utf-8")
    county, header, same = County.open(tmp_path), ("户编号", "季度", "工资性收入"), ("H2", "2020-Q1", 500)
    file = county.landing / "income_survey" / "2020-Q1.xlsx"
    file.parent.mkdir(parents=True)
    with xlsxwriter.Workbook(file) as book:
        for name, wage in (("甲", 3000), ("乙", 9000)):
            page = book.add_worksheet(name)
            for line, row in enumerate((header, ("H1", "2020-Q1", wage), same)):
                page.write_row(line, 0, row)
    os.utime(file, (0, 0))
    receive(county)
    warehouse = workshop() / "warehouse.duckdb"
    load_raw(county, warehouse, RunIdentity("sheets", date(2020, 6, 30), date.today(), "tests"))
    try:
        run_models(warehouse, workshop(), ("stg_superseded", "stg_income_survey", "int_receipt_repeats"))
        with duckdb.connect(str(warehouse), read_only=True) as connection:
            rows = connection.sql("SELECT household_no, wage_fen, _sheet FROM staging.stg_income_survey ORDER BY ALL")
            assert rows.fetchall() == [("H1", 900000, "乙"), ("H2", 50000, "甲")]
            repeats = connection.sql("SELECT repeats FROM intermediate.int_receipt_repeats").fetchall()
            assert repeats == [(1,)]
    finally:
        warehouse.unlink()


def test_quarters_are_the_same_when_worked_out_for_a_part_of_the_households_at_a_time() -> None:
    """Every household counts once, whichever range it falls into."""
    slices = 3
    whole = duckdb.connect(str(built("fq")), read_only=True)
    rows, [(households,)] = _quarters(whole), whole.sql("SELECT count(*) FROM intermediate.int_household_at").fetchall()
    whole.close()
    warehouse = workshop() / "warehouse.duckdb"
    shutil.copyfile(built("fq"), warehouse)
    try:
        room = f"{{slice_memory: {households * 3500 // slices}}}"
        run_models(warehouse, workshop(), ("int_income_quarter",), ("run", "--vars", room))
        ran = workshop() / "dbt" / "run" / "shouwang" / "models" / "intermediate" / "int_income_quarter.sql"
        assert ran.read_text(encoding="utf-8").count("set variable first_household") >= slices
        with duckdb.connect(str(warehouse), read_only=True) as connection:
            assert _quarters(connection) == rows
    finally:
        warehouse.unlink()


def test_published_views_are_the_same_when_worked_out_for_a_part_of_the_households_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A view among the marts that forgot its slice would hand out every row once for each of them."""
    warehouse, settings = workshop() / "warehouse.duckdb", replace(Settings.from_environment(), memory_limit="2GB")
    shutil.copyfile(built("fx"), warehouse)
    try:
        run_models(warehouse, workshop(), ("+fct_income_source", "+fct_income_quarter", "+fct_household_income_month"))
        whole = extract.write_analyst_file(warehouse, tmp_path / "whole.duckdb", tmp_path / "spill", settings)
        monkeypatch.setattr(extract, "_BYTES_PER_HOUSEHOLD", 3 * 10**9)  # a slice for every household, or two
        parts = extract.write_analyst_file(warehouse, tmp_path / "parts.duckdb", tmp_path / "spill", settings)
    finally:
        warehouse.unlink()
    assert all(whole[view].rows for view in ("fct_income_source", "fct_income_quarter", "fct_household_income_month"))
    assert parts == whole


def test_a_test_of_a_part_of_the_households_at_a_time_finds_what_the_whole_would() -> None:
    """With as many slices as households, a deduction that is gone is found, once, and nothing else."""
    warehouse, checks = workshop() / "warehouse.duckdb", ("income_items_add_up", "income_sources_add_up")
    shutil.copyfile(built("fx"), warehouse)
    shown = (
        "fct_household_income",
        "fct_income_source",
        "fct_income_quarter",
        "fct_household_income_month",
        "fct_income_deduction",
    )
    try:
        run_models(warehouse, workshop(), tuple(f"+{model}" for model in shown))
        in_slices = ("test", "--vars", "{slice_memory: 10000}")
        run_models(
            warehouse, workshop(), (*checks, "one_row_a_household_and_month", "one_row_a_quarter_and_item"), in_slices
        )
        with duckdb.connect(str(warehouse)) as connection:
            gone = "DELETE FROM marts.fct_income_deduction WHERE household_no = (SELECT max(household_no) FROM marts.fct_income_deduction WHERE amount_yuan <> 0)"
            assert connection.execute(gone).fetchall() == [(1,)]
        with pytest.raises(AssertionError, match="Got 1 result"):
            run_models(warehouse, workshop(), checks, in_slices)
    finally:
        warehouse.unlink()


def test_a_class_of_one_year_is_no_class_of_undecided_income() -> None:
    """The test that would hold the night back lets pass who was surveyed in the year the class names, and not since."""
    warehouse, name = workshop() / "warehouse.duckdb", "undecided_income_gives_no_class_by_income"
    shutil.copyfile(built("fq"), warehouse)
    try:
        run_models(warehouse, workshop(), ("fct_household_class",))
        with duckdb.connect(str(warehouse)) as connection:
            of_the_year = (
                "SELECT classes.income_status FROM marts.fct_household_class AS classes"
                " JOIN marts.fct_household_income AS incomes USING (household_no)"
                " WHERE incomes.income_status = '待定' AND classes.basis = 'net_income_2019'"
            )
            assert connection.execute(of_the_year).fetchall() == [("完整",)]
        run_models(warehouse, workshop(), (name,), ("test",))
        with duckdb.connect(str(warehouse)) as connection:
            connection.execute(
                "UPDATE marts.fct_household_class SET income_status = '待定' WHERE basis = 'net_income_2019'"
            )
        with pytest.raises(AssertionError, match=name):
            run_models(warehouse, workshop(), (name,), ("test",))
    finally:
        warehouse.unlink()


def test_a_key_that_stands_twice_stops_the_models() -> None:
    """What a primary key would do, said by the statement that a model's table is made with."""
    warehouse = workshop() / "warehouse.duckdb"
    shutil.copyfile(built("fx"), warehouse)
    try:
        run_models(warehouse, workshop(), ("fct_household_income",))
        ran = workshop() / "dbt" / "run" / "shouwang" / "models" / "marts" / "fct_household_income.sql"
        (looks,) = re.findall(r"select error\(.*?;", ran.read_text(encoding="utf-8"), flags=re.DOTALL)
        with duckdb.connect(str(warehouse)) as connection:
            assert connection.execute(looks).fetchall() == []
            connection.execute("INSERT INTO marts.fct_household_income FROM marts.fct_household_income LIMIT 1")
            with pytest.raises(duckdb.Error, match=r"several rows have one key \(household_no\)"):
                connection.execute(looks)
    finally:
        warehouse.unlink()


def _quarters(connection: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    rows = connection.sql("SELECT * FROM intermediate.int_income_quarter ORDER BY ALL").fetchall()
    assert rows
    return rows


def _unit_tests() -> int:
    files = (PROJECT / "dbt_project" / "models").rglob("*_tests.yml")
    return sum(len(yaml.safe_load(file.read_text(encoding="utf-8"))["unit_tests"]) for file in files)


def test_models_agree_with_their_own_rows_worked_out_by_hand() -> None:
    """dbt's unit tests: single models on a few rows, run in a warehouse where their inputs exist."""
    warehouse = workshop() / "warehouse.duckdb"
    shutil.copyfile(built("ly"), warehouse)
    try:
        run_models(warehouse, workshop(), UNIT_TEST_INPUTS)
        # `build` would pass over every unit test whose model it does not build.
        run_models(warehouse, workshop(), ("test_type:unit",), ("test",))
        ran = json.loads((workshop() / "dbt" / "run_results.json").read_text(encoding="utf-8"))["results"]
        assert sum(result["unique_id"].startswith("unit_test.") for result in ran) == _unit_tests()
    finally:
        warehouse.unlink()  # the cases are built at the same path

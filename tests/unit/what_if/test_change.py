from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
import xlsxwriter

from pipelines.errors import MistakeError
from pipelines.what_if.change import Changes, LineChange, ParameterChange, apply_changes, parse_line, parse_parameter

LINES = (
    "region_code VARCHAR, line VARCHAR, amount_fen BIGINT, unit VARCHAR, effective_from DATE, published_on DATE, document VARCHAR,"
    " _sheet VARCHAR, _row INTEGER, _content VARCHAR, _row_hash BIGINT, _receipt INTEGER, _file VARCHAR, _period DATE,"
    " _period_end DATE, _received_on DATE, _received_rank INTEGER"
)


@pytest.fixture
def build():
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA raw")
        connection.execute("CREATE TABLE raw.run AS SELECT DATE '2020-12-31' AS as_of")
        connection.execute(
            "CREATE TABLE raw.receipt (seq INTEGER, file VARCHAR, form VARCHAR, period VARCHAR, period_start DATE, period_end DATE,"
            " received_on DATE, received_rank INTEGER, row_count BIGINT, kept_rows BIGINT, rejected BIGINT, erased BIGINT, content VARCHAR,"
            " may_repeat BOOLEAN)"
        )
        connection.execute(
            "INSERT INTO raw.receipt (seq, form, received_rank, may_repeat) VALUES (4, 'standard_line', 7, false)"
        )
        connection.execute(
            "CREATE TABLE raw.county_parameter (region_code VARCHAR, clause VARCHAR, parameter VARCHAR, value VARCHAR,"
            " unit VARCHAR, effective_from DATE, effective_to DATE, reference VARCHAR)"
        )
        connection.execute(
            "INSERT INTO raw.county_parameter (region_code, clause, parameter, value) VALUES"
            " ('350181100', 'FQ-range', 'fall_share', '0.5'), ('350181', 'exit', 'income_months', '6')"
        )
        connection.execute(f"CREATE TABLE raw.lake_line ({LINES})")
        connection.execute("CREATE VIEW raw.standard_line AS FROM raw.lake_line")
        yield connection


def test_what_is_written_is_understood():
    assert parse_parameter("FX-jobcost.monthly_amount.县内务工=120") == ParameterChange(
        "FX-jobcost", "monthly_amount.县内务工", "120"
    )
    assert parse_line("农村低保标准=9000") == LineChange("农村低保标准", Decimal("9000.00"))


@pytest.mark.parametrize("text", ["", "FQ-range", "FQ-range=1", "FQ-range.fall_share=", ".x=1"])
def test_a_parameter_written_wrongly_is_told(text):
    with pytest.raises(MistakeError, match=r"条款\.参数=值"):
        parse_parameter(text)


def test_one_county_row_takes_the_place_of_all_rows_of_the_parameter(build):
    apply_changes(build, Changes(parameters=(ParameterChange("FQ-range", "fall_share", "0.2"),)), "350181")
    rows = build.execute("SELECT region_code, clause, value FROM raw.county_parameter ORDER BY clause").fetchall()
    assert rows == [("350181", "FQ-range", "0.2"), ("350181", "exit", "6")]


def test_lines_come_as_the_last_file(build):
    changes = Changes(lines=(LineChange("农村低保标准", Decimal("9000.00")),))
    apply_changes(build, changes, "350181")
    rows = build.execute(
        "SELECT region_code, line, amount_fen, unit, effective_from, _receipt, _received_rank FROM raw.standard_line"
    ).fetchall()
    assert rows == [("350181", "农村低保标准", 900000, "元/年", date(2020, 12, 31), 5, 8)]
    assert build.execute("SELECT kept_rows FROM raw.receipt WHERE seq = 5").fetchall() == [(1,)]
    assert build.execute("SELECT may_repeat FROM raw.receipt WHERE seq = 4").fetchall() == [(True,)]  # is corrected now


def test_a_file_of_lines_is_the_departments_own_form(build, tmp_path):
    file = Path(tmp_path / "新标准.csv")
    file.write_text(
        "行政区划代码,标准类型,标准金额,单位,执行起始日期,公布日期,文号\n350181,农村低保标准,800,元/月,2020-07-01,2020-06-20,某〔2020〕1号\n",
        encoding="utf-8",
    )
    apply_changes(build, Changes(line_file=file), "350181")
    rows = build.execute("SELECT line, amount_fen, unit, document FROM raw.standard_line").fetchall()
    assert rows == [("农村低保标准", 80000, "元/月", "某〔2020〕1号")]
    with pytest.raises(MistakeError, match="找不到文件"):
        apply_changes(build, Changes(line_file=tmp_path / "nowhere.csv"), "350181")


def test_the_sheets_of_a_file_of_lines_keep_their_places(build, tmp_path):
    file = tmp_path / "新标准.xlsx"
    with xlsxwriter.Workbook(file) as book:
        for name, amount in (("甲", 800), ("乙", 900)):
            page = book.add_worksheet(name)
            page.write_row(0, 0, ["行政区划代码", "标准类型", "标准金额", "单位", "执行起始日期", "公布日期", "文号"])
            page.write_row(
                1, 0, ["350181", "农村低保标准", amount, "元/月", "2020-07-01", "2020-06-20", "某〔2020〕1号"]
            )
    apply_changes(build, Changes(line_file=file), "350181")
    rows = build.execute("SELECT amount_fen FROM raw.standard_line ORDER BY _sheet_place").fetchall()
    assert rows == [(80000,), (90000,)]

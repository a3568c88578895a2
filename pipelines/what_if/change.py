"""What is tried out: policy values and lines, put into the raw tables of a build in the place of the county's own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

import duckdb
import polars as pl

from pipelines.errors import MistakeError
from pipelines.intake.read_file import read_file
from pipelines.intake.refusal import RefusedError

_NO_KEY = bytes(32)  # a file of lines holds nobody's data, so its rows need no secret key
_SINCE = date(1949, 10, 1)


@dataclass(frozen=True)
class ParameterChange:
    """One policy value to be replaced throughout the county, whatever rows it has now."""

    clause: str
    parameter: str
    value: str


@dataclass(frozen=True)
class LineChange:
    """One line of the county, in yuan a year, in force from the as-of day."""

    line: str
    amount: Decimal


@dataclass(frozen=True)
class Changes:
    """Everything that is tried out at once; `line_file` is a file of the form 各类标准线公布表."""

    parameters: tuple[ParameterChange, ...] = ()
    lines: tuple[LineChange, ...] = ()
    line_file: Path | None = None


def parse_parameter(text: str) -> ParameterChange:
    """`CLAUSE.PARAMETER=VALUE`. Raises MistakeError for anything else."""
    place, _, value = text.partition("=")
    clause, _, parameter = place.strip().partition(".")
    if not (clause and parameter and value.strip()):
        raise MistakeError(f"“{text}”应写成 条款.参数=值，如 FQ-range.fall_share=0.2。")
    return ParameterChange(clause, parameter, value.strip())


def parse_line(text: str) -> LineChange:
    """`LINE=YUAN`, yuan a year. Raises MistakeError for anything else."""
    line, _, amount = text.partition("=")
    try:
        return LineChange(line.strip(), Decimal(amount.strip()).quantize(Decimal("0.01")))
    except InvalidOperation:
        raise MistakeError(f"“{text}”应写成 标准=全年金额，如 农村低保标准=9000。") from None


def check_changes(connection: duckdb.DuckDBPyConnection, changes: Changes, region: str) -> None:
    """Compare the changes with what an open analysts' file has.

    Raises MistakeError for an unknown parameter or line, for a value of another kind than the one in force, and for
    a file of lines that cannot be read.
    """
    _check_parameters(connection, changes.parameters, region)
    _check_lines(connection, changes.lines)
    (as_of,) = connection.execute("SELECT as_of FROM ops_run").fetchall()[0]
    _line_rows(changes, region, as_of)


def apply_changes(connection: duckdb.DuckDBPyConnection, changes: Changes, region: str) -> None:
    """Put the changes, which were checked, into the raw tables of an open build."""
    _replace_parameters(connection, changes.parameters, region)
    (as_of,) = connection.execute("SELECT as_of FROM raw.run").fetchall()[0]
    rows = _line_rows(changes, region, as_of)
    if rows is not None:
        _add_lines(connection, rows, as_of)


def _check_parameters(
    connection: duckdb.DuckDBPyConnection, parameters: Iterable[ParameterChange], region: str
) -> None:
    """Raise MistakeError for a parameter that the county does not have, or a value of another kind."""
    known = {
        (clause, parameter): value
        for clause, parameter, value in connection.execute(
            "SELECT clause, parameter, value FROM dim_policy_parameter WHERE region_code = $1", [region]
        ).fetchall()
    }
    for change in parameters:
        if (change.clause, change.parameter) not in known:
            near = sorted(f"{clause}.{name}" for clause, name in known if clause == change.clause)
            told = (
                f"该条款的参数有：{'、'.join(near)}"
                if near
                else f"条款有：{'、'.join(sorted({clause for clause, _ in known}))}"
            )
            raise MistakeError(f"没有参数 {change.clause}.{change.parameter}。{told}。")
        if change.clause.endswith("-pension"):
            raise MistakeError(
                "养老金不计入条款按起止日期逐月执行，不能用 --set 试算；请改 policy/parameters.csv 的副本。"
            )
        if _is_number(known[change.clause, change.parameter]) and not _is_number(change.value):
            raise MistakeError(f"{change.clause}.{change.parameter} 的值应为数字，写的是“{change.value}”。")


def _check_lines(connection: duckdb.DuckDBPyConnection, lines: Iterable[LineChange]) -> None:
    """Raise MistakeError for a kind of line that the county has none of."""
    known = [
        name for (name,) in connection.execute("SELECT DISTINCT line FROM dim_policy_line ORDER BY line").fetchall()
    ]
    for change in lines:
        if change.line not in known:
            raise MistakeError(f"没有“{change.line}”这种标准。现有：{'、'.join(known)}。")


def _is_number(text: str) -> bool:
    """Whether a policy value is written as a number."""
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def _line_rows(changes: Changes, region: str, as_of: date) -> pl.DataFrame | None:
    """Rows of the form 各类标准线公布表 as the lake holds them; None when no line changes."""
    frames = []
    file, lines = changes.line_file, changes.lines
    if file is not None:
        if not file.is_file():
            raise MistakeError(f"找不到文件 {file}。")
        try:
            reading = read_file(f"standard_line/{as_of}{file.suffix}", file.read_bytes(), _NO_KEY)
        except RefusedError as refusal:
            raise MistakeError(f"{file} 不能用作《各类标准线公布表》：{refusal.refusal.reason}") from refusal
        if reading.rows.rejected.height:
            row = reading.rows.rejected.row(0, named=True)
            raise MistakeError(f"{file} 第 {row['row']} 行：{row['reason']}")
        rows = reading.rows.accepted.drop("_content", "_row_hash")
        frames.append(rows.with_columns(_sheet_place=pl.col("_sheet").rle_id().cast(pl.Int64)))
    if lines:
        frames.append(
            pl.DataFrame(
                {
                    "region_code": region,
                    "line": [change.line for change in lines],
                    "amount_fen": [int(change.amount * 100) for change in lines],
                    "unit": "元/年",
                    "effective_from": as_of,
                    "published_on": as_of,
                    "document": "假设",
                    "_row": list(range(-len(lines), 0)),
                }
            )
        )
    if not frames:
        return None
    return pl.concat(frames, how="diagonal_relaxed").cast({"_row": pl.Int32, "amount_fen": pl.Int64})


def _replace_parameters(
    connection: duckdb.DuckDBPyConnection, parameters: Iterable[ParameterChange], region: str
) -> None:
    """Put one county row in the place of all of the county's rows for each parameter."""
    for change in parameters:
        place = [change.clause, change.parameter]
        connection.execute("DELETE FROM raw.county_parameter WHERE clause = $1 AND parameter = $2", place)
        connection.execute(
            "INSERT INTO raw.county_parameter (region_code, clause, parameter, value, effective_from, reference)"
            " VALUES ($1, $2, $3, $4, $5, '假设')",
            [region, *place, change.value, _SINCE],
        )


def _add_lines(connection: duckdb.DuckDBPyConnection, rows: pl.DataFrame, as_of: date) -> None:
    """Let the rows follow all received files of lines, as a file that came last."""
    (last, rank) = connection.execute("SELECT max(seq) + 1, max(received_rank) + 1 FROM raw.receipt").fetchall()[0]
    connection.execute(
        "INSERT INTO raw.receipt (seq, file, form, period, period_start, period_end, received_on, received_rank,"
        " row_count, kept_rows, rejected, erased, content)"
        " VALUES ($1, '假设', 'standard_line', $2::VARCHAR, $2, $2, $2, $3, $4, $4, 0, 0, '假设')",
        [last, as_of, rank, rows.height],
    )
    connection.execute("UPDATE raw.receipt SET may_repeat = true WHERE form = 'standard_line'")
    supposed = rows.with_columns(
        _content=pl.lit("假设"),
        _row_hash=-1 - pl.int_range(pl.len(), dtype=pl.Int64),
        _receipt=pl.lit(last, dtype=pl.Int32),
        _file=pl.lit("假设"),
        _period=as_of,
        _period_end=as_of,
        _received_on=as_of,
        _received_rank=pl.lit(rank, dtype=pl.Int32),
    )
    connection.register("supposed", supposed.to_arrow())
    connection.execute("CREATE TABLE raw.supposed_line AS SELECT * FROM supposed")
    connection.unregister("supposed")
    connection.execute("ALTER VIEW raw.standard_line RENAME TO received_line")
    connection.execute(
        "CREATE VIEW raw.standard_line AS FROM raw.received_line UNION ALL BY NAME FROM raw.supposed_line"
    )

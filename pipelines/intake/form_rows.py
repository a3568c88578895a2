"""From a sheet with a known header to typed rows of its form, and one rejection for each row that cannot be read."""

from __future__ import annotations

import re
from dataclasses import dataclass

import polars as pl

from expectations.contract import FormContract
from pipelines.intake.cell import NUMBER, compact, reader_of
from pipelines.intake.column import POLARS_TYPES, SHORT, ReadColumn, absent_column, read_column
from pipelines.intake.grid import Grid, GridColumn
from pipelines.intake.header import FoundHeader
from pipelines.intake.reasons import masked, masked_whole, row_reason
from pipelines.intake.row_hash import KeyedColumn, keyed_column, row_hashes

_TOTAL = re.compile(r"(合计|总计|小计|共计|累计|本页小计|本页合计)[::]?")
_TOTAL_HINT = "[合总小共累]\\s*计"
RETURN_NUMBER = "退回编号"  # header of the column by which a corrected row is matched to the one sent back
_BLANKS = " \t\r\n\u3000\u00a0\ufeff\u200b"
REJECTED_TYPES: dict[str, pl.DataType] = {
    "_content": pl.String(),
    "sheet": pl.String(),
    "row": pl.Int32(),
    "column_id": pl.String(),
    "column_header": pl.String(),
    "value": pl.String(),
    "reason_code": pl.String(),
    "reason": pl.String(),
}


@dataclass(frozen=True)
class FormRows:
    """What one file's rows became; `accepted` and `vault` have one row per accepted row, in file order.

    accepted: the contract's lake columns, then `_content _sheet _row _row_hash`.
    vault: `_content _sheet _row` and the raw canonical values of all secret columns.
    rejected: one row per rejected row, see `REJECTED_TYPES`.
    returned: for each rejected row its number (from 1, over the file), the ids of all its bad columns joined by
        commas (`bad`), and the raw text of every column of the contract: what its department gets back.
    answers: numbers of the earlier rejected rows that a corrected return's rows now stand for.
    """

    accepted: pl.DataFrame
    vault: pl.DataFrame
    rejected: pl.DataFrame
    returned: pl.DataFrame
    answers: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """Rows of the file: neither blank nor totals."""
        return self.accepted.height + self.rejected.height


@dataclass(frozen=True)
class _BadRows:
    """Rejected lines (indexes) and, for each, its faults: (column id, code) in contract order."""

    lines: pl.Series
    faults: list[list[tuple[str, str]]]


def _data_lines(grid: Grid, header: FoundHeader) -> pl.Series:
    """Indexes of the lines below the header that are neither blank nor a total."""
    first = header.line + 1
    lines = pl.int_range(first, max(first, grid.height), dtype=pl.Int64, eager=True)
    suspects = _suspects(grid, lines)
    if not len(suspects):
        return lines
    cells = [_cells(column, suspects).text for column in grid.columns]
    frame = pl.DataFrame([texts.alias(str(index)) for index, texts in enumerate(cells)])
    blank = frame.select(pl.all_horizontal(pl.all().str.strip_chars(_BLANKS).str.len_bytes() == 0)).to_series()
    hinted = frame.select(pl.any_horizontal(pl.all().str.contains(_TOTAL_HINT))).to_series() & ~blank
    required = [str(found.index) for found in header.columns if found.column.required]
    rows = zip(hinted.arg_true(), frame.filter(hinted).iter_rows(named=True), strict=True)
    totals = [place for place, row in rows if _is_total(row, required)]
    left_out = suspects.filter(blank.scatter(totals, True))
    kept = pl.Series([True]).new_from_index(0, len(lines)).scatter(left_out - first, False)
    return lines.filter(kept)


def _suspects(grid: Grid, lines: pl.Series) -> pl.Series:
    """Those of the lines among which every blank one and every total is."""
    if grid.suspects is not None:
        return grid.suspects.filter(grid.suspects >= lines[0]) if len(lines) else lines
    if len(lines) >= SHORT:
        return lines
    rows = zip(*(_cells(column, lines).text.to_list() for column in grid.columns), strict=True)
    texts = ["".join(filter(None, row)) for row in rows]
    return lines.gather([place for place, text in enumerate(texts) if "计" in text or not text.strip(_BLANKS)])


def _is_total(row: dict[str, str], required: list[str]) -> bool:
    """A total line begins with 合计, or says 合计 somewhere and lacks a required cell."""
    cells = [compact(text or "") for text in row.values()]
    if _TOTAL.fullmatch(next(cell for cell in cells if cell)):
        return True
    says_total = any(_TOTAL.fullmatch(cell) for cell in cells)
    return says_total and any(not compact(row[name] or "") for name in required)


def _cells(column: GridColumn, lines: pl.Series) -> GridColumn:
    """The column's cells of some lines, given in order."""
    if len(lines) and lines[-1] - lines[0] + 1 == len(lines):
        kinds = column.kinds.slice(lines[0], len(lines)) if column.kinds is not None else None
        return GridColumn(column.text.slice(lines[0], len(lines)), kinds)
    kinds = column.kinds.gather(lines) if column.kinds is not None else None
    return GridColumn(column.text.gather(lines), kinds)


def _read_columns(grid: Grid, header: FoundHeader, lines: pl.Series) -> dict[str, ReadColumn]:
    found = {entry.column.id: entry for entry in header.columns}
    columns = {}
    for column in header.contract.columns:
        entry = found.get(column.id)
        if entry is None:
            columns[column.id] = absent_column(column, len(lines))
            continue
        identifies = column.id in header.contract.key or column.required
        read = reader_of(column, identifies=identifies, header=entry.header, unit=entry.unit)
        cells = _cells(grid.columns[entry.index], lines)
        columns[column.id] = read_column(column, cells, read, unit=entry.unit)
    return columns


def rekeyed(contract: FormContract, forms: pl.DataFrame, vault: pl.DataFrame, key: bytes) -> pl.DataFrame:
    """Accepted rows as they would be under another key; `vault` has their secret values.

    A person whom the vault does not name any more (erased) keeps the key it has.
    """
    columns = {
        column.id: ReadColumn(vault[column.id] if column.sensitive else forms[column.lake_name])
        for column in contract.columns
    }
    keyed = _keyed_columns(contract, columns, key)
    names = [
        found.names.fill_null(forms[contract.column(name).lake_name]).alias(contract.column(name).lake_name)
        for name, found in keyed.items()
    ]
    return forms.with_columns(*names, row_hashes(contract, columns, keyed, key).alias("_row_hash"))


def _keyed_columns(contract: FormContract, columns: dict[str, ReadColumn], key: bytes) -> dict[str, KeyedColumn]:
    """The columns of which the lake keeps pseudonyms only."""
    return {
        column.id: keyed_column(columns[column.id], key)
        for column in contract.columns
        if column.sensitive in ("person", "keyed")
    }


def _lake_frame(contract: FormContract, columns: dict[str, ReadColumn], keyed: dict[str, KeyedColumn]) -> pl.DataFrame:
    series = []
    for column in contract.columns:
        read = columns[column.id]
        if column.sensitive == "vault":
            kept = read.values.is_not_null()
        elif column.sensitive:
            kept = keyed[column.id].names
        else:
            kept = read.values
        series.append(kept.cast(POLARS_TYPES[column.lake_type]).alias(column.lake_name))
        series += [_told_by_id(read, told).alias(told) for told in column.tells]
    return pl.DataFrame(series)


def _told_by_id(column: ReadColumn, told: str) -> pl.Series:
    """Day of birth or sex (男, 女) of 18-character identity numbers."""
    ids = column.by_distinct.values if column.by_distinct else column.values
    if told == "born_on":
        said = ids.str.slice(6, 8).str.to_date("%Y%m%d", strict=False)
    else:
        odd = ids.str.slice(16, 1).str.to_integer(strict=False) % 2 == 1
        said = odd.replace_strict({True: "男", False: "女"}, default=None, return_dtype=pl.String)
    return column.by_distinct.spread(said) if column.by_distinct else said


def _rejections(grid: Grid, header: FoundHeader, bad: _BadRows, content: str) -> pl.DataFrame:
    """The table of rejections: the first bad column of each row, and the reasons of all of them."""
    found = {entry.column.id: entry for entry in header.columns}
    rejected = []
    for line, faults in zip(bad.lines, bad.faults, strict=True):
        told = []
        for name, code in faults:
            entry = found[name]
            cells = grid.columns[entry.index]
            text = cells.text[line] or ""
            is_number = cells.kinds is not None and cells.kinds[line] == NUMBER
            reason = row_reason(entry.column, compact(entry.header), code, compact(text), is_number=is_number)
            told.append((entry, code, masked(entry.column, text), reason))
        entry, code, value, _ = told[0]
        if any(other.column.sensitive == "person" for other, *_ in told):
            value = masked_whole(entry.column, value)  # the row's cells may have slipped into other columns
        reasons = "".join(reason for *_, reason in told)
        rejected.append((content, grid.name, line + 1, entry.column.id, compact(entry.header), value, code, reasons))
    return pl.DataFrame(rejected, schema=REJECTED_TYPES, orient="row")


def _returned(grid: Grid, header: FoundHeader, bad: _BadRows) -> pl.DataFrame:
    """What departments get back of rejected rows; see `FormRows.returned`."""
    texts = {entry.column.id: grid.columns[entry.index].text.gather(bad.lines) for entry in header.columns}
    marks = pl.Series("bad", [",".join(name for name, _ in faults) for faults in bad.faults], dtype=pl.String)
    nothing = pl.Series([None], dtype=pl.String).new_from_index(0, len(bad.lines))
    columns = [texts.get(column.id, nothing).alias(column.id) for column in header.contract.columns]
    return pl.DataFrame([marks, *columns]).with_row_index("number", offset=1)


def _answers(grid: Grid, header: FoundHeader, lines: pl.Series) -> tuple[str, ...]:
    """The return numbers that stand in the lines, when the sheet is a corrected return."""
    at = [index for index, text in enumerate(grid.line(header.line)) if compact(text) == RETURN_NUMBER]
    return tuple(sorted({compact(text) for text in grid.columns[at[0]].text.gather(lines) if text})) if at else ()


def read_rows(grid: Grid, header: FoundHeader, content: str, key: bytes) -> FormRows:
    """Read every data line below a header.

    `content` is the file's name in the lake, `key` the county's. Row numbers count lines from 1, titles included.
    """
    contract = header.contract
    lines = _data_lines(grid, header)
    columns = _read_columns(grid, header, lines)
    keyed = _keyed_columns(contract, columns, key)
    origin = pl.DataFrame(
        {
            "_content": pl.Series([content], dtype=pl.String).new_from_index(0, len(lines)),
            "_sheet": pl.Series([grid.name], dtype=pl.String).new_from_index(0, len(lines)),
            "_row": (lines + 1).cast(pl.Int32),
        }
    )
    hashes = row_hashes(contract, columns, keyed, key).alias("_row_hash")
    lake = pl.concat([_lake_frame(contract, columns, keyed), origin, hashes.to_frame()], how="horizontal")
    secrets = [columns[column.id].values.alias(column.id) for column in contract.secret_columns]
    vault = pl.concat([origin, pl.DataFrame(secrets)], how="horizontal") if secrets else origin.clear()
    bad = _bad_rows(columns, lines)
    if len(bad.lines):
        is_good = ~lines.is_in(bad.lines.implode())
        lake, vault = lake.filter(is_good), vault.filter(is_good) if secrets else vault
    return FormRows(
        accepted=lake,
        vault=vault,
        rejected=_rejections(grid, header, bad, content),
        returned=_returned(grid, header, bad),
        answers=_answers(grid, header, lines),
    )


def _bad_rows(columns: dict[str, ReadColumn], lines: pl.Series) -> _BadRows:
    codes = pl.DataFrame([column.codes.alias(name) for name, column in columns.items() if column.codes is not None])
    if not codes.width:
        return _BadRows(lines.clear(), [])
    is_bad = codes.select(pl.any_horizontal(pl.all() != "")).to_series()
    faults = [[fault for fault in row.items() if fault[1]] for row in codes.filter(is_bad).iter_rows(named=True)]
    return _BadRows(lines.filter(is_bad), faults)


def joined_rows(parts: list[FormRows]) -> FormRows:
    """The rows of several sheets of one file, one after another."""
    return FormRows(
        accepted=pl.concat([part.accepted for part in parts]),
        vault=pl.concat([part.vault for part in parts]),
        rejected=pl.concat([part.rejected for part in parts]),
        returned=pl.concat([part.returned.drop("number") for part in parts]).with_row_index("number", offset=1),
        answers=tuple(answer for part in parts for answer in part.answers),
    )

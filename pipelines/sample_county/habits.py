"""How clerks type: formats of ids, money, dates and flags, spoiled cells. Typed columns in, texts out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from expectations.contract import Column
from pipelines.sample_county.streams import Bools, Generator, stream

_DATE_FORMATS = ("%Y-%m-%d", "%Y/%-m/%-d", "%Y.%-m.%-d", "%Y年%-m月%-d日", "%Y%m%d", "serial")
_MONTH_FORMATS = ("%Y-%m", "%Y年%-m月", "%Y%m", "%Y-%m-%d")
_TIME_FORMATS = ("%Y-%m-%d %H:%M", "%Y/%-m/%-d %H:%M", "%Y-%m-%d %H:%M:%S")
_FLAGS = (("是", "否"), ("有", "无"), ("Y", "N"), ("1", "0"), ("√", ""))
_FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
RUINED = "float:"


@dataclass(frozen=True)
class Typed:
    """A column as typed: its texts (null: blank cell), and how a workbook keeps those that are plain numbers.

    `cell` is "" (texts), "number" or "date" (a number shown as a date). `ruined`: some ids were kept as numbers.
    """

    texts: pl.Series
    cell: str = ""
    ruined: bool = False


@dataclass(frozen=True)
class Clerk:
    """Who types a column of a file: the form, the column, the county's seed (habits that last) and the file's draws."""

    form: str
    column: Column
    seed: int
    draws: Generator


def _mix(usual: pl.Series, rare: pl.Series, rows: Bools) -> pl.Series:
    return rare.zip_with(pl.Series(rows), usual) if rows.any() else usual


def _type_id(values: pl.Series, clerk: Clerk) -> Typed:
    texts = values.to_list()
    style = clerk.draws.random(len(texts))
    for row in np.flatnonzero(style < 0.07):
        text, kind = texts[row], style[row]
        if text is None:
            continue
        if kind < 0.015:
            texts[row] = f"{text[:6]} {text[6:14]} {text[14:]}"
        elif kind < 0.025:
            texts[row] = text.translate(_FULL_WIDTH)
        elif kind < 0.035:
            texts[row] = f"　{text}"
        elif kind < 0.045:
            texts[row] = f"{text} "
        elif kind < 0.05 and text[6:8] == "19":
            texts[row] = text[:6] + text[8:17]
        elif kind >= 0.05:
            texts[row] = text.lower()
    return Typed(pl.Series(texts, dtype=pl.String))


def _plain_yuan(fen: pl.Series) -> pl.Series:
    return (fen // 100).cast(pl.String) + "." + (fen % 100).cast(pl.String).str.zfill(2)


def _wan(fen: pl.Series) -> pl.Series:
    digits = (fen // 1_000_000).cast(pl.String) + "." + (fen % 1_000_000).cast(pl.String).str.zfill(6)
    return digits.str.replace(r"0{1,4}$", "")


def _type_money(values: pl.Series, clerk: Clerk) -> Typed:
    draws, cell = clerk.draws, "number" if clerk.draws.random() < 0.65 else ""
    if clerk.column.unit == "万元":
        return Typed(_wan(values), cell)
    usual = _plain_yuan(values)
    if draws.random() < 0.15:
        usual = usual.str.replace(r"\.00$", "")
    style, fen = draws.random(len(values)), values.fill_null(0).to_numpy()
    rare: list[tuple[Bools, Callable[[pl.Series], pl.Series]]] = [
        (style < 0.02, lambda some: _plain_yuan(some) + "元"),
        ((style > 0.99) & (fen > 100_000), lambda some: _wan(some) + "万元"),
        (
            (style > 0.96) & (style < 0.99) & (fen >= 100_000) & (fen < 100_000_000),
            lambda some: _plain_yuan(some).str.replace(r"(\d{3}\.\d\d)$", ",$1"),
        ),
    ]
    for chosen, way in rare:
        rows = np.flatnonzero(chosen)
        if len(rows):
            usual = usual.scatter(rows, way(values.gather(rows)))
    return Typed(usual, cell)


def _serial(days: pl.Series) -> pl.Series:
    return (days.cast(pl.Int32) + (date(1970, 1, 1) - date(1899, 12, 30)).days).cast(pl.String)


def _type_date(values: pl.Series, clerk: Clerk) -> Typed:
    draws = clerk.draws
    style = _DATE_FORMATS[int(draws.choice(6, p=[0.4, 0.16, 0.12, 0.12, 0.1, 0.1]))]
    usual = _serial(values) if style == "serial" else values.dt.strftime(style)
    odd = draws.random(len(values)) < 0.03
    texts = _mix(usual, values.dt.strftime(_DATE_FORMATS[int(draws.integers(0, 4))]), odd)
    return Typed(texts, ("date" if draws.random() < 0.7 else "number") if style == "serial" else "")


def _type_month(values: pl.Series, clerk: Clerk) -> Typed:
    return Typed(values.dt.strftime(_MONTH_FORMATS[int(clerk.draws.choice(4, p=[0.4, 0.25, 0.2, 0.15]))]))


def _type_quarter(values: pl.Series, clerk: Clerk) -> Typed:
    style = int(clerk.draws.integers(0, 4))
    year, quarter = values.str.slice(0, 4), values.str.slice(6, 1)
    if style == 1:
        return Typed(year + "Q" + quarter)
    if style == 2:
        return Typed(
            year
            + "年第"
            + quarter.replace_strict(["1", "2", "3", "4"], list("一二三四"), return_dtype=pl.String)
            + "季度"
        )
    return Typed(year + "年" + quarter + "季度" if style == 3 else values)


def _type_term(values: pl.Series, clerk: Clerk) -> Typed:
    style, autumn = int(clerk.draws.integers(0, 3)), values.str.ends_with("1")
    if style == 1:
        half = autumn.cast(pl.Int8).replace_strict([1, 0], ["一", "二"], return_dtype=pl.String)
        return Typed(values.str.slice(0, 9) + "学年第" + half + "学期")
    if style == 2:
        year = values.str.slice(0, 4).cast(pl.Int64) + (~autumn).cast(pl.Int64)
        season = autumn.cast(pl.Int8).replace_strict([1, 0], ["秋", "春"], return_dtype=pl.String)
        return Typed(year.cast(pl.String) + "年" + season + "季学期")
    return Typed(values)


def _type_datetime(values: pl.Series, clerk: Clerk) -> Typed:
    return Typed(values.dt.strftime(_TIME_FORMATS[int(clerk.draws.integers(0, 3))]))


def _type_number(values: pl.Series, _clerk: Clerk) -> Typed:
    return Typed(values.cast(pl.String), "number")


def _type_enum(values: pl.Series, clerk: Clerk) -> Typed:
    column, draws = clerk.column, clerk.draws
    known = {value for value, _ in column.values}
    strange = set(values.drop_nulls().unique()) - known
    if strange:
        raise ValueError(f"{column.id}: {sorted(strange)} not in the contract")
    texts = values
    for value, others in column.values:
        if others:
            rows = (values == value).fill_null(value=False).to_numpy() & (draws.random(len(values)) < 0.15)
            texts = _mix(texts, pl.Series(list(others)).gather(draws.integers(0, len(others), len(values))), rows)
    return Typed(texts)


def _type_flag(values: pl.Series, clerk: Clerk) -> Typed:
    habit = stream(clerk.seed, "flags", clerk.form, clerk.column.id)
    yes, no = _FLAGS[int(habit.integers(0, 4 if clerk.column.no_is_written else 5))]
    texts = values.cast(pl.Int8).replace_strict([1, 0], [yes, no or None], return_dtype=pl.String)
    return Typed(texts, "number" if yes == "1" else "")


def _type_text(values: pl.Series, clerk: Clerk) -> Typed:
    texts = values.cast(pl.String)
    if clerk.column.id != "household_no":
        return Typed(texts)
    texts = _mix(texts, texts + " ", clerk.draws.random(len(texts)) < 0.004)
    return Typed(texts, "number" if clerk.draws.random() < 0.2 else "")


_TYPISTS: dict[str, Callable[[pl.Series, Clerk], Typed]] = {
    "id18": _type_id, "money": _type_money, "date": _type_date, "month": _type_month, "quarter": _type_quarter,
    "term": _type_term, "datetime": _type_datetime, "enum": _type_enum, "flag": _type_flag, "number": _type_number,
}  # fmt: skip


def type_column(values: pl.Series, clerk: Clerk) -> Typed:
    """One column as the clerk of a file types it; raises ValueError for an enum value that no contract knows."""
    return _TYPISTS.get(clerk.column.type, _type_text)(values, clerk)


def spoil(kind: str, column: Column, right: str | None, draws: Generator) -> str | None:
    """A cell that can't be taken: what stands there instead of `right`."""
    if kind == "missing_required":
        return None
    if kind == "negative_amount":
        return "-120.00"
    if kind == "bad_number":
        return "待核实"
    if kind == "bad_enum":
        return "待定类"
    if kind == "bad_id":
        return _bad_id(right, draws)
    return {"quarter": "2020-Q5", "term": "第三学期", "month": "2020-13", "datetime": "2020-06-31 09:00"}.get(
        column.type, ("2018/13/05", "2020年6月31日")[int(draws.integers(0, 2))]
    )


def _bad_id(right: str | None, draws: Generator) -> str:
    text = "359921198001011234" if right is None else right
    style = int(draws.integers(0, 3))
    if style == 0 and text.isascii() and text.isdigit() and len(text) == 18:
        return f"{RUINED}{text}"
    if style == 1:
        return text.strip().replace(" ", "")[:-1]
    body = "".join(text.split()).translate(
        {ord(wide): narrow for wide, narrow in zip("０１２３４５６７８９Ｘ", "0123456789X", strict=True)}
    )
    wrong = "0" if body[-1] != "0" else "1"
    return body[:-1] + wrong

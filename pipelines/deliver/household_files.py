"""一户一档: all that the warehouse knows of a monitored household and where it came from, a PDF per village."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.deliver.drawing import Drawing
from pipelines.deliver.household_parts import FACTS, MEMBERS, PARTS, SHOWN_FACTS, Part
from pipelines.deliver.identity import People
from pipelines.deliver.options import PaperOptions
from pipelines.deliver.paper import cell_text, official_text
from pipelines.deliver.source import Source
from pipelines.deliver.verification_list import safe_name
from pipelines.errors import MistakeError
from pipelines.explain.cjk_font import chinese_family
from pipelines.warehouse.sql import Name, statement

LABEL = "一户一档"
_LONG = re.compile(r"(/|^YJ[0-9A-Za-z]+-)")  # after these a path and a warning's number may go on in the next line
_TEMPLATE = Path(__file__).with_name("household_file.typ")
# Households whose lines are read at a time; more would be quicker, since the vault is opened for each lot.
_MOST_HELD = 24_000
_KEEP = "CREATE TEMP TABLE {table} AS SELECT row_number() OVER () AS line, part.* FROM "
_ON_REGISTER = " AS part WHERE part.household_no IN (SELECT household_no FROM marts.fct_monitored_household)"
_LINES = (
    "SELECT kept.* FROM {table} AS kept SEMI JOIN wanted ON kept.household_no = wanted.household_no ORDER BY kept.line"
)


@dataclass(frozen=True)
class _Village:
    """A village's households on the register: one row each, and what stands in the parts of their files."""

    facts: pl.DataFrame
    lines: dict[Part, pl.DataFrame]


def write_household_files(
    source: Source,
    options: PaperOptions,
    people: People,
    candidate: Path,
    *,
    threads: int,
    progress: Callable[[str], None],
) -> list[tuple[Path, int]]:
    """One PDF per village with households on the monitoring register, those that left it too, under households/; returns the files with their households.

    `threads` villages are drawn at a time. Without a Chinese font on the machine none is written, and `progress` says so.
    """
    facts = source.frame(FACTS)
    if facts.is_empty():
        return []
    try:
        font = chinese_family()
    except MistakeError as error:
        progress(f"一户一档：未制作。{error.message}")
        return []
    common = {
        "county": source.county_name,
        "unit": options.unit,
        "state": f"数据截止 {cell_text(source.as_of)}，批次 {source.run_id}",
        "data": source.data_state,
    }
    drawing = Drawing(_TEMPLATE, "file", font)

    def draw(village: _Village) -> tuple[Path, int]:
        place = [str(village.facts[name][0] or "") for name in ("township", "region_code", "village")]
        target = candidate / "households" / f"{'-'.join(map(safe_name, place))}-{source.as_of}.pdf"
        parts = {part: _grouped(rows, part) for part, rows in village.lines.items()}
        households = [_household(row, parts) for row in village.facts.iter_rows(named=True)]
        drawing.write(common | {"households": households}, target)
        return target, village.facts.height

    tables = _keep_parts(source)
    written: list[tuple[Path, int]] = []
    with ThreadPoolExecutor(threads) as pool:
        for batch in _batches(facts):
            written += pool.map(draw, _villages(source, people, tables, people.with_heads(batch)))
    return written


def _batches(facts: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """The households village by village, so many at a time; a village is never divided."""
    villages = facts.partition_by("region_code", maintain_order=True)
    held: list[pl.DataFrame] = []
    for village in villages:
        if held and sum(part.height for part in held) + village.height > _MOST_HELD:
            yield pl.concat(held)
            held = []
        held.append(village)
    yield pl.concat(held)


def _keep_parts(source: Source) -> dict[Part, Name]:
    """A table of DuckDB's for each part, which spills where it must: the lines of the households on the register, in order."""
    tables = {}
    for number, part in enumerate((MEMBERS, *PARTS)):
        tables[part] = Name(f"household_file_part_{number}")
        parameters = {"as_of": source.as_of} if "$as_of" in part.query else None
        source.connection.execute(
            statement(_KEEP + "(" + part.query + ")" + _ON_REGISTER, table=tables[part]), parameters
        )
    return tables


def _villages(source: Source, people: People, tables: dict[Part, Name], facts: pl.DataFrame) -> list[_Village]:
    """The villages of some households, each with the lines of its own; `facts` has one row per household."""
    homes = facts.select("household_no", "region_code")
    lines: dict[Part, dict[tuple[object, ...], pl.DataFrame]] = {}
    for part, table in tables.items():
        rows = source.frame_of(statement(_LINES, table=table), homes.select("household_no")).drop("line")
        if part is MEMBERS:
            rows = people.with_members(rows).select(
                "household_no", "person_name", "relation", *_sex_and_age(source),
                "health", "labour_ability", "self_care", "is_disabled",
            )  # fmt: skip
        rows = rows.join(homes, on="household_no", how="left", maintain_order="left")
        lines[part] = rows.partition_by("region_code", as_dict=True, include_key=False, maintain_order=True)
    return [
        _Village(rows, {part: found[code] for part, found in lines.items() if code in found})
        for code, rows in facts.partition_by("region_code", as_dict=True, maintain_order=True).items()
    ]


def _sex_and_age(source: Source) -> tuple[pl.Expr, pl.Expr]:
    """Sex and full years on D, from the id number; nothing where it is not known."""
    number = pl.col("person_id")
    born = number.str.slice(6, 8).str.to_date("%Y%m%d", strict=False)
    day = pl.lit(source.as_of)
    months = day.dt.month() - born.dt.month()  # small numbers only: polars keeps months and days in eight bits
    had_birthday = (months > 0) | ((months == 0) & (day.dt.day() >= born.dt.day()))
    age = day.dt.year() - born.dt.year() - 1 + had_birthday.cast(pl.Int32)
    odd = number.str.slice(16, 1).str.to_integer(strict=False) % 2 == 1
    return pl.when(odd).then(pl.lit("男")).when(~odd).then(pl.lit("女")).alias("sex"), age.alias("age")


def _grouped(rows: pl.DataFrame, part: Part) -> dict[str, dict[str, Any]]:
    """The part as the template takes it, by household; texts in official form."""
    texts = rows.with_columns(official_text(pl.col(pl.String).exclude("household_no", "warning_no")))
    found: dict[str, dict[str, Any]] = {}
    for household, *cells in texts.iter_rows():
        found.setdefault(household, _empty(part))["rows"].append(
            [_LONG.sub("\\1\u200b", cell_text(cell)) for cell in cells]
        )
    return found


def _empty(part: Part) -> dict[str, Any]:
    return {"name": part.name, "headers": part.headers, "widths": part.widths, "rows": []}


def _household(row: dict[str, Any], parts: dict[Part, dict[str, dict[str, Any]]]) -> dict[str, Any]:
    """One household: its facts in pairs, and every part, also those without rows."""
    return {
        "facts": [(label, cell_text(row[name])) for label, name in SHOWN_FACTS],
        "parts": [parts.get(part, {}).get(row["household_no"], _empty(part)) for part in (MEMBERS, *PARTS)],
    }

"""一户一档: all that the warehouse knows of a monitored household and where it came from, a PDF per village."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
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

LABEL = "一户一档"
_LONG = re.compile(r"(/|^YJ[0-9A-Za-z]+-)")  # after these a path and a warning's number may go on in the next line
_TEMPLATE = Path(__file__).with_name("household_file.typ")


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
    facts = people.with_heads(source.frame(FACTS))
    if facts.is_empty():
        return []
    try:
        font = chinese_family()
    except MistakeError as error:
        progress(f"一户一档：未制作。{error.message}")
        return []
    parts = {part.name: _grouped(_frame(source, part), part) for part in PARTS}
    members = people.with_members(source.frame(MEMBERS.query)).select(
        "household_no", "person_name", "relation", *_sex_and_age(source),
        "health", "labour_ability", "self_care", "is_disabled",
    )  # fmt: skip
    parts = {MEMBERS.name: _grouped(members, MEMBERS)} | parts
    common = {
        "county": source.county_name,
        "unit": options.unit,
        "state": f"数据截止 {cell_text(source.as_of)}，批次 {source.run_id}",
        "data": source.data_state,
    }
    drawing = Drawing(_TEMPLATE, "file", font)

    def draw(village: pl.DataFrame) -> tuple[Path, int]:
        place = [str(village[name][0] or "") for name in ("township", "region_code", "village")]
        target = candidate / "households" / f"{'-'.join(map(safe_name, place))}-{source.as_of}.pdf"
        households = [_household(row, parts) for row in village.iter_rows(named=True)]
        drawing.write(common | {"households": households}, target)
        return target, village.height

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(draw, facts.partition_by("region_code", maintain_order=True)))


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


def _frame(source: Source, part: Part) -> pl.DataFrame:
    """A part's rows of the households on the register, those that left it too."""
    parameters: dict[str, object] | None = {"as_of": source.as_of} if "$as_of" in part.query else None
    rows = source.frame(part.query, parameters)
    kept = source.frame("SELECT household_no FROM marts.fct_monitored_household")
    return rows.join(kept, on="household_no", how="semi", maintain_order="left")


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


def _household(row: dict[str, Any], parts: dict[str, dict[str, dict[str, Any]]]) -> dict[str, Any]:
    """One household: its facts in pairs, and every part, also those without rows."""
    declared = {part.name: part for part in (MEMBERS, *PARTS)}
    return {
        "facts": [(label, cell_text(row[name])) for label, name in SHOWN_FACTS],
        "parts": [found.get(row["household_no"], _empty(declared[name])) for name, found in parts.items()],
    }

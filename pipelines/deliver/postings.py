"""公示: for each village what has to be posted, on the village board and on the web, with nothing on it that may not be."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl

from pipelines.deliver.identity import NO_NAME, People
from pipelines.deliver.options import PaperOptions
from pipelines.deliver.paper import PaperColumn, PaperSheet, cell_text
from pipelines.deliver.posting_scan import forbidden, surname_only
from pipelines.deliver.report_papers import numbered
from pipelines.deliver.source import Source, chinese_date
from pipelines.deliver.verification_list import safe_name
from pipelines.deliver.workbook import workbook_bytes, write_file

LABELS = {"board": "公示（村务公开栏）", "web": "公示（网上公开）"}
_BOARD = (
    PaperColumn("place", "序号", 7), PaperColumn("shown_name", "户主姓名", 16), PaperColumn("members", "家庭人口", 12),
    PaperColumn("matter", "公示事项", 22), PaperColumn("term", "公示期", 36),
)  # fmt: skip
_WEB = tuple(column for column in _BOARD if column.name != "members")
_PROFILES = {"board": _BOARD, "web": _WEB}


def write_postings(
    source: Source, options: PaperOptions, people: People, candidate: Path, progress: Callable[[str], None]
) -> list[tuple[Path, str, int]]:
    """Two workbooks per village under postings/board and postings/web; returns file, label and rows.

    The board shows the head's full name and the household's size, for neighbours to object; the web the surname
    only. A posting with anything forbidden in a cell is not written, and
    `progress` is told which and what kind of thing.
    """
    rows = source.frame("SELECT * FROM marts.rpt_posting ORDER BY region_code, matter, household_no")
    rows = people.with_heads(rows)
    written = []
    for (code,), part in rows.partition_by("region_code", as_dict=True, maintain_order=True).items():
        township, village = (safe_name(str(part[name][0] or "")) for name in ("township", "village"))
        for profile, label in LABELS.items():
            sheet = posting_sheet(source, options, part, profile)
            found = forbidden(_cells(sheet))
            if found:
                progress(f"公示：{township}{village}的{label}未生成，内容中发现{'、'.join(found)}，请核对名单")
                continue
            target = candidate / "postings" / profile / f"{township}-{code}-{village}-{source.as_of}.xlsx"
            write_file(target, workbook_bytes([sheet]))
            written.append((target, label, sheet.rows.height))
    return written


def posting_sheet(source: Source, options: PaperOptions, rows: pl.DataFrame, profile: str) -> PaperSheet:
    """One village's posting for a profile (`board` or `web`); only the profile's columns are ever on it."""
    names = [name or NO_NAME for name in rows["head_name"]]
    shown = names if profile == "board" else [surname_only(name) for name in names]
    terms = [
        f"{chinese_date(first)}至{chinese_date(last)}" if first and last else "长期公示"
        for first, last in zip(rows["first_day"], rows["last_day"], strict=True)
    ]
    columns = _PROFILES[profile]
    rows = numbered(
        rows.with_columns(shown_name=pl.Series(shown, dtype=pl.String), term=pl.Series(terms, dtype=pl.String))
    )
    village = f"{rows['township'][0] or ''}{rows['village'][0] or ''}"
    last = rows["last_day"].drop_nulls().max()
    until = f"公示期最后一日为{chinese_date(last)}，期满的事项应撤下。" if last else ""  # type: ignore[arg-type]
    phone = f"，监督电话：{options.complaint_phone}" if options.complaint_phone else ""
    return PaperSheet(
        name="公示",
        title=f"{village}帮扶对象公示",
        unit=options.unit,
        as_of=source.as_of,
        measure="户",
        columns=columns,
        rows=rows.select(column.name for column in columns),
        notes=(
            f"{until}对公示内容有异议的，请在公示期内向村民委员会、乡镇人民政府或{options.unit}反映{phone}。批次 {source.run_id}。",
        ),
        origin=source.origin,
        signatures=("村民委员会（盖章）", "张贴日期") if profile == "board" else (),
        is_landscape=False,
    )


def _cells(sheet: PaperSheet) -> list[str]:
    """Title and every cell as printed; the note holds the county's own telephone and is ours."""
    return [sheet.title, *(cell_text(value) for row in sheet.rows.iter_rows() for value in row)]

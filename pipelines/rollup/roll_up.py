"""One roll-up: the counties' nights of one day, as a published folder of counts with its own manifest."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import polars as pl

from pipelines.audit import record
from pipelines.deliver.printed import Printer
from pipelines.deliver.workbook import workbook_bytes, write_file
from pipelines.errors import MistakeError
from pipelines.explain.cjk_font import chinese_family
from pipelines.rollup.figures import read_figures
from pipelines.rollup.nights import CountyNight, choose_nights
from pipelines.rollup.papers import LABEL, rollup_sheets
from pipelines.rollup.region import Region
from pipelines.rollup.tables import ROLLUP_FILE, write_tables
from pipelines.settings import Settings
from pipelines.warehouse.extract import state_hash
from pipelines.warehouse.lock import SHANGHAI, hold
from pipelines.warehouse.manifest import Manifest, hash_folder
from pipelines.warehouse.publish import fresh_candidate, make_current, place, seal

Progress = Callable[[str], None]


@dataclass(frozen=True)
class RolledUp:
    """What was published: its folder, its day, and each county's night."""

    folder: Path
    as_of: date
    nights: tuple[CountyNight, ...]


def roll_up(region: Region, as_of: date | None, settings: Settings, progress: Progress) -> RolledUp:
    """Sum up the counties' nights of one day and publish the result; each county's audit chain notes it.

    Raises what `choose_nights` and `read_figures` raise, LockedError when another roll-up is on.
    """
    with hold(region, "汇总"):
        day, nights = choose_nights(region, as_of)
        candidate = fresh_candidate(region, "rollup")
        work = region.home / "work"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(mode=0o700)
        progress(f"汇总：读取 {sum(night.folder is not None for night in nights)} 个县 {day} 的数据")
        figures = read_figures(nights, day, settings, work / "spill")
        contents = write_tables(figures, work, candidate / ROLLUP_FILE, settings)
        _write_papers(region, day, figures, candidate, progress)
        reported = [night.manifest for night in nights if night.manifest]
        state = state_hash(contents)
        manifest = Manifest(
            run_id=f"{day}-{state[:12]}",
            as_of=day.isoformat(),
            known_on=max(night.known_on for night in reported),
            county=region.name,
            region="、".join(night.county.region for night in nights),
            code_version="、".join(sorted({night.code_version for night in reported})),
            published_at=datetime.now(SHANGHAI).isoformat(timespec="seconds"),
            state=state,
            tables=contents,
            files=hash_folder(candidate),
            counts={"counties": len(nights), "reported": len(reported)},
        )
        seal(candidate, manifest)
        folder = place(region, candidate, manifest)
        for night in nights:
            if night.folder:
                record(night.county, "roll_up", night.folder.name, region=region.name)
        make_current(region, folder)
        shutil.rmtree(work)
    return RolledUp(folder, day, tuple(nights))


def _write_papers(
    region: Region, day: date, figures: dict[str, pl.DataFrame], candidate: Path, progress: Progress
) -> None:
    """The workbook, and its print where the machine has a Chinese font."""
    sheets = rollup_sheets(region, day, figures)
    target = candidate / f"{day}-{LABEL}.xlsx"
    write_file(target, workbook_bytes(sheets))
    try:
        Printer(chinese_family()).write(sheets, target.with_suffix(".pdf"))
    except MistakeError as error:
        progress(f"汇总：只制作工作簿，未制作 PDF。{error.message}")

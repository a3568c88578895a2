"""All papers of one night, from the closed build into the folder to be published."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipelines.county import County
from pipelines.deliver.identity import head_identities
from pipelines.deliver.options import PaperOptions, read_options
from pipelines.deliver.paper import PaperSheet
from pipelines.deliver.report_papers import dynamic_exit, monitoring_scale
from pipelines.deliver.source import Source, open_source
from pipelines.deliver.verification_list import LABEL, write_lists
from pipelines.deliver.workbook import workbook_bytes, write_file
from pipelines.settings import Settings

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Delivered:
    """One paper that was written: path inside the published folder, Chinese name, printed rows."""

    file: str
    label: str
    rows: int


def write_all(
    build: Path, candidate: Path, county: County, settings: Settings, progress: Progress = lambda _line: None
) -> list[Delivered]:
    """Write every paper of the night into `candidate`: townships/, reports/ and postings/; returns what was written.

    `build` is the closed DuckDB file of the night, opened read-only. Names come from the county's vault. Every
    file is written read-only. Raises MistakeError when county.yml's papers section cannot be used, DamageError
    when a key file is damaged.
    """
    options = read_options(county)
    with open_source(build, settings) as source:
        progress("清单：制作各乡镇预警核实清单")
        delivered = [
            Delivered(file.relative_to(candidate).as_posix(), LABEL, rows)
            for file, rows in write_lists(source, county, options, candidate)
        ]
        progress("报表：制作县级报表")
        delivered += _write_reports(source, county, options, candidate)
    return delivered


def _write_reports(source: Source, county: County, options: PaperOptions, candidate: Path) -> list[Delivered]:
    """The county's own reports, one workbook each, under reports/."""
    heads = head_identities(county, source).select("household_no", "head_name")
    reports: dict[str, list[PaperSheet]] = {
        "监测规模表": monitoring_scale(source, options),
        "动态退出表": dynamic_exit(source, options, heads),
    }
    return [_write_report(source, candidate, label, sheets) for label, sheets in reports.items() if sheets]


def _write_report(source: Source, candidate: Path, label: str, sheets: list[PaperSheet]) -> Delivered:
    target = candidate / "reports" / f"{source.as_of}-{label}.xlsx"
    write_file(target, workbook_bytes(sheets))
    return Delivered(target.relative_to(candidate).as_posix(), label, sum(sheet.rows.height for sheet in sheets))

"""All papers of one night, from the closed build into the folder to be published."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Semaphore

from pipelines.audiences import paper_folder
from pipelines.county import County
from pipelines.deliver.deferred import LABEL as DEFERRED_LABEL
from pipelines.deliver.deferred import cut_lists, deferred_list, record_order
from pipelines.deliver.exchange_files import LABEL as EXCHANGE_LABEL
from pipelines.deliver.exchange_files import exchange_lists
from pipelines.deliver.exit_report import dynamic_exit
from pipelines.deliver.household_files import LABEL as FILES_LABEL
from pipelines.deliver.household_files import write_household_files
from pipelines.deliver.identity import People
from pipelines.deliver.intake_papers import IDENTITY_LABEL, QUALITY_LABEL, data_quality_page, identity_sheets
from pipelines.deliver.issued import record_issued, warnings_event
from pipelines.deliver.options import PaperOptions, read_options
from pipelines.deliver.outside_report import outside_rows, outside_scale
from pipelines.deliver.paper import PaperSheet, volumes
from pipelines.deliver.postings import write_postings
from pipelines.deliver.printed import Printer
from pipelines.deliver.quarterly_effect import LABEL as EFFECT_LABEL
from pipelines.deliver.quarterly_effect import quarterly_effect
from pipelines.deliver.report_forms import COUNTY_FORMS, county_sheet, exchange_sheets, task_sheets
from pipelines.deliver.report_papers import monitoring_scale
from pipelines.deliver.sent import FEED, OUTSIDE, feed_rows, has_feed, is_due, record_sent
from pipelines.deliver.source import Source, open_source
from pipelines.deliver.under_way import OBSERVATION_LABEL, PROCEDURE_LABEL, observation_list, procedure_progress
from pipelines.deliver.verification_list import LABEL, Listed, safe_name, write_lists
from pipelines.deliver.workbook import workbook_bytes, write_file
from pipelines.errors import MistakeError
from pipelines.explain.cjk_font import chinese_family
from pipelines.risk.visits import record_visits, visits_event
from pipelines.settings import Settings

Progress = Callable[[str], None]
PRINT = "（打印件）"  # after a report's name: its PDF
_MOST_HELD_ROWS = 40_000  # in memory while a workbook of them is drawn, at some two kilobytes each
_MOST_PRINTED_ROWS = 25_000  # some 900 pages: nobody prints more, and the workbook has it all
_VOLUME_ROWS = 2_000  # of one PDF, some 75 pages: drawing them takes 150 kilobytes a row


@dataclass(frozen=True)
class Delivered:
    """One paper that was written: path inside the published folder, Chinese name, printed rows."""

    file: str
    label: str
    rows: int


def write_all(
    build: Path, candidate: Path, county: County, settings: Settings, progress: Progress = lambda _line: None
) -> list[Delivered]:
    """Write every paper of the night into `candidate`: townships/, reports/, officials/, postings/, households/.

    Returns what was written.

    `build` is the closed DuckDB file of the night, opened read-only. Names come from the county's vault. Every
    file is written read-only. Raises MistakeError when county.yml's papers section cannot be used, DamageError
    when a key file is damaged.
    """
    options = read_options(county)
    with open_source(build, settings) as source:
        papers = _NightPapers(source, county, options, candidate, settings.threads)
        progress("清单：制作各乡镇预警核实清单")
        delivered = papers.lists()
        progress("报表：制作县级报表和部门清单")
        delivered += papers.reports(progress)
        progress("公示：制作村级公示")
        delivered += papers.postings(progress)
        progress("档案：制作监测对象一户一档")
        delivered += papers.household_files(progress)
        progress("质量：制作数据质量检查和身份核对清单")
        delivered += papers.of_intake()
    return delivered


def hand_out(build: Path, county: County, settings: Settings) -> None:
    """Note in the ledger what the night of the closed file `build` hands out; call it just before the switch.

    Warnings every night, and the order of lists that were cut; visits at a month's end; the change feed and the outside
    report when they are due.
    """
    with open_source(build, settings) as source:
        record_issued(county, warnings_event(source))
        record_order(county, source, Listed(source))
        record_visits(county, visits_event(source))
        if has_feed(source) and is_due(source, FEED):
            record_sent(county, source, FEED, feed_rows(source))
        if is_due(source, OUTSIDE):
            record_sent(county, source, OUTSIDE, outside_rows(source, read_options(county).small_number))


class _NightPapers:
    """The papers of one night, `threads` of them drawn at a time; names come from the vault as they are needed."""

    def __init__(self, source: Source, county: County, options: PaperOptions, candidate: Path, threads: int) -> None:
        self._source, self._county, self._options, self._candidate = source, county, options, candidate
        self._threads = threads
        self._people = People(county, source)
        self._listed = Listed(source)

    def lists(self) -> list[Delivered]:
        """The townships' verification lists."""
        written = write_lists(
            self._listed, self._people, self._county, self._options, self._candidate, threads=self._threads
        )
        return [self._delivered(file, LABEL, rows) for file, rows in written]

    def reports(self, progress: Progress) -> list[Delivered]:
        """The county's own reports, and one for each department with anything to do: a workbook and its print.

        A report's rows are read while earlier ones are drawn; the rows of all are never held at once.
        """
        printer = self._printer(progress)
        free = Semaphore(self._threads)

        def write(label: str, sheets: list[PaperSheet]) -> list[Delivered]:
            try:
                return list(self._report(label, sheets, printer))
            finally:
                free.release()

        drawn: list[Future[list[Delivered]]] = []
        with ThreadPoolExecutor(self._threads) as pool:
            for label, sheets in self._report_sheets():
                if sheets:
                    free.acquire()
                    drawn.append(pool.submit(write, label, sheets))
        return [paper for papers in drawn for paper in papers.result()]

    def _report_sheets(self) -> Iterator[tuple[str, list[PaperSheet]]]:
        """The sheets of one report after another, each with its name; none where it has nothing to say."""
        source, options, people = self._source, self._options, self._people
        yield "监测规模表", monitoring_scale(source, options)
        yield "监测规模表（对外）", [outside_scale(source, options)] if is_due(source, OUTSIDE) else []
        yield "动态退出表", dynamic_exit(source, options, people)
        yield "信息交换", exchange_sheets(source, options)
        yield DEFERRED_LABEL, deferred_list(source, options, people, cut_lists(self._listed))
        yield EXCHANGE_LABEL, exchange_lists(source, options, people)
        for form in COUNTY_FORMS:
            yield form.label, [county_sheet(source, options, form, people)]
        yield PROCEDURE_LABEL, procedure_progress(source, options, people)
        yield OBSERVATION_LABEL, observation_list(source, options, people)
        yield EFFECT_LABEL, quarterly_effect(source, options, people)
        for department, sheets in task_sheets(source, options, people):
            yield f"部门清单-{safe_name(department)}", sheets

    def postings(self, progress: Progress) -> list[Delivered]:
        """What villages post."""
        written = write_postings(self._source, self._options, self._people, self._candidate, progress)
        return [self._delivered(file, label, rows) for file, label, rows in written]

    def household_files(self, progress: Progress) -> list[Delivered]:
        """The monitored households' files, village by village."""
        written = write_household_files(
            self._source,
            self._options,
            self._people,
            self._candidate,
            threads=self._threads,
            progress=progress,
        )
        return [self._delivered(file, FILES_LABEL, rows) for file, rows in written]

    def of_intake(self) -> list[Delivered]:
        """The data-quality page and the list of people to be made sure of."""
        page = self._candidate / "reports" / f"{self._source.as_of}-{QUALITY_LABEL}.html"
        write_file(page, data_quality_page(self._county, self._source))
        sheets = identity_sheets(self._county, self._source, self._options)
        written = [self._delivered(page, QUALITY_LABEL, 0)]
        return [*written, *self._report(IDENTITY_LABEL, sheets, None)] if sheets else written

    @staticmethod
    def _printer(progress: Progress) -> Printer | None:
        """What prints reports; without a Chinese font on the machine there is none, and `progress` says so."""
        try:
            return Printer(chinese_family())
        except MistakeError as error:
            progress(f"报表：只制作工作簿，未制作 PDF。{error.message}")
            return None

    def _report(self, label: str, sheets: list[PaperSheet], printer: Printer | None) -> Iterator[Delivered]:
        """A report's workbook and its PDF, of a long report in volumes. Lists that departments exchange are data: a workbook alone, with the password."""
        folder = paper_folder(column.name for sheet in sheets for column in sheet.columns)
        target = self._candidate / folder / f"{self._source.as_of}-{label}.xlsx"
        rows = sum(sheet.rows.height for sheet in sheets)
        is_exchange = label == EXCHANGE_LABEL
        password = self._options.password if is_exchange else ""
        aside = None if rows <= _MOST_HELD_ROWS else self._source.spill
        write_file(target, workbook_bytes(sheets, password=password, aside=aside))
        yield self._delivered(target, label, rows)
        if printer and not is_exchange and rows <= _MOST_PRINTED_ROWS:
            bound = volumes(sheets, _VOLUME_ROWS)
            for number, volume in enumerate(bound, start=1):
                told = f"-第{number}册" if len(bound) > 1 else ""
                printed = target.with_name(f"{target.stem}{told}.pdf")
                printer.write(volume, printed)
                yield self._delivered(printed, f"{label}{told}{PRINT}", sum(sheet.rows.height for sheet in volume))

    def _delivered(self, file: Path, label: str, rows: int) -> Delivered:
        return Delivered(file.relative_to(self._candidate).as_posix(), label, rows)

"""One night on one county: files in, warehouse built, scored, listed, checked and published as a whole.

The shell and Dagster both run these stages, in this order, under the county's lock. A kill at any moment loses
nothing: only the last stage changes what readers see, and running again gives the same tables.
"""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from pipelines.audiences import grant, read_audiences
from pipelines.audit import record
from pipelines.county import County
from pipelines.deliver.night_papers import Delivered, hand_out, write_all
from pipelines.errors import MistakeError, ShouwangError, disk_error
from pipelines.intake.ledger import read_receipts
from pipelines.intake.receipt import Receipt
from pipelines.intake.receive import receive
from pipelines.intake.returns import write_returns
from pipelines.risk import score_night
from pipelines.settings import Settings
from pipelines.vault.rewrite import finish
from pipelines.warehouse.build import DUCKDB, BuildResult, run_dbt
from pipelines.warehouse.extract import TableContent, state_hash, write_analyst_file
from pipelines.warehouse.gates import ANALYST_FILE, check_gates, require_open, tests_gate
from pipelines.warehouse.identity import RunIdentity, identify
from pipelines.warehouse.invariants import require_accounted
from pipelines.warehouse.lake_check import mend_lake
from pipelines.warehouse.ledger_seal import require_whole_ledger, seal_of_ledger
from pipelines.warehouse.load import load_raw
from pipelines.warehouse.lock import SHANGHAI, hold
from pipelines.warehouse.manifest import Manifest, hash_folder
from pipelines.warehouse.publish import fresh_candidate, make_current, place, seal
from pipelines.warehouse.retention import prune
from pipelines.warehouse.spark import build_on_spark
from pipelines.warehouse.summary import NightSummary, summarise

Progress = Callable[[str], None]
STAGES = ("receive", "load", "build", "score", "extract", "deliver", "publish")


@dataclass(frozen=True)
class NightReport:
    """What one night came to: its identity, its figures, the published folder and its state hash."""

    identity: RunIdentity
    summary: NightSummary
    folder: Path
    state: str
    seconds: float


def today() -> date:
    """Today in the county's own time zone."""
    return datetime.now(SHANGHAI).date()


def yesterday() -> date:
    """The default as-of day."""
    return today() - timedelta(days=1)


@dataclass
class Night:
    """The stages of one night, to be called in the order they are written, while `lock` is held.

    Every stage raises a ShouwangError with a Chinese message when it cannot be done.
    """

    county: County
    as_of: date
    known_on: date
    settings: Settings
    progress: Progress
    lock: int
    done: list[str] = field(default_factory=list)
    received: list[Receipt] = field(init=False)
    identity: RunIdentity = field(init=False)
    work: Path = field(init=False)
    candidate: Path = field(init=False)
    built: BuildResult = field(init=False)
    contents: dict[str, TableContent] = field(init=False)

    @property
    def warehouse(self) -> Path:
        """The DuckDB file of this night, seen by nobody else."""
        return self.work / "warehouse.duckdb"

    @property
    def spill(self) -> Path:
        """Where DuckDB puts what does not fit in memory."""
        return self.work / "spill"

    def _begin(self, stage: str, told: str) -> None:
        """Say what comes now. Raises MistakeError when an earlier stage was left out."""
        if tuple(self.done) != STAGES[: STAGES.index(stage)]:
            raise MistakeError("夜间任务的各步依次相连，不能单独运行其中一步。请运行整个夜间任务（night）。")
        self.done.append(stage)
        self.progress(told)

    def receive(self) -> None:
        """Take in every file that lies in landing, then name the night after all that is known."""
        self._begin("receive", "收件：读取各部门报送的文件")
        finish(self.county)
        require_whole_ledger(self.county)
        self.received = receive(self.county, progress=self._show_file)
        trusted = {receipt.content for receipt in self.received}
        for file in mend_lake(self.county, trusted):
            self.progress(f"自愈：{file} 的入湖数据有损坏，已按原件重做")
        require_accounted(self.county)
        write_returns(self.county)
        self.identity = identify(self.county, self.settings, self.as_of, self.known_on)

    def _show_file(self, done: int, total: int, file: str) -> None:
        """Say which file is being read, every so often."""
        if done % 50 == 0:
            self.progress(f"收件：第 {done + 1} 个，共 {total} 个，{file}")

    def load(self) -> None:
        """Clear away what dead nights left, and put the files known on K into a DuckDB file of this night's own."""
        self._begin("load", "装载：把已收文件装入新的数据文件")
        shutil.rmtree(self.county.work, ignore_errors=True)
        self.work = self.county.work / self.identity.run_id
        self.work.mkdir(mode=0o700, parents=True)
        self.candidate = fresh_candidate(self.county, self.identity.run_id)
        load_raw(self.county, self.warehouse, self.identity)

    def build(self) -> BuildResult:
        """Compute and test every model."""
        self._begin("build", "计算：收入、标准线、认定和预警")
        if self.settings.engine == DUCKDB:
            self.built = run_dbt(self.warehouse, self.work, self.settings, self.lock)
        else:
            self.built = build_on_spark(
                self.county, self.warehouse, self.work, self.identity, self.settings, lock=self.lock
            )
        return self.built

    def score(self) -> int:
        """Score every household; returns how many. Raises GateError when a test of the models failed."""
        self._begin("score", "评分：给每户评分并写明理由")
        require_open([tests_gate(self.built)])
        return score_night(self.warehouse, self.county, self.settings, self.identity, self.progress)

    def extract(self) -> None:
        """Copy the marts into the analysts' file."""
        self._begin("extract", "导出：制作分析用数据文件")
        self.contents = write_analyst_file(self.warehouse, self.candidate / ANALYST_FILE, self.spill, self.settings)

    def deliver(self) -> list[Delivered]:
        """Write the papers: township lists, reports, postings."""
        self._begin("deliver", "制表：制作乡镇清单、报表和公示")
        return write_all(self.warehouse, self.candidate, self.county, self.settings, self.progress)

    def publish(self) -> NightReport:
        """Judge the gates, seal the folder and make it current."""
        self._begin("publish", "检查：逐道核对发布关口")
        require_open(check_gates(self.candidate, self.contents, self.spill, self.settings))
        summary = summarise(self.candidate / ANALYST_FILE, self.spill, self.settings)
        manifest = Manifest(
            run_id=self.identity.run_id,
            as_of=self.as_of.isoformat(),
            known_on=self.known_on.isoformat(),
            county=self.county.name,
            region=self.county.region,
            code_version=self.identity.code_version,
            published_at=datetime.now(SHANGHAI).isoformat(timespec="seconds"),
            state=state_hash(self.contents),
            tables=self.contents,
            files=hash_folder(self.candidate),
            counts={"files": summary.files, "rejected": summary.rejected, "warnings": summary.warnings},
        )
        self.progress("发布：封存并切换")
        seal(self.candidate, manifest)
        folder = place(self.county, self.candidate, manifest)
        grant(self.county, folder)
        hand_out(self.warehouse, self.county, self.settings)
        record(
            self.county,
            "publish",
            folder.name,
            as_of=manifest.as_of,
            known_on=manifest.known_on,
            state=manifest.state,
            code=manifest.code_version,
            **seal_of_ledger(self.county),
        )
        make_current(self.county, folder)
        prune(self.county)
        shutil.rmtree(self.work, ignore_errors=True)
        return NightReport(self.identity, summary, folder, manifest.state, 0.0)


@contextlib.contextmanager
def open_night(
    county: County, as_of: date, known_on: date | None, settings: Settings, progress: Progress
) -> Iterator[Night]:
    """A night under the county's lock; where K is not given, all that was received counts.

    K is then today, or, where the clock was ahead once, the last day on which anything was received.

    Raises MistakeError for an as-of day that is not over, LockedError when another run is on, DiskError when the
    disk fills up.
    """
    today = datetime.now(SHANGHAI).date()
    if as_of > today:
        raise MistakeError(f"基准日 {as_of} 还没有到。请用 --as-of 指定今天或以前的日期。")
    if known_on is None:
        known_on = max([today, *(receipt.received_on for receipt in read_receipts(county))])
        if known_on > today:
            progress(f"时钟：本机日期 {today} 早于最近一次收件的 {known_on}，请校准。本次仍采用全部已收文件")
    read_audiences(county)  # a mistake there is told before the night's work, not after
    try:
        with hold(county, f"运行 {as_of} 的夜间任务") as lock:
            yield Night(county, as_of, known_on, settings, progress, lock)
    except ShouwangError:
        raise
    except Exception as error:
        full = disk_error(error, county.home)
        if full is None:
            raise
        raise full from None


def run_night(
    county: County,
    as_of: date,
    known_on: date | None = None,
    progress: Progress = lambda _line: None,
    settings: Settings | None = None,
) -> NightReport:
    """Run all stages; returns the report once the result is published. Raises ShouwangError when it is not."""
    started = time.monotonic()
    with open_night(county, as_of, known_on, settings or Settings.from_environment(), progress) as night:
        night.receive()
        night.load()
        night.build()
        night.score()
        night.extract()
        night.deliver()
        report = night.publish()
    return NightReport(report.identity, report.summary, report.folder, report.state, time.monotonic() - started)

"""The answer that a department gets before it sends anything: what would be taken of its files, and what would not."""

from __future__ import annotations

import datetime
import hashlib
import secrets
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from expectations.contract import all_contracts
from pipelines.county import County
from pipelines.deliver.options import read_options
from pipelines.intake.landing import sendable_files
from pipelines.intake.quality import Batch, batch_quality
from pipelines.intake.read_file import CONFIRMED
from pipelines.intake.readers import Readers, ReadOutcome
from pipelines.intake.reading_process import ACCEPTED, REJECTED
from pipelines.intake.refusal import Refusal
from pipelines.vault.key_ring import KeyRing

_SHOWN = 20  # rejected rows listed per file


@dataclass(frozen=True)
class RowProblem:
    """One row that would be rejected; `row` counts lines of its sheet from 1, `reason` is Chinese."""

    sheet: str | None
    row: int
    column: str
    reason: str


@dataclass(frozen=True)
class FileAnswer:
    """What would become of one file.

    Attributes:
        file: the path as it was given.
        label, period: Chinese name of the recognised form and its period; "" when not recognised.
        rows, loaded, rejected: rows = loaded + rejected; all 0 when refused.
        repeats: rows among the loaded that repeat an earlier row of the same file exactly.
        problems: every row that would be rejected.
        remarks: Chinese sentences.
        question: what would be asked before the file is taken (a rule of severity error failed); None for nothing.
        refused: why the whole file would be refused; None when it would be taken.
    """

    file: str
    label: str
    period: str
    rows: int
    loaded: int
    rejected: int
    repeats: int
    problems: tuple[RowProblem, ...]
    remarks: tuple[str, ...]
    question: str | None
    refused: Refusal | None

    @property
    def verdict(self) -> str:
        """`taken`, `in_part`, `held` or `refused`."""
        if self.refused:
            return "refused"
        if self.question:
            return "held"
        return "in_part" if self.rejected else "taken"


def _name_in_landing(path: Path) -> str:
    """The name a file would have in the landing folder, as far as its own folders tell."""
    known = set(all_contracts()) | {contract.label for contract in all_contracts().values()}
    folders = [part for part in path.resolve().parts[:-1] if part in known]
    return f"{folders[-1]}/{path.name}" if folders else path.name


def _refused(path: Path, refusal: Refusal) -> FileAnswer:
    return FileAnswer(str(path), "", "", 0, 0, 0, 0, (), (), None, refusal)


def _answer(path: Path, outcome: ReadOutcome, county: County | None) -> FileAnswer:
    if outcome.summary is None:
        changing = Refusal("changing", "文件正在变化，可能还没有复制完。请稍后再查。")
        return _refused(path, outcome.refused or changing)
    summary = outcome.summary
    accepted = outcome.folder / ACCEPTED
    hashes = pl.read_parquet(accepted, columns=["_row_hash"])["_row_hash"]
    end = datetime.date.fromisoformat(summary["period_end"])
    quality = batch_quality(county, Batch(summary["form"], summary["period"], end, (accepted,)), (), None)
    rejected = pl.read_parquet(outcome.folder / REJECTED, columns=["sheet", "row", "column_header", "reason"])
    return FileAnswer(
        file=str(path),
        label=all_contracts()[summary["form"]].label,
        period=summary["period"],
        rows=summary["rows"],
        loaded=summary["loaded"],
        rejected=summary["rejected"],
        repeats=len(hashes) - hashes.n_unique(),
        problems=tuple(RowProblem(*row) for row in rejected.iter_rows()),
        remarks=(*summary["remarks"], *quality.remarks),
        question=None if CONFIRMED in path.name else quality.question,
        refused=None,
    )


def _files(paths: Sequence[Path]) -> list[Path]:
    """The files meant: folders give way to what lies in them, as in the landing folder."""
    return [file for path in paths for file in (sendable_files(path) if path.is_dir() else [path])]


def check_files(paths: Sequence[Path], county: County | None = None) -> list[FileAnswer]:
    """Read files as intake would, and keep nothing.

    A folder stands for the files in it. A file is of the form in whose folder it lies, else of the one whose header
    it carries. `county` lends its key, the password of its own lists and its plausible amounts; what needs its earlier
    files (a list that lacks half, a number of rows that doubled) is only asked at the door. Never raises because of a
    file. Imports Great Expectations (some seconds).
    """
    keys = KeyRing.of(county) if county else KeyRing((secrets.token_bytes(32),))
    password = read_options(county).password if county else ""
    answers = []
    with (
        tempfile.TemporaryDirectory(prefix="shouwang-check-") as scratch,
        Readers(Path(scratch) / "r", keys, password=password) as readers,
    ):
        for path in _files(paths):
            if not path.is_file() or path.is_symlink():
                answers.append(_refused(path, Refusal("no_file", "没有这个文件，或它不是普通文件。请核对路径。")))
                continue
            try:
                with path.open("rb") as stream:
                    digest = hashlib.file_digest(stream, "sha256").hexdigest()
            except OSError:
                answers.append(_refused(path, Refusal("no_permission", "文件打不开，可能没有读取权限或正被占用。")))
                continue
            outcome = readers.read(path, _name_in_landing(path), digest, size=path.stat().st_size)
            answers.append(_answer(path, outcome, county))
    return answers


def render(answers: Sequence[FileAnswer]) -> str:
    """The answers in Chinese: a line for each file, below it what to change, a summary last."""
    lines = [line for answer in answers for line in _block(answer)]
    counts = {
        verdict: sum(answer.verdict == verdict for answer in answers)
        for verdict in ("taken", "in_part", "held", "refused")
    }
    lines.append(
        f"共 {len(answers)} 份：全部可接收 {counts['taken']} 份，部分可接收 {counts['in_part']} 份，"
        f"须核对确认 {counts['held']} 份，不能接收 {counts['refused']} 份。"
    )
    return "\n".join(lines)


def _block(answer: FileAnswer) -> list[str]:
    if answer.refused:
        return [f"✘ {answer.file}：不能接收。{answer.refused.reason}"]
    head = f"{answer.file}：《{answer.label}》{answer.period}，"
    counted = f"{answer.rows} 行" + (
        f"（其中 {answer.repeats} 行与前面的行完全相同，只计一次）" if answer.repeats else ""
    )
    if not answer.rejected:
        lines = [f"{'▲' if answer.question else '✔'} {head}{counted}，全部可以接收。"]
    else:
        lines = [f"▲ {head}{counted}，可接收 {answer.loaded} 行，需改正 {answer.rejected} 行："]
        lines += [f"    {_place(problem)}：{problem.reason}" for problem in answer.problems[:_SHOWN]]
        if answer.rejected > _SHOWN:
            lines.append(f"    另有 {answer.rejected - _SHOWN} 行，收件后见退回清单。")
    if answer.question:
        lines.append(f"    须核对：{answer.question}")
    return lines + [f"    提示：{remark}" for remark in answer.remarks]


def _place(problem: RowProblem) -> str:
    sheet = f"工作表“{problem.sheet}”" if problem.sheet else ""
    return f"{sheet}第 {problem.row} 行"

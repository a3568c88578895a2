"""The data quality of a run: every form's suite on its latest period, and a page of it that shows no value."""

from __future__ import annotations

import datetime
import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from expectations.contract import FormContract, all_contracts, load_contract
from expectations.suites import ERROR, RuleResult, SuiteContext, run_suite
from pipelines.county import County
from pipelines.intake.lake import forms_file
from pipelines.intake.ledger import read_receipts
from pipelines.intake.plausible import plausible_amounts
from pipelines.intake.receipt import Receipt


@dataclass(frozen=True)
class FormQuality:
    """One form's latest period: how many rows it has (repeats left out) and what its rules say."""

    contract: FormContract
    period: str
    rows: int
    results: tuple[RuleResult, ...]

    @property
    def is_held(self) -> bool:
        """Whether a rule of severity error failed: the batch is not taken in."""
        return any(not result.passed and result.severity == ERROR for result in self.results)

    @property
    def question(self) -> str | None:
        """What a held batch's department is asked (Chinese); None when it is not held."""
        if not self.is_held:
            return None
        failed = [result for result in self.results if not result.passed and result.severity == ERROR]
        broken = "（其中有检查无法执行，请同时告知系统管理员）" if any(result.broken for result in failed) else ""
        return (
            f"{self.period} 的《{self.contract.label}》不符合“{'”“'.join(result.label for result in failed)}”，暂不接收{broken}。"
            f"请核对后改正重报；如确实如此，请在文件名末尾加“确认”二字。"
        )

    @property
    def remarks(self) -> tuple[str, ...]:
        """What the department is told although the batch is taken in (Chinese)."""
        return tuple(result.problem for result in self.results if not result.passed and result.severity != ERROR)


@dataclass(frozen=True)
class Batch:
    """One form's rows of one period, to be held against its suite: files in the lake and files that still wait."""

    form: str
    period: str
    end: datetime.date
    files: tuple[Path, ...]


def _rows(files: Iterable[Path]) -> pl.LazyFrame:
    """The rows of some files of one form, repeats left out; only the columns asked of them are read."""
    return pl.concat([pl.scan_parquet(file) for file in files]).unique("_row_hash", keep="first", maintain_order=True)


def _count(rows: pl.LazyFrame) -> int:
    number: int = rows.select(pl.len()).collect().item()
    return number


def by_period(receipts: Iterable[Receipt]) -> dict[str, list[Receipt]]:
    """Receipts of one form by period, the earliest period first, within it in the order of receiving."""
    periods: dict[str, list[Receipt]] = {}
    for receipt in sorted(receipts, key=lambda receipt: (receipt.period, receipt.later_than_key())):
        periods.setdefault(receipt.period, []).append(receipt)
    return periods


def _lake_files(county: County, receipts: Iterable[Receipt]) -> tuple[Path, ...]:
    return tuple(forms_file(county, receipt.form, receipt.content) for receipt in receipts)


def known_people(county: County, receipts: Iterable[Receipt]) -> pl.Series | None:
    """Keys of everybody on the latest member list among some receipts, each once; None without one."""
    periods = by_period(receipt for receipt in receipts if receipt.form == "registry_member")
    if not periods:
        return None
    listed = _rows(_lake_files(county, list(periods.values())[-1])).select(pl.col("person_key").drop_nulls().unique())
    return listed.collect().to_series()


def batch_quality(
    county: County | None, batch: Batch, taken: Sequence[Receipt], people: pl.Series | None
) -> FormQuality:
    """Run a batch's suite; `taken` are the county's accepted receipts, `people` those known. Imports Great Expectations."""
    contract = load_contract(batch.form)
    periods = by_period(receipt for receipt in taken if receipt.form == batch.form and receipt.period < batch.period)
    context = SuiteContext(
        latest=batch.end,
        previous_rows=_count(_rows(_lake_files(county, list(periods.values())[-1]))) if county and periods else None,
        known_people=people,
        bounds=plausible_amounts(county, batch.form, batch.end),
    )
    rows = _rows(batch.files)
    return FormQuality(contract, batch.period, _count(rows), run_suite(contract, rows, context))


def check_quality(county: County, known_on: datetime.date | None = None) -> list[FormQuality]:
    """Run the suite of every form that has come, on its latest period known on a day; in the contracts' order.

    Imports Great Expectations (some seconds). Raises MistakeError when the county's parameters cannot be read.
    """
    taken = [receipt for receipt in read_receipts(county, known_on) if receipt.refused is None]
    people = known_people(county, taken)
    qualities = []
    for form in all_contracts():
        periods = by_period(receipt for receipt in taken if receipt.form == form)
        if periods:
            period, latest = list(periods.items())[-1]
            end = max(receipt.period_end or receipt.received_on for receipt in latest)
            batch = Batch(form, period, end, _lake_files(county, latest))
            qualities.append(batch_quality(county, batch, taken, people))
    return qualities


_STYLE = (
    "body{font-family:'Noto Sans CJK SC','Microsoft YaHei',sans-serif;margin:2em auto;max-width:60em;color:#222}"
    "table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid #ddd;padding:.35em .6em;text-align:left}"
    ".bad{color:#a40000;font-weight:bold}.warn{color:#8a5a00}.good{color:#2c6e2f}"
)


def quality_page(qualities: list[FormQuality], county_name: str, made_on: datetime.date) -> str:
    """A self-contained HTML page (Chinese) of the results; it holds no value of any row and loads nothing."""
    failed = [result for quality in qualities for result in quality.results if not result.passed]
    head = f"{county_name}数据质量检查 {made_on}"
    lines = [_form_lines(quality) for quality in qualities]
    return (
        f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>{html.escape(head)}</title>'
        f"<style>{_STYLE}</style><h1>{html.escape(head)}</h1>"
        f"<p>{len(qualities)} 张报表，{len(failed)} 项检查未通过。</p>"
        "<table><tr><th>报表</th><th>期</th><th>行数</th><th>检查</th><th>结果</th></tr>"
        + "".join(lines)
        + "</table></html>"
    )


def _form_lines(quality: FormQuality) -> str:
    lines = []
    for place, result in enumerate(quality.results):
        style = "good" if result.passed else "bad" if result.severity == ERROR else "warn"
        verdict = "通过" if result.passed else "未通过，须经部门确认" if result.severity == ERROR else "未通过，请核对"
        first = (
            f"<td>{html.escape(quality.contract.label)}</td><td>{html.escape(quality.period)}</td><td>{quality.rows}</td>"
            if place == 0
            else "<td></td><td></td><td></td>"
        )
        lines.append(f'<tr>{first}<td>{html.escape(result.label)}</td><td class="{style}">{verdict}</td></tr>')
    return "".join(lines)

"""The data quality of a run: every form's suite on its latest period, and a page of it that shows no value."""

from __future__ import annotations

import datetime
import html
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from expectations.contract import FormContract, all_contracts, load_contract
from expectations.suites import ERROR, RuleResult, SuiteContext, run_suite
from pipelines.county import County
from pipelines.intake.lake import forms_file
from pipelines.intake.ledger import read_receipts
from pipelines.intake.receipt import Receipt

Bounds = Mapping[tuple[str, str], tuple[int, int]]


@dataclass(frozen=True)
class FormQuality:
    """One form's latest period: how many rows it has (repeats left out) and what its rules say."""

    contract: FormContract
    period: str
    rows: int
    results: tuple[RuleResult, ...]

    @property
    def is_held(self) -> bool:
        """Whether a rule of severity error failed: the period should not be used."""
        return any(not result.passed and result.severity == ERROR for result in self.results)


def _rows(county: County, receipts: list[Receipt]) -> pl.DataFrame:
    files = [forms_file(county, receipt.form, receipt.content) for receipt in receipts]
    return pl.concat([pl.read_parquet(file) for file in files]).unique("_row_hash", keep="first", maintain_order=True)


def _by_period(receipts: list[Receipt]) -> dict[str, list[Receipt]]:
    periods: dict[str, list[Receipt]] = {}
    for receipt in sorted(receipts, key=lambda receipt: (receipt.period, receipt.later_than_key())):
        periods.setdefault(receipt.period, []).append(receipt)
    return periods


def _known_people(county: County, receipts: list[Receipt]) -> frozenset[str] | None:
    periods = _by_period([receipt for receipt in receipts if receipt.form == "registry_member"])
    if not periods:
        return None
    return frozenset(_rows(county, list(periods.values())[-1])["person_key"].drop_nulls())


def check_quality(
    county: County, known_on: datetime.date | None = None, bounds: Bounds | None = None
) -> list[FormQuality]:
    """Run the suite of every form that has come, on its latest period known on a day.

    `bounds`: (form, column id) -> plausible amounts in fen. Imports Great Expectations (some seconds).
    """
    receipts = [receipt for receipt in read_receipts(county, known_on) if receipt.refused is None]
    known = _known_people(county, receipts)
    qualities = []
    for form in all_contracts():
        periods = _by_period([receipt for receipt in receipts if receipt.form == form])
        if not periods:
            continue
        period, latest = list(periods.items())[-1]
        before = list(periods.values())[-2] if len(periods) > 1 else []
        context = SuiteContext(
            latest=max(receipt.period_end or receipt.received_on for receipt in latest),
            previous_rows=_rows(county, before).height if before else None,
            known_people=known,
            bounds={column: limits for (of, column), limits in (bounds or {}).items() if of == form},
        )
        rows = _rows(county, latest)
        contract = load_contract(form)
        qualities.append(FormQuality(contract, period, rows.height, run_suite(contract, rows, context)))
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
        verdict = "通过" if result.passed else "未通过，暂不使用" if result.severity == ERROR else "未通过，请核对"
        first = (
            f"<td>{html.escape(quality.contract.label)}</td><td>{html.escape(quality.period)}</td><td>{quality.rows}</td>"
            if place == 0
            else "<td></td><td></td><td></td>"
        )
        lines.append(f'<tr>{first}<td>{html.escape(result.label)}</td><td class="{style}">{verdict}</td></tr>')
    return "".join(lines)

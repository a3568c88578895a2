"""Which forms of a month are here, late or failing, department by department."""

from __future__ import annotations

import datetime
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from expectations.contract import FormContract, all_contracts
from pipelines.county import County
from pipelines.intake.ledger import read_receipts
from pipelines.intake.period import month_period, period_at_start
from pipelines.intake.receipt import Receipt

DUE_DAY = 10  # of the month after the period: files of a month that are not here by then are late
_QUARTER_ENDS, _TERM_STARTS = (3, 6, 9, 12), (3, 9)
STATES = {
    "received": "已收到",
    "in_part": "部分退回",
    "refused": "整份退回",
    "late": "逾期未报",
    "waiting": "待报",
    "not_due": "本月无需报送",
}


@dataclass(frozen=True)
class FormStatus:
    """One form in one month.

    Attributes:
        form, label, department: of the contract.
        state: a key of `STATES`.
        files: how many files of the period were taken.
        rows, rejected: over those files.
        due_on: last day on which it is in time; None for forms without a rhythm.
        note: why the last file was refused, if it was, or "" (Chinese).
        remarks: what the files' department should know, each sentence once (Chinese).
    """

    form: str
    label: str
    department: str
    state: str
    files: int
    rows: int
    rejected: int
    due_on: datetime.date | None
    note: str
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class MonthlyStatus:
    """Every form of one month, by department then form; `month` is its first day."""

    month: datetime.date
    forms: tuple[FormStatus, ...]

    def of_state(self, *states: str) -> list[FormStatus]:
        """The forms in one of some states."""
        return [status for status in self.forms if status.state in states]


def _due_on(contract: FormContract, month: datetime.date) -> datetime.date | None:
    """The last day for the month's file; None when this month needs none."""
    expected = {
        "monthly": True,
        "quarterly": month.month in _QUARTER_ENDS,
        "term": month.month in _TERM_STARTS,
    }.get(contract.cadence, False)
    after = month_period(month).end + datetime.timedelta(days=1)
    return after.replace(day=DUE_DAY) if expected else None


def _is_of(receipt: Receipt, month: datetime.date) -> bool:
    """Whether a file's period is the month, or a quarter (or day) that has its end in it."""
    end = receipt.period_end
    if end is None:
        named = period_at_start(receipt.file.rsplit("/", 1)[-1])
        end = named.end if named else None
    return end is not None and (end.year, end.month) == (month.year, month.month)


def _state(receipts: list[Receipt], due_on: datetime.date | None, today: datetime.date) -> str:
    taken = [receipt for receipt in receipts if receipt.refused is None]
    if taken:
        return "in_part" if any(receipt.rejected or receipt.refused for receipt in receipts) else "received"
    if receipts:
        return "refused"
    if due_on is None:
        return "not_due"
    return "late" if today > due_on else "waiting"


def _form_status(
    contract: FormContract, receipts: list[Receipt], month: datetime.date, today: datetime.date
) -> FormStatus:
    due_on = _due_on(contract, month)
    taken = [receipt for receipt in receipts if receipt.refused is None]
    last = receipts[-1].refused if receipts else None
    return FormStatus(
        form=contract.form,
        label=contract.label,
        department=contract.department,
        state=_state(receipts, due_on, today),
        files=len(taken),
        rows=sum(receipt.rows for receipt in taken),
        rejected=sum(receipt.rejected for receipt in taken),
        due_on=due_on,
        note=last.reason if last else "",
        remarks=tuple(dict.fromkeys(remark for receipt in taken for remark in receipt.remarks)),
    )


def monthly_status(county: County, month: datetime.date, today: datetime.date) -> MonthlyStatus:
    """Where every form stands for the month in which day `month` lies, as known on day `today`.

    Monthly forms are expected every month, quarterly ones in a quarter's last month, termly ones in March and
    September; daily and occasional ones never are late. Raises DamageError when the ledger cannot be read.
    """
    month = month.replace(day=1)
    by_form: dict[str, list[Receipt]] = {}
    for receipt in sorted(read_receipts(county, today), key=Receipt.later_than_key):
        if _is_of(receipt, month):
            by_form.setdefault(receipt.form, []).append(receipt)
    statuses = [
        _form_status(contract, by_form.get(contract.form, []), month, today) for contract in all_contracts().values()
    ]
    return MonthlyStatus(month, tuple(sorted(statuses, key=lambda status: (status.department, status.form))))


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(_width(cell) for cell in column) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def render(status: MonthlyStatus) -> str:
    """The month in Chinese: a table by department, reasons of whole refusals, remarks, then the count of each state."""
    shown = [form for form in status.forms if form.state != "not_due" or form.files]
    rows = [("部门", "报表", "状态", "份数", "行数", "退回行", "截止日")]
    rows += [
        (
            form.department,
            form.label,
            STATES[form.state],
            str(form.files),
            str(form.rows),
            str(form.rejected),
            form.due_on.isoformat() if form.due_on else "随报",
        )
        for form in shown
    ]
    reasons = [f"《{form.label}》（{form.department}）：{form.note}" for form in status.forms if form.note]
    reasons += [f"《{f.label}》（{f.department}）提示：{remark}" for f in status.forms for remark in f.remarks]
    counts = [f"{label} {len(status.of_state(state))}" for state, label in STATES.items()]
    return "\n".join([f"{status.month:%Y-%m} 报表收件情况", *_table(rows), *reasons, "合计：" + "，".join(counts)])

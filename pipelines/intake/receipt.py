"""The receipt of one received file: what it was, what became of its rows, or why it was refused."""

from __future__ import annotations

import datetime
from dataclasses import asdict, dataclass
from typing import Any

from pipelines.errors import DamageError
from pipelines.intake.refusal import Refusal


@dataclass(frozen=True)
class Receipt:
    """One received file, as the ledger keeps it.

    Attributes:
        seq: number of its line in the ledger, rising.
        file: path relative to `landing/`.
        form, label, department: of the recognised form; "" when none was.
        period, period_start, period_end: what the file is of; "" and None when not known.
        content: name of its Parquet files in the lake; "" when refused.
        digest: SHA-256 of the file's bytes.
        received_on, order, received_at: day (and place among that day's files, if recorded) it came.
        rows: lines below the header that are neither blank nor totals.
        loaded: rows in its Parquet file, exact repeats of other rows included.
        rejected: rows in its table of rejections.
        erased: rows of erased persons, which were loaded once; rows = loaded + rejected + erased. Not in its event.
        sheet: names of the sheets read, joined by 、; None for text files.
        encoding: utf-8, utf-8-sig, utf-16, gbk, xlsx, xls or html.
        remarks: Chinese sentences for the department; nothing was lost, but it should know.
        key_first, key_last, repeats_keys: how far its rows' keys reach, see `key_reach.py`; unknown of a line written without.
        answers: return numbers (see `returns.py`) of the earlier rejected rows that this file's rows now stand for.
        refused: why the file was not taken at all; None when it was.
    """

    seq: int
    file: str
    form: str
    label: str
    department: str
    period: str
    period_start: datetime.date | None
    period_end: datetime.date | None
    content: str
    digest: str
    received_on: datetime.date
    order: int | None
    received_at: datetime.datetime
    rows: int = 0
    loaded: int = 0
    rejected: int = 0
    erased: int = 0
    sheet: str | None = None
    encoding: str = ""
    key_first: datetime.date | None = None
    key_last: datetime.date | None = None
    repeats_keys: bool = True
    remarks: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    refused: Refusal | None = None

    def later_than_key(self) -> tuple[datetime.date, int, str]:
        """Sorts receipts by which was received earlier: day, recorded order, file name without extension."""
        name = self.file.rsplit("/", 1)[-1].rsplit(".", 1)[0]
        return self.received_on, self.order if self.order is not None else 0, name

    def to_event(self) -> dict[str, Any]:
        """The receipt as a line of the ledger, without its number."""
        event = asdict(self) | {"event": "receipt", "remarks": list(self.remarks), "answers": list(self.answers)}
        del event["seq"], event["erased"]
        return {name: value.isoformat() if isinstance(value, datetime.date) else value for name, value in event.items()}


def receipt_from_event(event: dict[str, Any]) -> Receipt:
    """A receipt from its line of the ledger; later additions to the line are ignored.

    Raises DamageError when the line is not what was written.
    """
    try:
        return _receipt(event)
    except (KeyError, TypeError, ValueError):
        raise DamageError(
            f"台账第 {event.get('seq')} 行的收件记录已损坏。请从备份恢复 lake/ledger.jsonl，不要手工修改。"
        ) from None


def _receipt(event: dict[str, Any]) -> Receipt:
    day = datetime.date.fromisoformat
    refused = event["refused"]
    return Receipt(
        seq=event["seq"],
        file=event["file"],
        form=event["form"],
        label=event["label"],
        department=event["department"],
        period=event["period"],
        period_start=day(event["period_start"]) if event["period_start"] else None,
        period_end=day(event["period_end"]) if event["period_end"] else None,
        content=event["content"],
        digest=event["digest"],
        received_on=day(event["received_on"]),
        order=event["order"],
        received_at=datetime.datetime.fromisoformat(event["received_at"]),
        rows=event["rows"],
        loaded=event["loaded"],
        rejected=event["rejected"],
        sheet=event["sheet"],
        encoding=event["encoding"],
        key_first=day(event["key_first"]) if event.get("key_first") else None,
        key_last=day(event["key_last"]) if event.get("key_last") else None,
        repeats_keys=event.get("repeats_keys", True),
        remarks=tuple(event["remarks"]),
        answers=tuple(event.get("answers", ())),
        refused=Refusal(**refused) if refused else None,
    )

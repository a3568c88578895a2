"""预警核实清单 coming back filled in: each row is believed only where its signed key says whose it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from pipelines.deliver.signature import IDENTITY_HEADERS, META_SHEET, ListIdentity, is_signed, list_key
from pipelines.intake.form_rows import REJECTED_TYPES, FormRows
from pipelines.intake.grid import Grid, Workbook
from pipelines.intake.header import FoundHeader, header_text
from pipelines.intake.refusal import RefusedError

_NEEDS_REASON = ("属实暂不符合", "不属实", "查无此户")


@dataclass(frozen=True)
class SignedList:
    """What the hidden sheet says: which list it is, and the signature of each warning number's row."""

    identity: ListIdentity
    signs: dict[str, str]


@dataclass(frozen=True)
class _Fault:
    column_id: str
    code: str
    reason: str


def signing_key(book: Workbook, keys: Sequence[bytes]) -> bytes:
    """The version of the county's key (newest first) that a returned list was signed with; the newest for any other."""
    grid = next((grid for grid in book.grids if grid.name == META_SHEET and grid.height), None)
    first = grid.line(0) if grid else []
    return next((key for key in keys if first and ListIdentity.read(first, list_key(key))), keys[0])


def read_signed(book: Workbook, key: bytes) -> SignedList | None:
    """The hidden sheet of a returned list; None when the workbook has none.

    `key` is the county's key. Raises RefusedError when the sheet is not as this county wrote it.
    """
    grid = next((grid for grid in book.grids if grid.name == META_SHEET), None)
    if grid is None:
        return None
    lines = [grid.line(index) for index in range(grid.height)]
    identity = ListIdentity.read(lines[0], list_key(key)) if lines else None
    signs = {line[0]: line[1] for line in lines[1:] if len(line) > 1 and line[0]}
    if identity is None or len(signs) != identity.rows:
        raise RefusedError(
            "tampered",
            "清单内的校验信息不对：不是本县下发的清单，或校验信息被改动过，或下发之后本县已更换密钥并移走了旧的。"
            "请用原来下发的清单重新填写后上报；仍不能接收的，请用最近一次下发的清单。",
        )
    return SignedList(identity, signs)


def check_returned(
    rows: FormRows, sheets: Iterable[tuple[Grid, FoundHeader]], book: Workbook, key: bytes
) -> tuple[FormRows, tuple[str, ...]]:
    """The rows of a returned list that count, with the others among the rejections, and remarks on the whole.

    Rejected: a row that is not of this list, stands twice, has another head, village, phone or deadline than was
    handed out, is not or half filled in, or was verified before it was handed out. A file of another origin, with
    no hidden sheet, is left as it is. Raises RefusedError when a list has lost its hidden sheet, or it was changed.
    """
    sheets = list(sheets)
    signed = read_signed(book, key)
    if signed is None:
        if any({header_text(name) for name in IDENTITY_HEADERS} <= set(found.extra) for _, found in sheets):
            raise RefusedError(
                "tampered",
                "清单内的校验信息已丢失，可能是复制到了新的工作簿。请在原来下发的清单中填写后上报，不要另建文件。",
            )
        return rows, ()
    judged = _Judge(signed, key, {grid.name: (grid, found) for grid, found in sheets})
    faults = judged.faults(rows.accepted)
    bad = pl.Series(name in faults for name in _places(rows.accepted))
    kept = replace(
        rows,
        accepted=rows.accepted.filter(~bad),
        vault=rows.vault.filter(~bad) if rows.vault.height == rows.accepted.height else rows.vault,
        rejected=pl.concat([rows.rejected, judged.rejections(rows.accepted.filter(bad), faults)]),
        returned=pl.concat(
            [rows.returned, judged.returned(rows.accepted.filter(bad), faults, rows.returned)], how="diagonal_relaxed"
        ),
    )
    absent = len(signed.signs.keys() - judged.numbers)
    return kept, ((f"清单应有 {signed.identity.rows} 行，交回的文件中少了 {absent} 行。",) if absent else ())


def _places(accepted: pl.DataFrame) -> list[tuple[str | None, int]]:
    """Sheet and line of each row."""
    return list(zip(accepted["_sheet"], accepted["_row"], strict=True))


class _Judge:
    """The rows of one returned list against what was handed out."""

    def __init__(self, signed: SignedList, key: bytes, sheets: dict[str | None, tuple[Grid, FoundHeader]]) -> None:
        self._signed = signed
        self._key = list_key(key)
        self._sheets = sheets
        self.numbers: set[str] = set()

    def faults(self, accepted: pl.DataFrame) -> dict[tuple[str | None, int], _Fault]:
        """The fault of each row that has one, by sheet and line."""
        often = accepted["warning_no"].value_counts().filter(pl.col("count") > 1)["warning_no"].to_list()
        self.numbers = set(accepted["warning_no"])
        found = {}
        for row in accepted.iter_rows(named=True):
            fault = self._identity_fault(row, twice=row["warning_no"] in often) or self._entry_fault(row)
            if fault:
                found[row["_sheet"], row["_row"]] = fault
        return found

    def _identity_fault(self, row: dict[str, object], *, twice: bool) -> _Fault | None:
        number = str(row["warning_no"])
        if number not in self._signed.signs:
            return _Fault(
                "warning_no", "not_listed", "这条预警不在本清单下发的范围内，可能是从别的清单粘贴来的或编号被改动。"
            )
        if twice:
            return _Fault("warning_no", "repeated", "同一预警编号在清单中出现了两次，无法确定以哪一行为准。")
        if not is_signed(self._key, self._signed.identity, self._identity(row), self._signed.signs[number]):
            reason = "户主姓名、村、电话或期限与下发的清单不一致，可能改动过或错行。请按下发的原清单填写。"
            return _Fault("warning_no", "changed_identity", reason)
        return None

    def _identity(self, row: dict[str, object]) -> tuple[str, ...]:
        """The texts of the row that were signed, as they came back."""
        grid, header = self._sheets[row["_sheet"]]  # type: ignore[index]
        printed = [header_text(text) for text in grid.line(header.line)]
        line = grid.line(int(row["_row"]) - 1)  # type: ignore[call-overload]
        cells = (
            line[printed.index(header_text(name))] if header_text(name) in printed else "" for name in IDENTITY_HEADERS
        )
        return (str(row["warning_no"]), *cells)

    def _entry_fault(self, row: dict[str, object]) -> _Fault | None:
        """What is missing among the entries; verdict and day belong together, a negative verdict needs its reason."""
        filled = {
            "verified_on": row["verified_on"] is not None,
            "verdict": row["verdict"] is not None,
            "reason": bool(row["has_reason"]),
            "verifier": row["verifier"] is not None,
            "per_capita_income": row["per_capita_income_fen"] is not None,
        }
        if not any(filled.values()):
            return _Fault("verdict", "not_filled", "本行还没有填写核实情况，本次未采用。核实后补填再报。")
        needed = ["verified_on", "verdict", "verifier"]
        if row["verdict"] in _NEEDS_REASON:
            needed.append("reason")
        missing = [name for name in needed if not filled[name]]
        if missing:
            named = {"verified_on": "核实日期", "verdict": "核实结果", "verifier": "核实人", "reason": "不符合原因"}
            told = "、".join(named[name] for name in missing)
            return _Fault(missing[0], "half_filled", f"本行没有填完整，缺{told}。请补填后再报。")
        if isinstance(row["verified_on"], date) and row["verified_on"] < self._signed.identity.as_of:
            return _Fault("verified_on", "bad_date", "核实日期早于清单下发之日。请核对后重填。")
        return None

    def rejections(self, bad: pl.DataFrame, faults: dict[tuple[str | None, int], _Fault]) -> pl.DataFrame:
        """The rows as rejections; no cell of a person is repeated."""
        lines = []
        for row in bad.iter_rows(named=True):
            fault = faults[row["_sheet"], row["_row"]]
            header = self._sheets[row["_sheet"]][1].contract.column(fault.column_id).header
            value = str(row["warning_no"])
            lines.append(
                (row["_content"], row["_sheet"], row["_row"], fault.column_id, header, value, fault.code, fault.reason)
            )
        return pl.DataFrame(lines, schema=REJECTED_TYPES, orient="row")

    def returned(
        self, bad: pl.DataFrame, faults: dict[tuple[str | None, int], _Fault], before: pl.DataFrame
    ) -> pl.DataFrame:
        """The rows as the intake gives them back: number, bad columns, raw texts."""
        lines = []
        for number, row in enumerate(bad.iter_rows(named=True), start=before.height + 1):
            grid, header = self._sheets[row["_sheet"]]
            line = grid.line(row["_row"] - 1)
            texts = {entry.column.id: line[entry.index] for entry in header.columns}
            lines.append({"number": number, "bad": faults[row["_sheet"], row["_row"]].column_id, **texts})
        return pl.DataFrame(lines, schema=before.schema)

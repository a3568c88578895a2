"""Finding the header of a form in a sheet, under title rows and merged cells, and telling one form from another."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from expectations.contract import Column, FormContract, all_contracts
from pipelines.intake.cell import compact
from pipelines.intake.grid import Grid
from pipelines.intake.refusal import RefusedError

_LINES_SEARCHED = 12  # three title or note rows, blank lines between them, and a header of two lines
_HINT = re.compile(r"\((?P<hint>[^()]*)\)$")
_UNITS = ("元", "万元")


def header_text(text: str) -> str:
    """A header as compared: no white space, no line breaks, no marks of obligation."""
    return compact(text).strip("*:").upper()


@dataclass(frozen=True)
class FoundColumn:
    """A contract's column in a sheet: where it stands, its header as printed, and a money unit the header names."""

    column: Column
    index: int
    header: str
    unit: str = ""


@dataclass(frozen=True)
class FoundHeader:
    """A form's header in a sheet.

    Attributes:
        contract: the form.
        line: index of the header's last line; data begin below it.
        columns: in contract order, those present.
        missing: required columns that are not there.
        extra: headers that belong to no column.
        titles: texts of the lines above.
    """

    contract: FormContract
    line: int
    columns: tuple[FoundColumn, ...]
    missing: tuple[Column, ...]
    extra: tuple[str, ...]
    titles: tuple[str, ...]


@cache
def _names(form: str) -> dict[str, tuple[Column, int]]:
    """Every header of a form -> its column and how good a name it is (0 the form's own, 1 an alias)."""
    contract = all_contracts()[form]
    names = {header_text(alias): (column, 1) for column in contract.columns for alias in column.aliases}
    return names | {header_text(column.header): (column, 0) for column in contract.columns}


def _look_up(form: str, text: str) -> tuple[Column, int, str] | None:
    """The column a header means, how good the name is, and the money unit in brackets behind it."""
    names = _names(form)
    found = names.get(text)
    if found:
        return (*found, "")
    hint = _HINT.search(text)
    found = names.get(text[: hint.start()]) if hint else None
    if not hint or not found:
        return None
    return found[0], found[1] + 1, hint["hint"] if hint["hint"] in _UNITS else ""


def _candidates(grid: Grid) -> list[tuple[int, list[str]]]:
    """Possible headers: each of the first lines, and each two lines read as one (the lower goes first)."""
    lines = [[header_text(text) for text in grid.line(index)] for index in range(min(_LINES_SEARCHED, grid.height))]
    doubled = [
        (index, [below or above for above, below in zip(lines[index - 1], lines[index], strict=True)])
        for index in range(1, len(lines))
    ]
    return [*enumerate(lines), *doubled]


def _match(contract: FormContract, grid: Grid, line: int, texts: list[str]) -> FoundHeader:
    best: dict[str, tuple[int, FoundColumn]] = {}
    taken: set[int] = set()
    for index, text in enumerate(texts):
        found = _look_up(contract.form, text) if text else None
        if found is None:
            continue
        column, quality, unit = found
        taken.add(index)
        rival = best.get(column.id)
        if rival and rival[0] == quality:
            raise RefusedError(
                "duplicate_column",
                f"第 {line + 1} 行表头中有两列都是“{column.header}”，无法确定以哪一列为准。请删去其中一列后重报。",
            )
        if not rival or quality < rival[0]:
            best[column.id] = (quality, FoundColumn(column, index, grid.line(line)[index] or column.header, unit))
    return FoundHeader(
        contract=contract,
        line=line,
        columns=tuple(best[column.id][1] for column in contract.columns if column.id in best),
        missing=tuple(column for column in contract.required if column.id not in best),
        extra=tuple(text for index, text in enumerate(texts) if text and index not in taken),
        titles=tuple(text for above in range(line) for text in grid.line(above) if text.strip()),
    )


def find_header(contract: FormContract, grid: Grid) -> FoundHeader | None:
    """The line of a sheet that names most columns of a form; None when none names any.

    Raises RefusedError when that line names one column twice.
    """
    scored = [
        (sum(_look_up(contract.form, text) is not None for text in texts if text), -line, texts)
        for line, texts in _candidates(grid)
    ]
    count, line, texts = max(scored, key=lambda entry: entry[:2], default=(0, 0, []))
    return _match(contract, grid, -line, texts) if count else None


def rival_form(found: FoundHeader | None, contract: FormContract, grid: Grid) -> FoundHeader | None:
    """Another form that the sheet plainly is, although it lies with `contract`'s files.

    Another form wins when all its required columns are there, and it explains at least two columns more than
    `contract` does or `contract` lacks a required one.
    """
    own = len(found.columns) if found and not found.missing else 0
    rivals = []
    for other in all_contracts().values():
        if other.form == contract.form:
            continue
        try:
            match = find_header(other, grid)
        except RefusedError:
            continue
        if match and not match.missing and len(match.columns) >= max(own + 2, 2):
            rivals.append(match)
    return max(rivals, key=lambda match: (len(match.columns), -len(match.extra)), default=None)


def recognised_form(grid: Grid) -> FoundHeader | None:
    """The one form whose header a sheet carries, for files in no form's folder; None when none or several fit alike."""
    matches = []
    for contract in all_contracts().values():
        try:
            match = find_header(contract, grid)
        except RefusedError:
            continue
        if match and not match.missing:
            titled = any(contract.label in compact(title) for title in match.titles)
            matches.append((titled, len(match.columns), match))
    matches.sort(key=lambda entry: entry[:2], reverse=True)
    if not matches or (len(matches) > 1 and matches[0][:2] == matches[1][:2]):
        return None
    return matches[0][2]

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


@dataclass(frozen=True)
class _Meaning:
    """What a header may mean: a form's column, how good a name it is (0 the form's own), a money unit in brackets."""

    column: Column
    quality: int
    unit: str = ""


@cache
def _meanings() -> dict[str, dict[str, _Meaning]]:
    """Every known header -> by form, what it means there."""
    meanings: dict[str, dict[str, _Meaning]] = {}
    for contract in all_contracts().values():
        for column in contract.columns:
            for place, name in enumerate((column.header, *column.aliases)):
                meanings.setdefault(header_text(name), {})[contract.form] = _Meaning(column, min(place, 1))
    return meanings


def _look_up(text: str) -> dict[str, _Meaning]:
    """What a header text means in each form that knows it; a bracket behind it may name a unit."""
    found = _meanings().get(text)
    hint = None if found else _HINT.search(text)
    if not hint:
        return found or {}
    unit = hint["hint"] if hint["hint"] in _UNITS else ""
    plain = _meanings().get(text[: hint.start()], {})
    return {form: _Meaning(meaning.column, meaning.quality + 1, unit) for form, meaning in plain.items()}


@dataclass(frozen=True)
class _Candidate:
    """One line (or two read as one) that may be the header: its texts and what each means by form."""

    line: int
    texts: tuple[str, ...]
    meanings: tuple[dict[str, _Meaning], ...]

    def score(self, form: str) -> tuple[int, int]:
        """More columns named first, then the higher line."""
        return sum(form in meaning for meaning in self.meanings), -self.line


class SheetHead:
    """The first lines of a sheet, in which a header is looked for; each line is read once for all forms."""

    def __init__(self, grid: Grid) -> None:
        self._grid = grid
        lines = [[header_text(text) for text in grid.line(index)] for index in range(min(_LINES_SEARCHED, grid.height))]
        doubled = [
            (index, [below or above for above, below in zip(lines[index - 1], lines[index], strict=True)])
            for index in range(1, len(lines))
        ]
        self._candidates = [
            _Candidate(line, tuple(texts), tuple(_look_up(text) for text in texts))
            for line, texts in [*enumerate(lines), *doubled]
        ]

    def find(self, contract: FormContract) -> FoundHeader | None:
        """The line that names most columns of a form; None when none names any.

        Raises RefusedError when that line names one column twice.
        """
        best = max(self._candidates, key=lambda candidate: candidate.score(contract.form), default=None)
        return self._match(contract, best) if best and best.score(contract.form)[0] else None

    def _match(self, contract: FormContract, candidate: _Candidate) -> FoundHeader:
        best: dict[str, tuple[int, FoundColumn]] = {}
        line = self._grid.line(candidate.line)
        for index, meanings in enumerate(candidate.meanings):
            meaning = meanings.get(contract.form)
            if meaning is None:
                continue
            column, rival = meaning.column, best.get(meaning.column.id)
            if rival and rival[0] == meaning.quality:
                raise RefusedError(
                    "duplicate_column",
                    f"第 {candidate.line + 1} 行表头中有两列都是“{column.header}”，无法确定以哪一列为准。请删去其中一列后重报。",
                )
            if not rival or meaning.quality < rival[0]:
                found = FoundColumn(column, index, line[index] or column.header, meaning.unit)
                best[column.id] = (meaning.quality, found)
        return FoundHeader(
            contract=contract,
            line=candidate.line,
            columns=tuple(best[column.id][1] for column in contract.columns if column.id in best),
            missing=tuple(column for column in contract.required if column.id not in best),
            extra=tuple(
                text
                for text, meanings in zip(candidate.texts, candidate.meanings, strict=True)
                if text and contract.form not in meanings
            ),
            titles=tuple(text for above in range(candidate.line) for text in self._grid.line(above) if text.strip()),
        )

    def _whole_matches(self) -> list[FoundHeader]:
        """Every form all of whose required columns are there."""
        matches = []
        for contract in all_contracts().values():
            try:
                match = self.find(contract)
            except RefusedError:
                continue
            if match and not match.missing:
                matches.append(match)
        return matches

    def rival(self, found: FoundHeader | None, contract: FormContract) -> FoundHeader | None:
        """Another form that the sheet plainly is, although it lies with `contract`'s files.

        It wins when all its required columns are there and it explains at least two columns more than `contract`
        does, or `contract` lacks a required one.
        """
        own = len(found.columns) if found and not found.missing else 0
        rivals = [
            match
            for match in self._whole_matches()
            if match.contract.form != contract.form and len(match.columns) >= max(own + 2, 2)
        ]
        return max(rivals, key=lambda match: (len(match.columns), -len(match.extra)), default=None)

    def recognised(self) -> FoundHeader | None:
        """The one form whose header the sheet carries; None when no form fits, or several fit alike."""
        matches = self._whole_matches()
        ranked = sorted(
            (
                (any(match.contract.label in compact(title) for title in match.titles), len(match.columns), place)
                for place, match in enumerate(matches)
            ),
            reverse=True,
        )
        if not ranked or (len(ranked) > 1 and ranked[0][:2] == ranked[1][:2]):
            return None
        return matches[ranked[0][2]]

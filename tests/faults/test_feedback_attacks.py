"""Townships edit, mix and replay what they give back: only untouched rows of their own list ever count."""

from __future__ import annotations

import io
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import openpyxl
import polars as pl

from expectations.contract import load_contract
from pipelines.county import County
from pipelines.intake.person_key import county_key
from pipelines.intake.receive import receive
from pipelines.intake.refusal import RefusedError
from pipelines.settings import Settings
from tests.unit.deliver.returned_list import FILLED, Township, come_back, handed_out, listed

FULL = Settings.from_environment().full_faults
EDITED, REPLAYED = (500, 300) if FULL else (40, 30)
ROWS = 8
IDENTITY = ("户主姓名", "村（社区）", "联系电话", "核实期限")
Attack = Callable[[Township, Township, random.Random], set[int]]


def _edit_a_cell(township: Township, other: Township, chance: random.Random) -> set[int]:
    row = chance.randrange(ROWS)
    township.write(
        row, **{chance.choice(IDENTITY): chance.choice(("张冠", "=1+1", "13900000000", "", "350123199001011234"))}
    )
    return {row}


def _swap_numbers(township: Township, other: Township, chance: random.Random) -> set[int]:
    first, second = chance.sample(range(ROWS), 2)
    numbers = listed(ROWS)["warning_no"]
    township.write(first, 预警编号=numbers[second])
    township.write(second, 预警编号=numbers[first])
    return {first, second}


def _number_of_another_list(township: Township, other: Township, chance: random.Random) -> set[int]:
    row = chance.randrange(ROWS)
    township.write(row, 预警编号=f"YJ3501819{chance.randrange(999):03}-20201126")
    return {row}


def _repeat_a_number(township: Township, other: Township, chance: random.Random) -> set[int]:
    first, second = chance.sample(range(ROWS), 2)
    township.write(second, 预警编号=listed(ROWS)["warning_no"][first])
    return {first, second}


def _paste_a_row(township: Township, other: Township, chance: random.Random) -> set[int]:
    row = chance.randrange(ROWS)
    for column in range(1, other.sheet.max_column + 1):
        pasted = other.sheet.cell(other.head + 1 + row, column).value
        township.sheet.cell(township.head + 1 + row, column).value = pasted
    return {row}


def _add_rows(township: Township, other: Township, chance: random.Random) -> set[int]:
    for extra in range(chance.randint(1, 3)):
        township.write(ROWS + extra, 预警编号=f"YJ{extra}", 户主姓名="多出", **FILLED)
    return set()


def _change_the_hidden_sheet(township: Township, other: Township, chance: random.Random) -> set[int]:
    page = township.book["_meta"]
    cell = page.cell(chance.randint(1, ROWS + 1), chance.randint(1, 2))
    cell.value = f"{cell.value}x"
    return set(range(ROWS)) if cell.row == 1 else {cell.row - 2}


def _drop_the_hidden_sheet(township: Township, other: Township, chance: random.Random) -> set[int]:
    del township.book["_meta"]
    return set(range(ROWS))


ATTACKS: tuple[Attack, ...] = (
    _edit_a_cell, _swap_numbers, _number_of_another_list, _repeat_a_number, _paste_a_row, _add_rows,
    _change_the_hidden_sheet, _drop_the_hidden_sheet,
)  # fmt: skip


def test_only_untouched_rows_of_the_list_count() -> None:
    chance, outcomes = random.Random(500), Counter()
    content, other = handed_out(listed(ROWS)), handed_out(_of_another_township())
    expected = dict(enumerate(listed(ROWS)["warning_no"]))
    columns = [name for name, _ in load_contract("township_feedback").lake_columns]
    for number in range(EDITED):
        township = Township(content)
        township.fill(*range(ROWS))
        touched = ATTACKS[number % len(ATTACKS)](township, Township(other), chance)
        try:
            reading = come_back(township.bytes())
        except RefusedError as refused:
            outcomes[refused.refusal.code] += 1
            continue
        accepted = set(reading.rows.accepted["warning_no"])
        assert accepted <= {name for row, name in expected.items() if row not in touched}, number
        assert reading.rows.accepted.columns[: len(columns)] == columns, "nothing but the answer is ever taken"
        assert reading.rows.rejected.height >= len(touched)
        outcomes["rows refused" if touched else "extra rows refused"] += 1
    print(f"\n{EDITED} edited lists: {dict(outcomes)}; rows wrongly taken: 0")
    assert sum(outcomes.values()) == EDITED and len(outcomes) > 2


def _of_another_township() -> pl.DataFrame:
    rows = listed(ROWS, "别的镇")
    numbers = [name.replace("YJ350181", "YJ350199") for name in rows["warning_no"]]
    return rows.with_columns(pl.Series("warning_no", numbers), township_code=pl.lit("350181102"))


def test_what_is_sent_again_has_no_effect(tmp_path: Path) -> None:
    """The same answers, under new names and saved anew: every row is known as a repeat of the first."""
    (tmp_path / "county.yml").write_text("name: 样例县\nregion: '350181'\ndocuments: [FQ]\n", encoding="utf-8")
    county = County.open(tmp_path)
    folder = county.landing / "township_feedback"
    folder.mkdir(parents=True)
    township = Township(handed_out(listed(ROWS), county_key(county)))
    township.fill(*range(ROWS))
    dated = ["file,received_on,order\n", "township_feedback/2020-12-01.xlsx,2020-12-01,1\n"]
    (folder / "2020-12-01.xlsx").write_bytes(township.bytes())
    for number in range(REPLAYED):
        name = f"2020-12-02-重报{number}.xlsx"
        (folder / name).write_bytes(_saved_anew(township, number))
        dated.append(f"township_feedback/{name},2020-12-02,{number + 2}\n")
    (county.landing / "received.csv").write_text("".join(dated), encoding="utf-8")
    receipts = receive(county)
    assert len(receipts) == REPLAYED + 1 and all(receipt.loaded == ROWS for receipt in receipts)
    hashes = [
        frozenset(
            pl.read_parquet(county.lake / "forms" / "township_feedback" / f"{receipt.content}.parquet")["_row_hash"]
        )
        for receipt in receipts
    ]
    print(
        f"\n{REPLAYED} lists sent again, {len({r.content for r in receipts})} different files: {len(set(hashes)) - 1} with anything new"
    )
    assert set(hashes) == {hashes[0]} and len(hashes[0]) == ROWS


def _saved_anew(township: Township, number: int) -> bytes:
    """The same cells in other bytes, every third time the very same file."""
    if number % 3 == 0:
        return township.bytes()
    book = openpyxl.load_workbook(io.BytesIO(township.bytes()))
    book.properties.title = f"再报 {number}"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()

"""Policy is data: no policy number stands in SQL or Python."""

from __future__ import annotations

import csv
import io
import re
import tokenize
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines.handbook import POLICY
from pipelines.settings import PROJECT

DBT = PROJECT / "dbt_project"
# Numbers of arithmetic: places in a list, months of a year, thirds of a quarter, fen of a yuan, millionths, lengths of region
# codes, decimals of a type, and the millennium that opens a date.
STRUCTURAL = {Decimal(number) for number in (*range(13), 18, 23, 100, 10_000, 1_000_000)} | {Decimal("0.01")}
# Numbers that happen to equal an amount of money in a policy, with why they are none.
NOT_POLICY = {
    ("pipelines/cli.py", "130"): "exit status of an interrupted program",
    ("pipelines/intake/cell.py", "10000"): "万",
    ("pipelines/intake/column.py", "10000"): "万",
    ("pipelines/serve/export.py", "20000"): "rows of a table",
}


def sql_numbers(text: str) -> set[Decimal]:
    """Numbers of SQL outside comments and quoted text."""
    text = re.sub(r"\{#.*?#\}", "", text, flags=re.DOTALL)
    text = re.sub(r"--[^\n]*", "", text)
    text = re.sub(r"'[^']*'", "", text)
    return {Decimal(number) for number in re.findall(r"(?<![\w.])\d+(?:\.\d+)?(?![\w])", text)}


def python_numbers(file: Path) -> set[Decimal]:
    """Decimal numbers among a Python file's tokens."""
    tokens = tokenize.generate_tokens(io.StringIO(file.read_text(encoding="utf-8")).readline)
    texts = (token.string.replace("_", "") for token in tokens if token.type == tokenize.NUMBER)
    return {Decimal(text) for text in texts if re.fullmatch(r"\d+(\.\d+)?", text)}


# The scorer's features look back over days of its own choosing; they decide nobody's class.
SQL = [file for file in sorted(DBT.glob("models/**/*.sql")) if not file.stem.startswith("int_risk")]


@pytest.mark.parametrize("file", [*SQL, *sorted(DBT.glob("macros/*.sql"))], ids=lambda file: file.stem)
def test_sql_has_no_policy_number(file: Path) -> None:
    assert sql_numbers(file.read_text(encoding="utf-8")) <= STRUCTURAL


def test_python_has_no_amount_of_a_policy() -> None:
    with (POLICY / "parameter.csv").open(encoding="utf-8", newline="") as lines:
        amounts = {Decimal(row["value"]) for row in csv.DictReader(lines) if row["unit"].startswith("yuan")}
    found = {
        (str(file.relative_to(PROJECT)), f"{number.normalize():f}")
        for file in sorted((PROJECT / "pipelines").rglob("*.py"))
        if "sample_county" not in file.parts
        for number in python_numbers(file) & amounts
    }
    assert found <= set(NOT_POLICY), found - set(NOT_POLICY)


def test_the_reading_sees_a_number() -> None:
    assert sql_numbers("select a * 8400 -- 130\nwhere b > '780' and c1 < 0.3 {# 5000 #}") == {
        Decimal(8400),
        Decimal("0.3"),
    }

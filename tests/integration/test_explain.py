"""Every household's shown rows add up to its published income, to the cent, and show nobody's name or id."""

from __future__ import annotations

import dataclasses
import re
from decimal import Decimal

import pytest

from pipelines.cli import run
from pipelines.explain.amounts import yuan
from pipelines.explain.arithmetic import disagreements
from pipelines.explain.bill import write_bill
from pipelines.explain.console import bill_lines
from pipelines.explain.facts import household_numbers, read_facts
from pipelines.explain.labels import REGION_LEVELS
from pipelines.explain.private_night import open_warehouse, published_folder
from pipelines.sample_county import AS_OF
from pipelines.settings import Settings
from pipelines.warehouse.gates import ANALYST_FILE
from tests.integration.published_county import HOUSEHOLDS, published_county


@pytest.fixture(scope="module")
def every_household():
    folder = published_folder(published_county(), None, None)
    with open_warehouse(folder / ANALYST_FILE, Settings.from_environment()) as connection:
        return [read_facts(connection, number) for number in household_numbers(connection)]


def test_items_of_every_household_add_up_to_the_cent(every_household):
    assert len(every_household) >= HOUSEHOLDS * 9 // 10
    assert {facts.household["household_no"]: disagreements(facts) for facts in every_household} == {
        facts.household["household_no"]: [] for facts in every_household
    }


def test_every_bill_shows_its_figures_and_no_identity(every_household):
    for facts in every_household:
        text = "\n".join(bill_lines(write_bill(facts)))
        assert yuan(facts.income["disposable_income_per_capita_yuan"]) in text
        assert yuan(facts.income["assessed_income_per_capita_yuan"]) in text
        assert not re.search(r"\d{17}[\dX]|1[3-9]\d{9}", text.replace(facts.household["region_code"], ""))
        for row in facts.classes:
            assert row["class_name"] in text and row["clause"].replace(";", "、") in text
        assert all(REGION_LEVELS[len(line["line_region"])] in text for line in facts.lines if "@" not in line["line"])
        for source in facts.sources:
            assert not source["amount_yuan"] or f"{source['source_file']}" in text


def test_a_changed_row_is_noticed(every_household):
    facts = next(facts for facts in every_household if any(row["is_counted"] for row in facts.sources))
    place = next(
        number for number, row in enumerate(facts.sources) if row["is_counted"] and row["item"] != "employment_cost"
    )
    sources = list(facts.sources)
    sources[place] = {**sources[place], "amount_yuan": sources[place]["amount_yuan"] + Decimal("0.01")}
    assert disagreements(dataclasses.replace(facts, sources=sources))


def test_the_command_prints_a_bill(every_household, capsys):
    number = every_household[0].household["household_no"]
    assert run(["explain", number, "--home", str(published_county().home), "--as-of", AS_OF.isoformat()]) == 0
    assert f"户编号 {number}" in capsys.readouterr().out


def test_an_unknown_household_is_told_in_chinese(capsys):
    assert run(["explain", "0000000000", "--home", str(published_county().home)]) == 2
    assert "没有户编号 0000000000" in capsys.readouterr().err

"""Contracts contradict neither themselves nor what is made from them."""

import polars as pl
import pytest

from expectations.contract import ContractError, all_contracts, parse_contract
from expectations.dictionary import dictionary_page
from expectations.suites import SuiteContext, form_rules


def test_every_form_has_a_contract_that_holds_together():
    assert len(all_contracts()) == 26
    for contract in all_contracts().values():
        lake_names = [column.lake_name for column in contract.columns]
        assert len(set(lake_names)) == len(lake_names), contract.form


def test_the_dictionary_names_every_header_alias_and_value():
    page = dictionary_page()
    for contract in all_contracts().values():
        for column in contract.columns:
            for word in (column.header, *column.aliases, *column.synonyms, column.lake_name):
                assert word in page


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"type": "number18"}, "unknown type"),
        ({"type": "enum"}, "an enum needs values"),
        ({"type": "money"}, "money needs"),
        ({"type": "id18"}, "an id18 is a person"),
        ({"sensitive": "secret"}, "unknown kind of sensitivity"),
        ({"no_is_written": True}, "only a flag says no"),
        ({"aliases": ["乙"]}, "a header stands for two columns"),
    ],
)
def test_a_contract_that_contradicts_itself_is_refused(change, fault):
    raw = {
        "form": "x",
        "label": "甲表",
        "department": "某局",
        "cadence": "monthly",
        "rows_are": "records",
        "key": ["a"],
    }
    columns = [
        {"id": "a", "header": "甲", "type": "text", "required": True} | change,
        {"id": "b", "header": "乙", "type": "text"},
    ]
    with pytest.raises(ContractError, match=fault):
        parse_contract(raw | {"columns": columns})


def test_rules_of_a_form_speak_of_its_own_lake_columns():
    import datetime  # noqa: PLC0415

    context = SuiteContext(
        datetime.date(2020, 5, 31), 100, pl.Series([], dtype=pl.String), {"wage": (0, 1), "amount": (0, 1)}
    )
    derived = {"total_gap", "person_known"}
    for contract in all_contracts().values():
        names = {column.lake_name for column in contract.columns} | derived
        for rule in form_rules(contract, context):
            told = rule.arguments
            assert set(told.get("column_list", [told.get("column")])) - {None} <= names
            assert rule.label

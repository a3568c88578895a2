"""One night on each sample county gives the answers that were worked out by other hands: every cell, every row."""

from __future__ import annotations

from decimal import Decimal

import duckdb
import pytest

from pipelines.county import County
from pipelines.night import run_night
from tests.integration.samples import COUNTIES, answers, as_of, copy_county

MONEY = {
    "wage": "wage_income_yuan",
    "business_gross": "business_gross_yuan",
    "business_cost": "business_cost_yuan",
    "net_business": "net_business_income_yuan",
    "net_property": "net_property_income_yuan",
    "transfers_received_public": "transfers_received_public_yuan",
    "transfers_received_family": "transfers_received_family_yuan",
    "transfers_received": "transfers_received_yuan",
    "transfers_paid": "transfers_paid_yuan",
    "net_transfer": "net_transfer_income_yuan",
    "disposable_income": "disposable_income_yuan",
    "net_income": "net_income_yuan",
    "total_income": "total_income_yuan",
    "excluded_assistance": "assistance_excluded_yuan",
    "excluded_basic_pension": "basic_pension_excluded_yuan",
    "employment_cost": "employment_cost_deducted_yuan",
    "rigid_illness": "rigid_illness_yuan",
    "rigid_disability": "rigid_disability_yuan",
    "rigid_schooling": "rigid_schooling_yuan",
    "rigid_disaster": "rigid_disaster_yuan",
    "rigid_spending": "rigid_spending_yuan",
    "assessed_income": "assessed_income_yuan",
    "income_after_rigid": "after_rigid_income_yuan",
    "disposable_income_per_capita": "disposable_income_per_capita_yuan",
    "net_income_per_capita": "net_income_per_capita_yuan",
    "total_income_per_capita": "total_income_per_capita_yuan",
    "assessed_income_per_capita": "assessed_income_per_capita_yuan",
    "after_rigid_income_per_capita": "after_rigid_income_per_capita_yuan",
    "previous_disposable_income": "previous_disposable_income_yuan",
    "dibao_line_year": "dibao_line_yuan_per_year",
}
TEXT = {
    "members": "members",
    "income_status": "income_status",
    "months_covered": "months_covered",
    "previous_income_status": "previous_income_status",
    "dibao_line_name": "dibao_line",
    "dibao_test_income": "dibao_income_result",
    "dibao_test": "dibao_result",
    "main_cause": "main_cause",
}
FLAG = {
    "on_dibao": "is_on_dibao",
    "on_tekun": "is_on_tekun",
    "registered_poor": "is_registered_poor",
    "lifted": "is_lifted",
    "monitored": "is_monitored",
    "potential_dibao": "is_potential_dibao",
    "unsafe_only_home": "is_only_home_unsafe",
    "no_labour": "has_no_labour",
    "disabled": "has_disabled",
}


@pytest.fixture(scope="module", params=COUNTIES)
def night(request, tmp_path_factory):
    home = copy_county(request.param, tmp_path_factory.mktemp("county") / request.param)
    report = run_night(County.open(home), as_of(request.param))
    connection = duckdb.connect()
    connection.execute(f"ATTACH '{report.folder / 'warehouse.duckdb'}' AS warehouse (READ_ONLY)")
    connection.execute("USE warehouse")
    yield request.param, connection
    connection.close()


def _rows(connection, query):
    relation = connection.sql(query)
    return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]


def _text(value):
    return "" if value is None else str(value)


def test_every_cell_of_every_household(night):
    name, connection = night
    found = {
        row["household_no"]: row
        for row in _rows(
            connection, "SELECT * FROM fct_household_income JOIN dim_household USING (household_no, as_of)"
        )
    }
    expected = answers(name, "households")
    assert set(found) == {row["household_no"] for row in expected}
    wrong = []
    for row in expected:
        got = found[row["household_no"]]
        for answer, column in MONEY.items():
            if (Decimal(row[answer]) if row[answer] else None) != got[column]:
                wrong.append((row["household_no"], answer, row[answer], got[column]))
        wrong += [
            (row["household_no"], answer, row[answer], got[column])
            for answer, column in TEXT.items()
            if row[answer] != _text(got[column])
        ]
        wrong += [
            (row["household_no"], answer, row[answer], got[column])
            for answer, column in FLAG.items()
            if row[answer] != ("yes" if got[column] else "no")
        ]
    assert wrong == []


def test_every_class_with_its_clause_and_figures(night):
    name, connection = night
    found = sorted(
        (
            row["household_no"], row["person_key"] is not None, row["class_name"], row["document"], row["clause"], row["basis"],
            _text(row["figure_name"]), _text(row["figure"]), _text(row["line_name"]), _text(row["line"]),
            _text(row["line_region"]).replace("000000", ""), _text(row["distance"]), row["income_status"],
        )
        for row in _rows(connection, "SELECT * FROM fct_household_class")
    )  # fmt: skip
    expected = sorted(
        (
            row["household_no"], bool(row["person_id"]), row["class"], row["document"], row["clause"], row["basis"],
            row["figure_name"], row["figure"], row["line_name"], row["line_amount"],
            row["line_region"], row["distance"], row["income_status"],
        )
        for row in answers(name, "classes")
    )  # fmt: skip
    assert found == expected


def test_the_leading_kind(night):
    name, connection = night
    found = {
        (row["household_no"], row["class_name"])
        for row in _rows(connection, "SELECT * FROM fct_household_class WHERE is_leading")
    }
    assert found == {(row["household_no"], row["class"]) for row in answers(name, "classes") if row["leading"] == "yes"}


def test_every_warning_reason_with_its_days(night):
    name, connection = night
    rules = {row["rule_id"] for row in answers(name, "warnings")}
    found = sorted(
        (row["household_no"], row["kind"], row["rule_id"], row["basis"], str(row["issued_on"]), str(row["due_on"]))
        for row in _rows(connection, "SELECT * FROM fct_warning_reason JOIN fct_warning USING (household_no, as_of)")
        if row["rule_id"] in rules
    )
    expected = sorted(
        (row["household_no"], row["kind"], row["rule_id"], row["evidence"], row["issued_on"], row["due_on"])
        for row in answers(name, "warnings")
    )
    assert found == expected


def test_one_warning_a_household_with_all_its_rules(night):
    name, connection = night
    expected: dict[str, set[str]] = {}
    for row in answers(name, "warnings"):
        expected.setdefault(row["household_no"], set()).add(row["rule_id"])
    rules = set.union(*expected.values())
    found = {
        row["household_no"]: set(row["rule_ids"].split(";")) & rules
        for row in _rows(connection, "SELECT * FROM fct_warning")
    }
    assert {household: rule_ids for household, rule_ids in found.items() if rule_ids} == expected


def test_every_exit_condition(night):
    name, connection = night
    mark = {True: "yes", False: "no"}
    found = sorted(
        (
            row["household_no"], row["monitor_class"], str(row["identified_on"]), row["main_cause"],
            row["watch_line"], _text(row["watch_line_yuan_per_year"]), mark[row["is_income_above"]],
            mark[row["is_cause_solved"]], mark[row["has_five_marks"]], mark[row["is_long_enough"]],
            mark[row["has_measure"]], mark[row["has_labour"]], row["exit_candidate"], row["unmet"],
        )
        for row in _rows(connection, "SELECT * FROM rpt_dynamic_exit")
    )  # fmt: skip
    expected = sorted(tuple(row.values()) for row in answers(name, "exit"))
    assert found == expected


def test_the_scale_report(night):
    name, connection = night
    found = sorted(
        (
            row["dimension"], row["value"], str(row["households"]), str(row["people"]), _text(row["base_rule"]),
            _text(row["base_people"]), _text(row["share_percent"]), _text(row["target_people"]), _text(row["difference_people"]),
        )
        for row in _rows(connection, "SELECT * FROM rpt_monitoring_scale")
    )  # fmt: skip
    assert found == sorted(tuple(row.values()) for row in answers(name, "scale"))


def test_fade_out_months(night):
    name, connection = night
    found = {
        row["household_no"]: (
            str(row["first_month"])[:7],
            str(row["last_month"])[:7],
            "yes" if row["is_extended"] else "no",
        )
        for row in _rows(connection, "SELECT * FROM fct_fade_out")
    }
    expected = {
        row["household_no"]: (row["fade_first_month"], row["fade_last_month"], row["fade_extended"])
        for row in answers(name, "households")
        if row["fade_first_month"]
    }
    assert found == expected


def test_data_conflicts(night):
    name, connection = night
    found = {(row["household_no"], row["conflict"]) for row in _rows(connection, "SELECT * FROM fct_data_conflict")}
    expected = {
        (row["household_no"], conflict.split(":")[0])
        for row in answers(name, "households")
        for conflict in row["data_conflicts"].split(";")
        if conflict
    }
    assert found == expected


def test_every_file_accounts_for_its_rows(night):
    name, connection = night
    found = {
        row["file"]: ("", "", "", "", "yes") if row["refused_code"] else
        (row["rows"], row["loaded"], row["rejected"], row["repeats"], "no")
        for row in _rows(connection, "SELECT * FROM ops_file_receipt")
    }  # fmt: skip
    expected = {
        row["file"]: ("", "", "", "", "yes") if row["refused_whole"] == "yes" else
        (int(row["rows"]), int(row["loaded"]), int(row["rejected"]), int(row["repeats"]), "no")
        for row in answers(name, "intake")
    }  # fmt: skip
    assert found == expected


def test_floor_breaches(night):
    name, connection = night
    found = {row["region_code"] for row in _rows(connection, "SELECT * FROM ops_check WHERE clause = 'FX-floor'")}
    assert found == {row["region_code"] for row in answers(name, "floor")}

"""Every clause has its rules, its cases on both sides and its page of the handbook; every rule has its clause and its row in the mart."""

from __future__ import annotations

import csv
import itertools
import re
from pathlib import Path

import pytest
import yaml

from expectations.contract import load_contract
from pipelines.handbook import CASES, HANDBOOK, Policy, read_policy, render
from pipelines.settings import PROJECT

MODELS = PROJECT / "dbt_project" / "models"
RECKONING = (PROJECT / "docs" / "reckoning.zh-CN.md").read_text(encoding="utf-8")
FINDINGS = sorted((MODELS / "findings").glob("*.sql"))
KINDS = ("class", "warning", "gap", "entitlement", "deadline", "conflict", "coverage", "exit", "list", "feed")
CLAUSES_BY_DOCUMENT = {"LY": 14, "FQ": 14, "LS": 11, "FX": 13, "TR": 16}


@pytest.fixture(scope="module")
def policy() -> Policy:
    return read_policy()


def rules_of(policy: Policy) -> dict[str, set[str]]:
    return {row["clause"]: set(row["rules"].split(";")) for row in policy.clauses}


def test_all_68_clauses_are_there_once(policy: Policy) -> None:
    clauses = [row["clause"] for row in policy.clauses]
    assert len(clauses) == len(set(clauses)) == 68
    assert {
        name: sum(row["document"] == name for row in policy.clauses) for name in CLAUSES_BY_DOCUMENT
    } == CLAUSES_BY_DOCUMENT


def test_a_clause_is_carried_out_by_rules_that_exist_and_name_it(policy: Policy) -> None:
    texts = {file.stem: file.read_text(encoding="utf-8") for file in FINDINGS}
    for clause, rules in rules_of(policy).items():
        for rule in rules:
            assert rule in texts, f"{clause}: 没有规则 {rule}"
            assert clause in texts[rule], f"{rule} 不提 {clause}"


def test_a_rule_beyond_warnings_serves_a_clause_and_names_only_known_ones(policy: Policy) -> None:
    known = rules_of(policy)
    served = set().union(*known.values())
    for file in FINDINGS:
        kind = file.stem.split("_")[0]
        assert kind in KINDS, file.stem
        if kind == "warning":
            continue
        assert file.stem in served, f"{file.stem} 不落实任何条款"
        named = set(re.findall(r"\b(?:LY|FQ|LS|FX|TR)-[a-z0-9-]+[a-z0-9]", file.read_text(encoding="utf-8")))
        assert named <= set(known), f"{file.stem}: {named - set(known)}"


def test_every_rule_is_in_the_mart() -> None:
    listed = set(
        re.findall(r"'(\w+)',", (MODELS / "marts" / "fct_finding.sql").read_text(encoding="utf-8").split("-%}")[0])
    )
    assert listed == {file.stem for file in FINDINGS}


def test_a_clause_has_a_case_on_each_side_and_a_case_has_a_clause(policy: Policy) -> None:
    clauses = {row["clause"] for row in policy.clauses}
    assert set(policy.cases) == clauses
    for clause, cases in policy.cases.items():
        assert {case["side"] for case in cases} == {"in", "out"}, clause
        rules = rules_of(policy)[clause]
        assert any(expected["rule"] in rules for case in cases for expected in case["expect"]), clause


def test_a_parameter_has_a_chinese_name_and_a_document(policy: Policy) -> None:
    for row in policy.parameters:
        assert policy.labels.get((row["clause"], row["parameter"])), row
        assert row["reference"], row


def test_a_parameter_has_one_value_a_region_and_day(policy: Policy) -> None:
    spans: dict[tuple[str, str, str], list[tuple[str, str]]] = {}
    for row in policy.parameters:
        key = (row["region_code"], row["clause"], row["parameter"])
        spans.setdefault(key, []).append((row["effective_from"], row["effective_to"] or "9999-12-31"))
    for key, some in spans.items():
        ordered = sorted(some)
        assert all(before[1] < after[0] for before, after in itertools.pairwise(ordered)), key


def test_the_handbook_is_not_stale(policy: Policy) -> None:
    assert HANDBOOK.read_text(encoding="utf-8") == render(policy), "请运行 python -m pipelines.handbook"


def test_the_handbook_says_nothing_in_our_jargon(policy: Policy) -> None:
    prose = re.sub(r"`[^`]*`", "", render(policy))
    assert not re.findall(r"\b[a-z]+_[a-z_]+\b", prose)


def test_every_reading_that_a_parameter_names_is_written_down(policy: Policy) -> None:
    sections = {f"守望口径说明第{number}节" for number in re.findall(r"^## (.)、", RECKONING, flags=re.MULTILINE)}
    named = {row["reference"] for row in policy.parameters if row["reference"].startswith("守望口径说明")}
    assert named
    assert named <= sections


def test_every_example_that_a_reading_names_is_there() -> None:
    named = set(re.findall(r"\[([a-z_0-9]+)\]", RECKONING))
    by_hand = {
        test["name"]
        for file in MODELS.rglob("*_tests.yml")
        for test in yaml.safe_load(file.read_text(encoding="utf-8"))["unit_tests"]
    }
    in_python = {
        name
        for file in (PROJECT / "tests").rglob("test_*.py")
        for name in re.findall(r"def (test_\w+)", file.read_text(encoding="utf-8"))
    }
    assert named
    assert named <= by_hand | in_python


def test_a_missing_seed_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"document\.csv"):
        read_policy(tmp_path, CASES)


def test_what_a_finding_rests_on_is_a_branch_of_a_rule_and_a_form_by_its_name() -> None:
    texts = {file.stem: file.read_text(encoding="utf-8") for file in FINDINGS}
    calls = (MODELS / "intermediate" / "int_measure_call.sql").read_text(encoding="utf-8")
    with (PROJECT / "dbt_project" / "seeds" / "policy" / "finding_form.csv").open(
        encoding="utf-8", newline=""
    ) as lines:
        rows = list(csv.DictReader(lines))
    for row in rows:
        assert row["label"] == load_contract(row["form"]).label
        branch = row["basis"].rpartition("_")[2]
        assert branch in texts[row["rule_id"]] + calls, f"{row['rule_id']}: {row['basis']}"

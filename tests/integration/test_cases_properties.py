"""What must hold for any household: generated ones, each beside variants of itself, through the real models in one batch."""

from __future__ import annotations

import random
from copy import deepcopy
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import duckdb
import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.integration.case_county import CaseFile, Row, Rows, build, compile_case

HOUSEHOLDS = 120
AS_OF = date(2020, 12, 31)
REGION = "350181"
HIGHER = f"{REGION}101200"
COUNTY: Row = {
    "documents": ["FQ"],
    "region": REGION,
    "as_of": AS_OF,
    "lines": [
        {
            "region_code": code, "line": "农村低保标准", "amount": amount, "unit": "元/年",
            "effective_from": date(2018, 1, 1), "published_on": date(2018, 1, 5), "document": "样例〔2018〕1号",
        }
        for code, amount in ((REGION, 8820), (f"{REGION}101", 8820.01), (f"{REGION}102", 15000))
    ],
}  # fmt: skip
MONEY = st.integers(0, 5_000_000).map(lambda fen: Decimal(fen) / 100)
DAY = st.dates(date(2020, 1, 1), AS_OF)


@st.composite
def households(draw: st.DrawFn) -> Row:
    """One household: up to six members, what it declared, and what departments recorded of them."""
    people = draw(
        st.lists(st.fixed_dictionaries({"health": st.sampled_from(["健康", "患有大病"])}), min_size=1, max_size=6)
    )
    person = st.sampled_from([chr(97 + place) for place in range(len(people))])
    declared = (
        "business_gross",
        "business_cost",
        "property",
        "transfer_family",
        "transfer_other",
        "transfer_paid",
        "medical_spend",
    )
    return {
        "members": people,
        "income": draw(st.one_of(MONEY, st.just(Decimal(8820 * len(people))))),
        "previous_income": draw(MONEY),
        "declared": draw(st.dictionaries(st.sampled_from(declared), MONEY, max_size=4)),
        "work": draw(
            st.dictionaries(person, st.fixed_dictionaries({"wage": MONEY.map(lambda yuan: yuan / 10), "months": st.integers(1, 12)}))
        ),
        "pension": draw(st.dictionaries(person, st.just(108), max_size=2)),
        "rows": {
            "subsidy_payment": draw(
                st.lists(
                    st.fixed_dictionaries(
                        {
                            "person_id": person, "item": st.sampled_from(["低保金", "高龄津贴", "地力补贴", "助学金", "新项目"]),
                            "amount": MONEY.map(lambda yuan: yuan / 20), "paid_on": DAY,
                        }
                    ),
                    max_size=3,
                    unique_by=lambda row: (row["person_id"], row["item"], row["paid_on"]),
                )
            ),
            "medical_settlement": draw(
                st.lists(
                    st.fixed_dictionaries(
                        {"person_id": person, "settled_on": DAY, "visit_kind": st.just("住院"), "self_total": MONEY}
                    ),
                    max_size=2,
                )
            ),
        },
    }  # fmt: skip


def more_wage(household: Row) -> Row:
    """The same household with a cent more of every wage, recorded and declared."""
    changed = deepcopy(household)
    changed["income"] += Decimal("0.01")
    for job in changed["work"].values():
        job["wage"] += Decimal("0.01")
    return changed


def one_more(household: Row) -> Row:
    """The same household with one more member who earns nothing."""
    changed = deepcopy(household)
    changed["members"] = [*changed["members"], {"labour_ability": "无劳动力"}]
    return changed


def under_line(household: Row, township: str) -> Row:
    """The same household where a township's own, higher line holds."""
    changed = deepcopy(household)
    changed["household"] = {"region_code": f"{REGION}{township}200"}
    return changed


VARIANTS = {
    "base": deepcopy,
    "more_wage": more_wage,
    "one_more": one_more,
    "line_by_a_cent": lambda household: under_line(household, "101"),
    "line_by_far": lambda household: under_line(household, "102"),
}


@cache
def generated() -> tuple[Row, ...]:
    """Households in a fixed order, the same every time."""
    found: list[Row] = []

    @settings(
        max_examples=HOUSEHOLDS, derandomize=True, database=None, phases=(Phase.generate,), deadline=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(households())
    def collect(household: Row) -> None:
        found.append(household)

    collect()
    return tuple(found)


@cache
def cases() -> tuple[Row, ...]:
    """Every generated household in all its variants, numbered."""
    every = [variant(household) for household in generated() for variant in VARIANTS.values()]
    for number, case in enumerate(every, start=1):
        case["household_no"] = f"{REGION}{number:04}"
        for place, settlement in enumerate(case["rows"]["medical_settlement"]):
            settlement["settlement_no"] = f"{number}-{place}"
    return tuple(every)


def department_rows() -> Rows:
    rows: Rows = {}
    for case in cases():
        for form, some in compile_case(case, AS_OF).items():
            rows.setdefault(form, []).extend(some)
    return rows


@cache
def answers(shuffled: bool) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Incomes and findings of the batch, as its files come or with every file's lines in another order."""
    rows = department_rows()
    if shuffled:
        for form, some in rows.items():
            random.Random(form).shuffle(some)
    name = "shuffled" if shuffled else "batch"
    with duckdb.connect(str(build(name, CaseFile(name, COUNTY, cases()), rows)), read_only=True) as connection:
        incomes = connection.sql("SELECT * FROM marts.fct_household_income ORDER BY household_no").pl()
        findings = connection.sql("SELECT * EXCLUDE (source_row) FROM marts.fct_finding ORDER BY ALL").pl()
    return incomes, findings


def variant_of(name: str) -> pl.DataFrame:
    """Incomes of one variant, in the order of the generated households."""
    return answers(shuffled=False)[0].gather_every(len(VARIANTS), list(VARIANTS).index(name))


def test_the_batch_is_wide_enough() -> None:
    base = variant_of("base")
    assert base.height == len(generated()) >= HOUSEHOLDS // 2
    assert base["disposable_income_yuan"].min() < 0 < base["disposable_income_yuan"].max()
    assert {"pass", "fail"} <= set(base["dibao_income_result"])


def test_the_four_parts_sum_to_disposable_income() -> None:
    incomes = answers(shuffled=False)[0]
    parts = sum(
        incomes[f"{part}_yuan"]
        for part in ("wage_income", "net_business_income", "net_property_income", "net_transfer_income")
    )
    assert (parts == incomes["disposable_income_yuan"]).all()
    assert (incomes["net_income_yuan"] - incomes["transfers_paid_yuan"] == incomes["disposable_income_yuan"]).all()


@pytest.mark.parametrize(
    "concept", ["wage_income", "disposable_income", "net_income", "total_income", "assessed_income"]
)
def test_more_wage_never_lowers_income(concept: str) -> None:
    assert (variant_of("more_wage")[f"{concept}_yuan"] >= variant_of("base")[f"{concept}_yuan"]).all()


@pytest.mark.parametrize("concept", ["disposable_income", "net_income", "assessed_income"])
def test_a_larger_household_with_the_same_income_is_never_richer_per_head(concept: str) -> None:
    base, larger = variant_of("base"), variant_of("one_more")
    assert (base[f"{concept}_yuan"] == larger[f"{concept}_yuan"]).all()
    assert (larger[f"{concept}_per_capita_yuan"].abs() <= base[f"{concept}_per_capita_yuan"].abs()).all()


@pytest.mark.parametrize("line", ["line_by_a_cent", "line_by_far"])
def test_raising_a_line_never_takes_a_household_out_of_a_test_below_it(line: str) -> None:
    before, after = variant_of("base"), variant_of(line)
    assert (after["dibao_line_yuan_per_year"] > before["dibao_line_yuan_per_year"]).all()
    passed = before["dibao_income_result"] == "pass"
    assert set(after.filter(passed)["dibao_income_result"]) == {"pass"}
    assert below(after) >= below(before)


def below(incomes: pl.DataFrame) -> set[int]:
    """Which of the generated households have a row that says income is below the line."""
    findings: list[dict[str, Any]] = answers(shuffled=False)[1].to_dicts()
    warned = {row["household_no"] for row in findings if row["rule_id"] == "income_below_line"}
    ranged = {
        row["household_no"] for row in findings
        if row["rule_id"] == "class_fq_range" and "below_dibao" in str(row["basis"]).split(";")
    }  # fmt: skip
    assert warned == ranged
    return {place for place, number in enumerate(incomes["household_no"]) if number in warned}


def test_the_order_of_lines_changes_nothing() -> None:
    for straight, shuffled in zip(answers(shuffled=False), answers(shuffled=True), strict=True):
        assert straight.equals(shuffled)

"""Doing the sum again: from source rows to quarters, from quarters to yearly amounts, from those to both concepts.

The warehouse did it once in SQL. Whoever explains a sum must be able to add it up, so this adds it up from the rows
that are shown and compares every step with what was published.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from pipelines.explain.amounts import fen, rounded_quotient
from pipelines.explain.facts import HouseholdFacts, Row

_YEARLY = {
    "wage": "wage_income_yuan",
    "business_gross": "business_gross_yuan",
    "business_cost": "business_cost_yuan",
    "property": "net_property_income_yuan",
    "transfer_public": "transfers_received_public_yuan",
    "transfer_family": "transfers_received_family_yuan",
    "transfer_paid": "transfers_paid_yuan",
    "rigid_illness": "rigid_illness_yuan",
    "rigid_disability": "rigid_disability_yuan",
    "rigid_schooling": "rigid_schooling_yuan",
    "rigid_disaster": "rigid_disaster_yuan",
}
_SET_OFF = ("dibao", "tekun")
_PER_CAPITA = ("disposable_income", "net_income", "total_income", "assessed_income", "after_rigid_income")


def yearly_fen(quarters: Iterable[Row]) -> dict[str, int]:
    """Fen per item: the quarters' thirds of a fen added up and rounded once."""
    thirds: dict[str, int] = defaultdict(int)
    for quarter in quarters:
        thirds[quarter["item"]] += quarter["counted_thirds_of_fen"]
    return {item: rounded_quotient(total, 3) for item, total in thirds.items()}


def source_thirds(sources: Iterable[Row]) -> int:
    """Thirds of a fen that source rows come to; a survey's quarter counts for its months in the window."""
    return sum(
        fen(source["amount_yuan"]) * (source["months"] if source["origin"] == "declared" else 3) for source in sources
    )


def recorded_thirds(sources: Iterable[Row]) -> int:
    """Thirds of a fen that departments recorded: of payments and roster amounts of one kind, the larger."""
    by_component: dict[str, list[Row]] = defaultdict(list)
    for source in sources:
        if source["origin"] == "recorded" and source["component"] != "job_cost":
            by_component[source["component"]].append(source)
    total = 0
    for kind in _SET_OFF:
        paid, listed = (source_thirds(by_component.pop(f"{kind}_{way}", ())) for way in ("payment", "roster"))
        total += max(paid, listed)
    return total + sum(source_thirds(rows) for rows in by_component.values())


def disagreements(facts: HouseholdFacts) -> list[str]:
    """Every step at which the shown rows do not come to the published figure, in Chinese; normally none."""
    return [*_quarter_disagreements(facts), *_yearly_disagreements(facts), *_concept_disagreements(facts)]


def _quarter_disagreements(facts: HouseholdFacts) -> list[str]:
    """Quarters whose source rows do not come to the recorded, declared or counted amount."""
    rows_of: dict[tuple[str, object], list[Row]] = defaultdict(list)
    for source in facts.sources:
        rows_of[source["item"], source["quarter"]].append(source)
    disability = {
        quarter["quarter"]: fen(quarter["recorded_yuan"]) * 3
        for quarter in facts.quarters
        if quarter["item"] == "rigid_disability"
    }
    problems = []
    for quarter in facts.quarters:
        rows = rows_of[quarter["item"], quarter["quarter"]]
        counted = source_thirds(row for row in rows if row["is_counted"])
        if quarter["item"] == "employment_cost":
            counted = source_thirds(row for row in rows if row["origin"] == "declared")
        elif quarter["item"] == "rigid_illness" and quarter["counted_side"] == "declared":
            counted -= disability.get(quarter["quarter"], 0)
        if counted != quarter["counted_thirds_of_fen"] or recorded_thirds(rows) != 3 * fen(quarter["recorded_yuan"]):
            problems.append(f"{quarter['quarter']} {quarter['item']} 的来源行相加与季度金额不等")
    return problems


def _yearly_disagreements(facts: HouseholdFacts) -> list[str]:
    """Items whose quarters do not come to the yearly amount."""
    yearly = yearly_fen(facts.quarters)
    return [
        f"{item} 各季相加与全年金额不等"
        for item, column in _YEARLY.items()
        if yearly.get(item, 0) != fen(facts.income[column])
    ]


def _concept_disagreements(facts: HouseholdFacts) -> list[str]:
    """Totals that do not follow from the yearly amounts, or a per-capita figure from its total."""
    income = facts.income
    disposable: Decimal = sum(
        (income[name] for name in ("wage_income_yuan", "net_business_income_yuan", "net_property_income_yuan")),
        income["transfers_received_yuan"] - income["transfers_paid_yuan"],
    )
    assessed = disposable - sum((row["amount_yuan"] for row in facts.deductions), Decimal(0))
    left_out = sum((row["amount_yuan"] for row in facts.sources if row["is_left_out_of_assessed"]), Decimal(0))
    checks = {
        "可支配收入": disposable == income["disposable_income_yuan"],
        "核算收入": assessed == income["assessed_income_yuan"],
        "不计入的补助": left_out == income["assistance_excluded_yuan"] + income["basic_pension_excluded_yuan"],
    }
    for name in _PER_CAPITA:
        per_head = rounded_quotient(fen(income[f"{name}_yuan"]), income["members"])
        checks[f"人均 {name}"] = per_head == fen(income[f"{name}_per_capita_yuan"])
    return [f"{name}与各项相加不等" for name, agrees in checks.items() if not agrees]

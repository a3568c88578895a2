"""The rules as variables and formulas of OpenFisca, the engine that tax and benefit models are usually written in.

OpenFisca keeps whole numbers in 32 bits, so amounts are thirds of a fen only up to about 7 million yuan a year.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from openfisca_core.entities import Entity, GroupEntity
from openfisca_core.periods import DateUnit, period
from openfisca_core.simulations import Simulation, SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

from tests.benchmarks.income_rivals import COMPARED

PERSON = Entity("person", "persons", "A person", "")
HOUSEHOLD = GroupEntity("household", "households", "A household", "", roles=[{"key": "member", "plural": "members"}])
WINDOWS = {"previous": period("year:2021-12"), "current": period("year:2022-12")}
RECORDED = ("wage", "pension", "paid", "other", "aided", "listed", "illness", "disability", "schooling")
SURVEYED = {
    "declared_wage": "wage_fen",
    "declared_gross": "business_gross_fen",
    "declared_cost": "business_cost_fen",
    "declared_property": "property_fen",
    "declared_family": "transfer_family_fen",
    "declared_public": "transfer_other_fen",
    "declared_transfer_paid": "transfer_paid_fen",
    "declared_schooling": "education_spend_fen",
    "declared_medical": "medical_spend_fen",
    "declared_disaster": "disaster_spend_fen",
}


def quarters(window):
    """The months of a window, by calendar quarter."""
    found: dict[tuple[int, int], list] = {}
    for month in window.get_subperiods(DateUnit.MONTH):
        found.setdefault((month.start.year, (month.start.month - 1) // 3), []).append(month)
    return found.values()


def recorded(household, name, months):
    """What departments recorded in the months; fen."""
    return sum(household.sum(household.members(name, month)) for month in months)


def declared(household, name, months):
    """What was declared for the months; thirds of a fen."""
    return sum(household(name, month).astype("int64") for month in months)


def whole_fen(thirds):
    """Thirds of a fen, rounded to the fen."""
    return (2 * np.asarray(thirds, dtype="int64") + 3) // 6


def per_head(amount, members):
    """An amount over the members, rounded half away from nothing."""
    amount, members = amount.astype("int64"), members.astype("int64")
    return np.sign(amount) * ((2 * np.abs(amount) + members) // (2 * members))


def _input(name, entity, unit=DateUnit.MONTH):
    return type(name, (Variable,), {"value_type": int, "entity": entity, "definition_period": unit})


def _computed(name, formula):
    holder = {"value_type": int, "entity": HOUSEHOLD, "definition_period": DateUnit.YEAR, "formula": formula}
    return type(name, (Variable,), holder)


def _declared_leaf(name):
    def formula(household, period, parameters):
        return whole_fen(declared(household, f"declared_{name}", period.get_subperiods(DateUnit.MONTH)))

    return _computed(name, formula)


def _larger_leaf(name, recorded_names):
    def formula(household, period, parameters):
        thirds = 0
        for months in quarters(period):
            department = sum(3 * recorded(household, part, months) for part in recorded_names)
            if name == "public":
                department += 3 * assistance(household, months)
            said = declared(household, f"declared_{name}", months)
            thirds = thirds + np.maximum(department, said)
        return whole_fen(thirds)

    return _computed(f"counted_{name}", formula)


def assistance(household, months):
    """Dibao paid or listed, the larger; fen."""
    return np.maximum(recorded(household, "paid", months), recorded(household, "listed", months))


def _illness(household, period, parameters):
    thirds = 0
    for months in quarters(period):
        illness, disability = (3 * recorded(household, name, months) for name in ("illness", "disability"))
        thirds = thirds + np.maximum(illness, declared(household, "declared_medical", months) - disability)
    return whole_fen(thirds)


def _excluded(household, period, parameters):
    return sum(assistance(household, months) + recorded(household, "aided", months) for months in quarters(period))


def _total(*names):
    def formula(household, period, parameters):
        return sum(int(name[0] + "1") * household(name[1:], period) for name in names)

    return formula


def _months_covered(household, period, parameters):
    return sum(household("is_surveyed", month) for month in period.get_subperiods(DateUnit.MONTH))


def _medical_borne(household, period, parameters):
    months = period.get_subperiods(DateUnit.MONTH)
    return recorded(household, "illness", months) + recorded(household, "disability", months)


def _members(household, period, parameters):
    return household.nb_persons()


def _per_capita(concept):
    def formula(household, period, parameters):
        return per_head(household(f"{concept}_fen", period), household("members", period))

    return _computed(f"{concept}_per_capita_fen", formula)


def _system() -> TaxBenefitSystem:
    system = TaxBenefitSystem([PERSON, HOUSEHOLD])
    disposable = ("+net_income_fen", "-transfer_paid")
    spending = ("+counted_illness", "+counted_disability", "+counted_schooling", "+disaster")
    variables = [
        *(_input(name, PERSON) for name in RECORDED),
        *(_input(name, HOUSEHOLD) for name in (*SURVEYED, "is_surveyed")),
        *(_declared_leaf(name) for name in ("gross", "cost", "property", "family", "transfer_paid", "disaster")),
        _larger_leaf("wage", ["wage"]),
        _larger_leaf("public", ["pension", "other"]),
        _larger_leaf("schooling", ["schooling"]),
        _computed("counted_illness", _illness),
        _computed(
            "counted_disability",
            lambda household, period, parameters: recorded(
                household, "disability", period.get_subperiods(DateUnit.MONTH)
            ),
        ),
        _computed("excluded", _excluded),
        _computed("total_income_fen", _total("+counted_wage", "+gross", "+property", "+counted_public", "+family")),
        _computed("net_income_fen", _total("+total_income_fen", "-cost")),
        _computed("disposable_income_fen", _total(*disposable)),
        _computed("rigid_spending_fen", _total(*spending)),
        _computed("assessed_income_fen", _total("+disposable_income_fen", "-excluded")),
        _computed("after_rigid_income_fen", _total("+disposable_income_fen", "-rigid_spending_fen")),
        _computed("medical_borne_fen", _medical_borne),
        _computed("members", _members),
        _computed("months_covered", _months_covered),
        _per_capita("disposable_income"),
        _per_capita("assessed_income"),
    ]
    for variable in variables:
        system.add_variable(variable)
    return system


def answer(lake: Path, target: Path) -> None:
    """Write the answer."""
    members = _read(lake, "registry_member", "household_no", "person_key", "co_living")
    members = members[members["co_living"].ne(False)]
    households = pd.Index(members["household_no"].unique())
    people = pd.Index(members["person_key"])
    system = _system()
    builder = SimulationBuilder()
    builder.create_entities(system)
    builder.declare_person_entity("person", np.arange(len(people)))
    group = builder.declare_entity("household", np.arange(len(households)))
    places = households.get_indexer(members["household_no"])
    builder.join_with_persons(group, places, np.repeat("member", len(people)))
    simulation = builder.build(system)
    _enter_records(simulation, lake, people)
    _enter_surveys(simulation, lake, households)

    answers = []
    for name, window in WINDOWS.items():
        columns = {column: simulation.calculate(column, window).astype("int64") for column in COMPARED}
        answers.append(pd.DataFrame({"household_no": households, "income_window": name, **columns}))
    pd.concat(answers).to_parquet(target)


def _read(lake: Path, form: str, *columns: str) -> pd.DataFrame:
    return pd.read_parquet(lake / form, columns=list(columns))


def _enter_records(simulation: Simulation, lake: Path, people: pd.Index) -> None:
    _enter(simulation, people, "wage", _read(lake, "employment", "person_key", "month", "wage_fen"))
    pension = _read(lake, "pension_payment", "person_key", "month", "basic_pension_fen", "account_pension_fen")
    pension["fen"] = pension.pop("basic_pension_fen") + pension.pop("account_pension_fen")
    _enter(simulation, people, "pension", pension)
    subsidy = _read(lake, "subsidy_payment", "person_key", "paid_on", "amount_fen", "item")
    item = subsidy.pop("item")
    _enter(simulation, people, "paid", subsidy[item == "低保金"])
    _enter(simulation, people, "other", subsidy[item != "低保金"])
    _enter(simulation, people, "aided", subsidy[item == "高龄津贴"])
    roster = _read(lake, "assistance_roster", "person_key", "category", "stopped_on", "monthly_amount_fen")
    roster = roster[roster["category"].isin(["农村低保", "城市低保"]) & roster["stopped_on"].isna()]
    listed = _by_person(people, roster["person_key"], roster["monthly_amount_fen"])
    for window in WINDOWS.values():
        for month in window.get_subperiods(DateUnit.MONTH):
            simulation.set_input("listed", month, listed)
    medical = _read(lake, "medical_settlement", "person_key", "settled_on", "self_total_fen")
    disabled = medical["person_key"].isin(_read(lake, "disability_register", "person_key")["person_key"])
    _enter(simulation, people, "illness", medical[~disabled])
    _enter(simulation, people, "disability", medical[disabled])
    school = _read(lake, "school_enrolment", "person_key", "term", "fees_fen", "aid_fen")
    school["fen"] = (school.pop("fees_fen") - school.pop("aid_fen")).clip(lower=0)
    _enter(simulation, people, "schooling", school)


def _by_person(people: pd.Index, keys: pd.Series, amounts: pd.Series) -> np.ndarray:
    places = people.get_indexer(keys)
    known = places >= 0
    return np.bincount(places[known], weights=amounts.to_numpy()[known], minlength=len(people)).astype("int32")


def _enter(simulation: Simulation, people: pd.Index, name: str, rows: pd.DataFrame) -> None:
    """Enter records: person_key, a day of the month they belong to, fen."""
    rows.columns = ["person_key", "day", "fen"]
    for month, of_month in rows.groupby(pd.to_datetime(rows["day"]).dt.to_period("M")):
        simulation.set_input(name, str(month), _by_person(people, of_month["person_key"], of_month["fen"]))


def _enter_surveys(simulation: Simulation, lake: Path, households: pd.Index) -> None:
    survey = _read(lake, "income_survey", "household_no", "quarter", *SURVEYED.values())
    for start, rows in survey.groupby(pd.to_datetime(survey["quarter"]).dt.to_period("Q")):
        places = households.get_indexer(rows["household_no"])
        for name, column in {**SURVEYED, "is_surveyed": None}.items():
            amounts = np.zeros(len(households), dtype="int32")
            amounts[places] = 1 if column is None else rows[column]
            for month in pd.period_range(start.start_time, periods=3, freq="M"):
                simulation.set_input(name, str(month), amounts)

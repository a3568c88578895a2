"""The rules in pandas."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

MONTHS = pd.DataFrame({"month": pd.date_range("2021-12-01", periods=24, freq="MS")})
MONTHS["income_window"] = np.where(MONTHS.index < 12, "previous", "current")
MONTHS["quarter"] = MONTHS["month"].dt.to_period("Q").dt.start_time
QUARTER = ["household_no", "income_window", "quarter"]
SURVEYED = {
    "wage_fen": "declared_wage",
    "business_gross_fen": "gross",
    "business_cost_fen": "cost",
    "property_fen": "property",
    "transfer_family_fen": "family",
    "transfer_other_fen": "declared_public",
    "transfer_paid_fen": "transfer_paid",
    "education_spend_fen": "declared_schooling",
    "medical_spend_fen": "declared_medical",
    "disaster_spend_fen": "disaster",
}


def answer(lake: Path, target: Path) -> None:
    """Write the answer."""
    members = _read(lake, "registry_member", "household_no", "person_key", "co_living")
    members = members[members["co_living"].ne(False)][["household_no", "person_key"]]
    disabled = _read(lake, "disability_register", "person_key")["person_key"].unique()
    quarters = _recorded(lake, members, disabled).join(_declared(lake), how="outer").fillna(0)

    public = quarters["pension"] + np.maximum(quarters["paid"], quarters["listed"]) + quarters["other"]
    quarters["wage"] = np.maximum(quarters["wage"] * 3, quarters["declared_wage"])
    quarters["public"] = np.maximum(public * 3, quarters["declared_public"])
    quarters["excluded"] = np.maximum(quarters["paid"], quarters["listed"]) + quarters["aided"]
    illness = np.maximum(quarters["illness"] * 3, quarters["declared_medical"] - quarters["disability"] * 3)
    quarters["medical_borne_fen"] = quarters["illness"] + quarters["disability"]
    quarters["illness"] = illness
    quarters["disability"] *= 3
    quarters["schooling"] = np.maximum(quarters["schooling"] * 3, quarters["declared_schooling"])

    year = quarters.groupby(level=["household_no", "income_window"]).sum()
    leaves = ["wage", "gross", "cost", "property", "public", "family", "transfer_paid"]
    spending = ["illness", "disability", "schooling", "disaster"]
    for leaf in leaves + spending:
        year[leaf] = (2 * year[leaf] + 3) // 6
    year["members"] = (
        members.groupby("household_no").size().reindex(year.index.get_level_values("household_no")).to_numpy()
    )
    year["months_covered"] = year["months"]
    year["total_income_fen"] = year["wage"] + year["gross"] + year["property"] + year["public"] + year["family"]
    year["net_income_fen"] = year["total_income_fen"] - year["cost"]
    year["disposable_income_fen"] = year["net_income_fen"] - year["transfer_paid"]
    year["rigid_spending_fen"] = year[spending].sum(axis=1)
    year["assessed_income_fen"] = year["disposable_income_fen"] - year["excluded"]
    year["after_rigid_income_fen"] = year["disposable_income_fen"] - year["rigid_spending_fen"]
    for concept in ("disposable_income", "assessed_income"):
        amount = year[f"{concept}_fen"]
        rounded = (2 * amount.abs() + year["members"]) // (2 * year["members"])
        year[f"{concept}_per_capita_fen"] = np.sign(amount) * rounded
    year.reset_index().to_parquet(target)


def _read(lake: Path, form: str, *columns: str) -> pd.DataFrame:
    return pd.read_parquet(lake / form, columns=list(columns))


def _recorded(lake: Path, members: pd.DataFrame, disabled: np.ndarray) -> pd.DataFrame:
    """One row per household, window and quarter with a record; fen."""
    wage = _read(lake, "employment", "person_key", "month", "wage_fen").rename(columns={"wage_fen": "wage"})
    pension = _read(lake, "pension_payment", "person_key", "month", "basic_pension_fen", "account_pension_fen")
    pension["pension"] = pension.pop("basic_pension_fen") + pension.pop("account_pension_fen")
    subsidy = _read(lake, "subsidy_payment", "person_key", "item", "amount_fen", "paid_on")
    subsidy["month"] = _month(subsidy.pop("paid_on"))
    subsidy["paid"] = subsidy["amount_fen"].where(subsidy["item"] == "低保金", 0)
    subsidy["other"] = subsidy["amount_fen"].where(subsidy["item"] != "低保金", 0)
    subsidy["aided"] = subsidy["amount_fen"].where(subsidy["item"] == "高龄津贴", 0)
    roster = _read(lake, "assistance_roster", "person_key", "category", "stopped_on", "monthly_amount_fen")
    roster = roster[roster["category"].isin(["农村低保", "城市低保"]) & roster["stopped_on"].isna()]
    roster = roster[["person_key", "monthly_amount_fen"]].rename(columns={"monthly_amount_fen": "listed"})
    roster = roster.merge(MONTHS[["month"]], how="cross")
    medical = _read(lake, "medical_settlement", "person_key", "settled_on", "self_total_fen")
    medical["month"] = _month(medical.pop("settled_on"))
    is_disabled = medical["person_key"].isin(disabled)
    medical["illness"] = medical["self_total_fen"].where(~is_disabled, 0)
    medical["disability"] = medical["self_total_fen"].where(is_disabled, 0)
    schooling = _read(lake, "school_enrolment", "person_key", "term", "fees_fen", "aid_fen").rename(
        columns={"term": "month"}
    )
    schooling["schooling"] = (schooling["fees_fen"] - schooling["aid_fen"]).clip(lower=0)

    sources = [
        (wage, ["wage"]),
        (pension, ["pension"]),
        (subsidy, ["paid", "other", "aided"]),
        (roster, ["listed"]),
        (medical, ["illness", "disability"]),
        (schooling, ["schooling"]),
    ]
    sums = []
    for rows, amounts in sources:
        rows["month"] = pd.to_datetime(rows["month"])
        placed = rows[["person_key", "month", *amounts]].merge(members, on="person_key").merge(MONTHS, on="month")
        sums.append(placed.groupby(QUARTER)[amounts].sum())
    return pd.concat(sums, axis=1)


def _declared(lake: Path) -> pd.DataFrame:
    """One row per household, window and surveyed quarter; thirds of a fen."""
    survey = _read(lake, "income_survey", "household_no", "quarter", *SURVEYED)
    survey["quarter"] = pd.to_datetime(survey["quarter"])
    covered = MONTHS.groupby(["income_window", "quarter"]).size().rename("months").reset_index()
    survey = survey.merge(covered, on="quarter").set_index(QUARTER).rename(columns=SURVEYED)
    survey[list(SURVEYED.values())] = survey[list(SURVEYED.values())].mul(survey["months"], axis=0)
    return survey


def _month(days: pd.Series) -> pd.Series:
    return pd.to_datetime(days).dt.to_period("M").dt.start_time

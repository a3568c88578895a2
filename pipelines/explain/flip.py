"""What would change an answer: how much income, how much spending, or which fact."""

from __future__ import annotations

from decimal import Decimal

from pipelines.explain.amounts import fen, from_fen, rounded_quotient, yuan
from pipelines.explain.facts import HouseholdFacts, Row

_MILLION = 1_000_000

# "以内" and "以下" include the line itself; every other class ends at it.
AT_LINE_IS_IN = frozenset({"困难边缘户", "预备名单", "低保边缘户"})

_TOTALS = {
    "disposable_income_per_capita": "disposable_income_yuan",
    "assessed_income_per_capita": "assessed_income_yuan",
    "after_rigid_income_per_capita": "after_rigid_income_yuan",
}
_INCOME_BASES = frozenset({"income", "below_dibao", "after_rigid", "dibao_test_passed", "below_national_line"})
_FACTS = {
    "roster": "名册停止发放后改变",
    "flag": "台账更正后改变",
    "potential_dibao": "纳入低保或不再符合低保条件后改变",
    "unsafe_only_home": "住房改造后鉴定为 A、B 级，或另有住房时改变",
    "no_labour": "家中有人劳动能力核定为普通、技能、弱或半劳动力时改变",
    "disabled": "家中不再有持证残疾人时改变",
    "car": "小型汽车注销或转移后改变",
    "firm": "企业注销后改变",
    "homes": "住宅少于两处或城镇住宅转移后改变",
    "deposits": "存款和有价证券降到限额以下后改变",
    "severe_disability": "为该成员办理单人保后改变",
    "grave_illness": "为该成员办理单人保后改变",
}
_WARNINGS = {
    "income_below_line": "人均可支配收入达到监测标准时不再预警",
    "income_fell": "收入回升，降幅小于预警比例时不再预警",
    "medical_burden": "计算期内个人负担低于预警值时不再预警",
    "new_disability": "发证日期移出计算期后不再预警",
    "dropout": "返校复学后不再预警",
    "unsafe_home": "改造完成并鉴定安全后不再预警",
    "unsafe_water": "饮水问题解决后不再预警",
    "job_lost": "本人重新在岗或家中另有人在岗后不再预警",
    "disaster_hit": "受灾日期移出计算期后不再预警",
    "only_worker_died": "家中另有人在岗后不再预警",
    "dibao_stopped": "停发满期或重新享受后不再预警",
    "visit_no": "再次走访各项均为是后不再预警",
    "public_report": "线索核实办结后不再预警",
    "risk_score": "评分理由所列情况好转后不再预警",
}


def least_total(per_head: int, members: int) -> int:
    """The smallest household total in fen whose rounded per-capita figure is at least `per_head` fen."""
    total = per_head * members - members
    while rounded_quotient(total, members) < per_head:
        total += 1
    return total


def line_distance(facts: HouseholdFacts, line: Row) -> str:
    """How far the household is from a line, per head and in household income over the window."""
    distance: Decimal | None = line["distance_yuan"]
    if distance is None:
        return "收入待定，不作比较"
    members = facts.income["members"]
    concept = "assessed_income_yuan" if line["concept"] == "核算收入" else "disposable_income_yuan"
    total, target = fen(facts.income[concept]), fen(line["line_yuan_per_year"])
    if distance < 0:
        short = from_fen(least_total(target, members) - total)
        return f"人均低 {yuan(-distance)} 元；全户全年再多 {yuan(short)} 元即达到"
    over = from_fen(total - least_total(target, members) + 1)
    return f"人均高 {yuan(distance)} 元；全户全年再少 {yuan(over)} 元即低于"


def class_flip(facts: HouseholdFacts, row: Row) -> str:
    """What would take the household out of a class: one part per reason that holds; all of them must go."""
    parts = [_basis_flip(facts, row, basis) for basis in (row["basis"] or "").split(";")]
    told = [part for part in parts if part]
    return ("须同时：" if len(told) > 1 else "") + "；".join(told)


def warning_flip(rule_id: str) -> str:
    """What would end a warning's reason."""
    return _WARNINGS.get(rule_id, "核实后按结果处理")


def _basis_flip(facts: HouseholdFacts, row: Row, basis: str) -> str:
    """What would end one reason of a class."""
    if basis in _INCOME_BASES and row["figure_name"] in _TOTALS:
        told = _income_flip(facts, row)
    elif basis == "spending":
        told = _share_flip(facts, "LY-spending" if row["class_name"] == "困难边缘户" else "LY-watch")
    elif basis == "income_fell":
        share = _parts_per_million(facts, "FQ-range", "fall_share")
        before = fen(facts.income["previous_disposable_income_yuan"])
        told = f"全户可支配收入高于 {yuan(from_fen(before - before * share // _MILLION))} 元时，降幅不再达到比例"
    elif basis == "rigid_over_last_income":
        told = f"刚性支出不超过上一期可支配收入 {yuan(facts.income['previous_disposable_income_yuan'])} 元时改变"
    elif basis.startswith("net_income_"):
        told = f"按 {basis.removeprefix('net_income_')} 年收入认定，资料更正后改变"
    else:
        told = _FACTS.get(basis, "")
    return told


def _income_flip(facts: HouseholdFacts, row: Row) -> str:
    """How much more household income puts the per-capita figure beyond the class's line."""
    if row["class_name"] == "低保户不再符合":
        return _falling_flip(facts, row)
    inclusive = row["class_name"] in AT_LINE_IS_IN
    if row["distance"] > 0 or (row["distance"] == 0 and not inclusive):
        return ""
    target = fen(row["line"]) + inclusive
    total = fen(facts.income[_TOTALS[row["figure_name"]]])
    more = from_fen(least_total(target, facts.income["members"]) - total)
    return f"全户全年收入再多 {yuan(more)} 元，人均即{'超过' if inclusive else '达到'} {yuan(row['line'])} 元"


def _falling_flip(facts: HouseholdFacts, row: Row) -> str:
    """How much less assessed income would pass the dibao test again."""
    if row["distance"] < 0:
        return ""
    total = fen(facts.income["assessed_income_yuan"])
    less = from_fen(total - least_total(fen(row["line"]), facts.income["members"]) + 1)
    return f"全户全年核算收入再少 {yuan(less)} 元，人均即低于 {yuan(row['line'])} 元，重新符合"


def _share_flip(facts: HouseholdFacts, clause: str) -> str:
    """How far rigid spending would have to fall below its share of disposable income."""
    share = _parts_per_million(facts, clause, "share")
    limit = -(-fen(facts.income["disposable_income_yuan"]) * share // _MILLION)
    if limit <= 0:
        return "没有刚性支出，或可支配收入转正且占比低于比例时改变"
    return f"刚性支出 {yuan(facts.income['rigid_spending_yuan'])} 元降到 {yuan(from_fen(limit))} 元以下时改变"


def _parts_per_million(facts: HouseholdFacts, clause: str, parameter: str) -> int:
    """A share of the policy in force, in millionths."""
    return int(Decimal(facts.parameters[clause, parameter]) * _MILLION)

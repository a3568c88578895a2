"""What items, sides and reasons are called on paper."""

from __future__ import annotations

from datetime import date

from expectations.contract import all_contracts

ITEMS = {
    "wage": "工资性收入",
    "business_gross": "经营收入",
    "business_cost": "经营成本",
    "property": "财产净收入",
    "transfer_public": "公共转移收入（养老金、补贴、救助）",
    "transfer_family": "赡养抚养收入",
    "transfer_paid": "转移性支出",
    "employment_cost": "就业成本",
    "rigid_illness": "因病刚性支出",
    "rigid_disability": "因残刚性支出",
    "rigid_schooling": "因学刚性支出",
    "rigid_disaster": "因灾刚性支出",
    "not_income": "不算收入的补助",
}
SIDES = {"recorded": "部门记录", "declared": "入户申报"}
COMPONENTS = {
    "dibao_payment": "低保金发放",
    "dibao_roster": "低保名册",
    "tekun_payment": "特困供养金发放",
    "tekun_roster": "特困供养名册",
}
DEDUCTIONS = {
    "assistance": "不计入的补助",
    "basic_pension": "不计入的基础养老金",
    "employment_cost": "就业成本",
    "rigid_spending": "刚性支出",
}
FINDINGS = {"gap": "缺口", "entitlement": "应得", "deadline": "时限", "conflict": "矛盾", "exit": "退出"}
REGION_LEVELS = {1: "全国", 2: "省级", 4: "市级", 6: "县级", 9: "乡镇级", 12: "村级"}  # by a code's digits
PARTS = (
    ("工资性收入", "wage_income_yuan"),
    ("经营净收入", "net_business_income_yuan"),
    ("财产净收入", "net_property_income_yuan"),
    ("转移净收入", "net_transfer_income_yuan"),
)


def quarter_label(day: date) -> str:
    """2020-04-01 is 2020年二季度."""
    return f"{day.year}年{'一二三四'[(day.month - 1) // 3]}季度"


def month_label(day: date) -> str:
    """2020-04-01 is 2020-04."""
    return f"{day:%Y-%m}"


def form_label(form: str) -> str:
    """The Chinese name of a department form."""
    return all_contracts()[form].label


def yes_no(value: bool | None) -> str:
    """是, 否, or 未填."""
    return "未填" if value is None else "是" if value else "否"

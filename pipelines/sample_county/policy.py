"""The county's invented policy: prices, lines, allowances, its own parameters, `county.yml`."""

from __future__ import annotations

import csv
import io
from datetime import date

import polars as pl
import yaml

from pipelines.sample_county.timeline import Timeline, first_day

_BASE_YEAR = 2019
_GROWTH = 1.05
NATION = "000000"
FIRST_LINES = 2015


def price(month: int) -> float:
    """Wages and prices of a month against January 2019."""
    return float(_GROWTH ** ((month - _BASE_YEAR * 12) / 12))


def dibao_per_month(year: int) -> int:
    """Rural dibao line of a year, yuan a month a head."""
    return int(round(590 * _GROWTH ** (year - _BASE_YEAR) / 10) * 10)


def poverty_line(month: int) -> float:
    """The line that the truth table holds incomes against, yuan a year a head: the rural dibao line in force."""
    return 12.0 * dibao_per_month(month // 12)


def _national(year: int) -> int:
    """The nation's poverty line of a year, yuan a year a head; a county's dibao line never lies under it."""
    return min(dibao_per_month(year) * 12 - 200, 2855 + 190 * (year - FIRST_LINES))


def _line(
    region: str, line: str, yuan: int, *, since: tuple[date, date], number: int, unit: str = "元/月"
) -> dict[str, object]:
    start, published = since
    document = f"青政样例〔{published.year}〕{number}号"
    return {
        "region_code": region,
        "line": line,
        "amount": yuan * 100,
        "unit": unit,
        "effective_from": start,
        "published_on": published,
        "document": document,
    }


def standard_lines(region: str, documents: tuple[str, ...], timeline: Timeline) -> dict[date, pl.DataFrame]:
    """Every standard line in force over the span, by the day of its publication; columns as in the contract (amount in fen).

    Rural and urban dibao, tekun, the national and the provincial line come each year from 2015 on; the watch line when
    the policy breaks. LY's test rests on the provincial line of 2017, so its county keeps the dibao line in step with it.
    """
    province = region[:2]
    files: dict[date, pl.DataFrame] = {}
    for year in range(FIRST_LINES, timeline.last // 12 + 1):
        rural, published = dibao_per_month(year), date(year - 1, 12, 18)
        since = (date(year, 1, 1), published)
        national = _national(year)
        rows = [
            _line(region, "农村低保标准", rural, since=since, number=1),
            _line(region, "城市低保标准", round(rural * 1.2), since=since, number=2),
            _line(region, "特困供养标准", round(rural * 1.3), since=since, number=3),
            _line(NATION, "国家扶贫标准", national, since=since, number=4, unit="元/年"),
            _line(province, "省定贫困线", 3300 + 250 * (year - FIRST_LINES), since=since, number=5, unit="元/年"),
        ]
        files[published] = pl.DataFrame(rows)
    if "FQ" in documents:
        published = first_day(timeline.policy_break - 1).replace(day=20)
        amount = (
            _national(timeline.policy_break // 12) * 3 // 2
        )  # the nation's rule: half as much again as its own line
        files[published] = pl.DataFrame([
            _line(region, "防返贫监测线", amount, since=(first_day(timeline.policy_break), published), number=9, unit="元/年")
        ])  # fmt: skip
    return files


def county_file(name: str, region: str, documents: tuple[str, ...]) -> str:
    """Text of `county.yml`."""
    return yaml.safe_dump(
        {"name": name, "region": region, "documents": list(documents)}, allow_unicode=True, sort_keys=False
    )


def county_parameters(region: str, documents: tuple[str, ...]) -> str:
    """Text of `policy/parameters.csv`: the values that only a county can set."""
    rows = [
        ("warning", "medical_burden_registered", "5000.00", "yuan"),
        ("warning", "medical_burden_others", "30000.00", "yuan"),
        ("warning", "fall_share", "0.5", "share"),
        ("dibao-test", "deposit_years", "2", "years of dibao"),
    ]
    if "FQ" in documents:
        rows.append(("FQ-range", "fall_share", "0.3", "share"))
    if "LY" in documents:
        rows += [("LY-watch", "multiple", "2", "times"), ("LY-watch", "share", "0.3", "share")]
    if "FX" in documents:
        amounts = {
            "县内务工": 100,
            "县外省内务工": 200,
            "省外务工": 300,
            "公益性岗位": 50,
            "帮扶车间": 60,
            "灵活就业": 80,
        }
        rows.append(("FX-fade", "extension_months", "12", "months"))
        rows += [
            ("FX-jobcost", f"monthly_amount.{kind}", f"{amount}.00", "yuan/month") for kind, amount in amounts.items()
        ]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(
        ["region_code", "clause", "parameter", "value", "unit", "effective_from", "effective_to", "reference"]
    )
    writer.writerows((region, *row, f"{FIRST_LINES}-01-01", "", "青政样例〔2015〕1号") for row in rows)
    return text.getvalue()

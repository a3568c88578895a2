"""政策: lines and parameters in force on a day, and what another line would change."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import polars as pl

from pipelines.county import County
from pipelines.deliver.paper import PaperColumn
from pipelines.errors import MistakeError
from pipelines.handbook import POLICY, stated_value
from pipelines.serve.file_version import file_version
from pipelines.serve.listing import Listing
from pipelines.serve.nights import Desk
from pipelines.serve.pages.page import EVERYBODY, Asked, Page, Shown
from pipelines.serve.pages.words import PLACE, with_document_numbers
from pipelines.serve.trials import Trial
from pipelines.what_if.change import Changes, parse_line, parse_parameter
from pipelines.what_if.comparison import Comparison

_LINES = """
    SELECT lines.line, coalesce(places.region_name, CASE length(lines.region_code) WHEN 1 THEN '全国' WHEN 2 THEN '全省'
        WHEN 4 THEN '全市' ELSE lines.region_code END) AS place,
        lines.line_yuan_per_year, lines.stated_amount_yuan, lines.unit, lines.effective_from, lines.effective_to,
        lines.document, lines.published_on
    FROM dim_policy_line AS lines
    LEFT JOIN dim_region AS places USING (region_code)
    WHERE (lines.region_code = '0' OR starts_with($place, lines.region_code))
        AND ($every = 'yes' OR (lines.effective_from <= $day AND (lines.effective_to IS NULL OR lines.effective_to >= $day)))
    ORDER BY lines.line, lines.region_code, lines.effective_from DESC
"""
_MOVED = """
    SELECT homes.household_no, homes.township, homes.village, incomes.members, lines.figure_yuan, lines.line_yuan_per_year AS standing,
        CASE WHEN lines.figure_yuan < $amount THEN '进' ELSE '出' END AS way,
        classes.names AS classes
    FROM fct_household_line AS lines
    JOIN dim_household AS homes USING (household_no)
    JOIN fct_household_income AS incomes USING (household_no)
    LEFT JOIN (
        SELECT household_no, string_agg(DISTINCT class_name, '、' ORDER BY class_name) AS names
        FROM fct_household_class GROUP BY household_no
    ) AS classes USING (household_no)
    WHERE lines.line = $line AND lines.distance_yuan IS NOT NULL
        AND (lines.figure_yuan < $amount) <> (lines.figure_yuan < lines.line_yuan_per_year)
    ORDER BY way DESC, homes.township_code, homes.village, homes.household_no
"""
_BY_TOWNSHIP = """
    SELECT homes.township,
        count(*) FILTER (lines.figure_yuan < lines.line_yuan_per_year) AS before_households,
        count(*) FILTER (lines.figure_yuan < $amount) AS after_households,
        coalesce(sum(incomes.members) FILTER (lines.figure_yuan < lines.line_yuan_per_year), 0)::BIGINT AS before_people,
        coalesce(sum(incomes.members) FILTER (lines.figure_yuan < $amount), 0)::BIGINT AS after_people,
        count(*) FILTER (lines.figure_yuan < $amount AND lines.figure_yuan >= lines.line_yuan_per_year) AS entering,
        count(*) FILTER (lines.figure_yuan >= $amount AND lines.figure_yuan < lines.line_yuan_per_year) AS leaving,
        coalesce(sum((lines.line_yuan_per_year - lines.figure_yuan) * incomes.members)
            FILTER (lines.figure_yuan < lines.line_yuan_per_year), 0)::DECIMAL(18, 2) AS before_cost,
        coalesce(sum(($amount - lines.figure_yuan) * incomes.members)
            FILTER (lines.figure_yuan < $amount), 0)::DECIMAL(18, 2) AS after_cost
    FROM fct_household_line AS lines
    JOIN dim_household AS homes USING (household_no)
    JOIN fct_household_income AS incomes USING (household_no)
    WHERE lines.line = $line AND lines.distance_yuan IS NOT NULL
    GROUP BY ALL
    ORDER BY min(homes.township_code)
"""
_STANDING = """
    SELECT line, any_value(concept) AS concept, max(line_yuan_per_year) AS amount
    FROM fct_household_line WHERE NOT contains(line, '@') AND NOT regexp_matches(line, 'x[0-9]')
    GROUP BY line ORDER BY line
"""
# Clauses that are ours, not a document's.
_OURS = {"income": "收入口径", "warning": "预警", "exit": "退出条件", "dibao-test": "低保条件"}
_MONTHS = 12  # a line moves by whole yuan a month


def day_asked(asked: Asked) -> date:
    """The day the user chose; the night's own where none, or none that is a day, was chosen."""
    try:
        return date.fromisoformat(asked.choice("day"))
    except ValueError:
        return date.fromisoformat(asked.desk.manifest.as_of)


def parameters_in_force(county: County, day: date, place: str) -> dict[tuple[str, str], tuple[str, dict[str, str]]]:
    """The dated row that holds at a place on a day, by clause and parameter, and whose it is (随产品 or 本县).

    As in the nightly models: the county's own row over the shipped, the nearer region first, then the later start.
    """
    own = county.policy / "parameters.csv"
    rows = [("随产品", row) for row in _csv_rows(POLICY / "parameter.csv")]
    rows += [("本县", row) for row in _csv_rows(own)] if own.exists() else []
    documents = (*county.documents, *_OURS)
    held: dict[tuple[str, str], tuple[str, dict[str, str]]] = {}
    ranks: dict[tuple[str, str], tuple[bool, int, str]] = {}
    for origin, row in rows:
        reaches = row["region_code"] == "0" or place.startswith(row["region_code"])
        is_held = row["effective_from"] <= day.isoformat() <= (row["effective_to"] or "9999")
        if reaches and is_held and (row["clause"] in documents or row["clause"].split("-")[0] in documents):
            key = (row["clause"], row["parameter"])
            rank = (origin == "本县", len(row["region_code"].rstrip("0")), row["effective_from"])
            if key not in held or rank > ranks[key]:
                held[key], ranks[key] = (origin, row), rank
    return held


def _labels() -> dict[tuple[str, str], str]:
    """What each parameter is called."""
    return {(row["clause"], row["parameter"]): row["label"] for row in _csv_rows(POLICY / "parameter_label.csv")}


def _parameters(county: County, day: date, place: str) -> pl.DataFrame:
    """The parameters in force under their Chinese names."""
    labels = _labels()
    told = [
        (
            _OURS.get(clause, clause),
            labels.get((clause, parameter), parameter),
            stated_value(row["value"], row["unit"]),
            date.fromisoformat(row["effective_from"]),
            date.fromisoformat(row["effective_to"]) if row["effective_to"] else None,
            row["reference"],
            origin,
        )
        for (clause, parameter), (origin, row) in sorted(parameters_in_force(county, day, place).items())
    ]
    schema = {"clause": pl.String, "label": pl.String, "value": pl.String, "since": pl.Date, "until": pl.Date, "reference": pl.String, "origin": pl.String}  # fmt: skip
    return pl.DataFrame(told, schema=schema, orient="row")


def _settable(county: County, day: date) -> list[tuple[str, str]]:
    """The parameters that a trial can change: what the form sends, and what the choice says."""
    labels = _labels()
    return [
        (
            f"{clause}.{parameter}",
            f"{_OURS.get(clause, clause)} {labels.get((clause, parameter), parameter)}（现为 {row['value']}）",
        )
        for (clause, parameter), (_, row) in sorted(parameters_in_force(county, day, county.region).items())
    ]


def _csv_rows(file: Any) -> list[dict[str, str]]:  # noqa: ANN401
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _supposed(asked: Asked, desk: Desk) -> dict[str, Any] | None:
    """The line and amount that the slider stands on; None when the night compares no line."""
    standing = desk.rows(_STANDING)
    if not standing:
        return None
    watch = desk.rows("SELECT watch_line FROM fct_household_income WHERE watch_line IS NOT NULL LIMIT 1")
    name = asked.choice("line") or (watch[0]["watch_line"] if watch else "")
    line = next((row for row in standing if row["line"] == name), standing[0])
    now = line["amount"]
    low, high = (int(now * part) // _MONTHS * _MONTHS for part in (Decimal("0.5"), Decimal("1.5")))
    try:
        amount = Decimal(asked.choice("amount")).quantize(Decimal(1))
    except InvalidOperation:
        amount = now
    amount = min(max(amount, Decimal(low)), Decimal(high))
    return {"lines": standing, "line": line["line"], "concept": line["concept"], "now": now, "amount": amount, "low": low, "high": high, "step": _MONTHS}  # fmt: skip


def _line_listings(asked: Asked, supposed: dict[str, Any]) -> tuple[Listing, ...]:
    choice = {"line": supposed["line"], "amount": supposed["amount"]}
    by_township = Listing(
        "townships", "新标准下各乡镇",
        (
            PaperColumn("township", "乡镇", 14),
            PaperColumn("before_households", "现线下户", 11, "right"),
            PaperColumn("after_households", "新线下户", 11, "right"),
            PaperColumn("before_people", "现线下人", 11, "right"),
            PaperColumn("after_people", "新线下人", 11, "right"),
            PaperColumn("entering", "进（户）", 10, "right"),
            PaperColumn("leaving", "出（户）", 10, "right"),
            PaperColumn("before_cost", "现每年差额（元）", 18, "right"),
            PaperColumn("after_cost", "新每年差额（元）", 18, "right"),
        ),
        _BY_TOWNSHIP, choice, "户、人、元",
    )  # fmt: skip
    if not asked.sees_households:
        return (by_township,)
    moved = Listing(
        "moved", "谁进谁出",
        (
            *PLACE,
            PaperColumn("members", "人口", 7, "right"),
            PaperColumn("figure_yuan", "人均收入", 14, "right"),
            PaperColumn("standing", "现行标准", 14, "right"),
            PaperColumn("way", "进出", 8),
            PaperColumn("classes", "现有认定", 24, "left"),
        ),
        _MOVED, choice, "人、元/年", opens="household_no", marks=("way",),
    )  # fmt: skip
    return (by_township, moved)


def _trial_listings(trial: Trial, comparison: Comparison) -> tuple[Listing, Listing]:
    """The outcome of a full trial: every class for the county and the townships where something moves; and who moves."""
    rows = [
        {
            "document": change.document,
            "class": change.class_name,
            "place": change.township or "全县",
            "before": change.households_before, "after": change.households_after,
            "entering": change.entering_households, "leaving": change.leaving_households,
            "people": change.people_after - change.people_before,
            "cost": change.cost_after - change.cost_before,
        }
        for change in comparison.classes
        if not change.township or change.entering_households or change.leaving_households
    ]  # fmt: skip
    schema: dict[str, pl.DataType | type[pl.DataType]] = {
        "document": pl.String, "class": pl.String, "place": pl.String, "before": pl.Int64, "after": pl.Int64, "entering": pl.Int64,
        "leaving": pl.Int64, "people": pl.Int64, "cost": pl.Decimal(18, 2),
    }  # fmt: skip
    classes = Listing(
        f"trial{trial.number}", f"试算第 {trial.number} 次：{trial.told}",
        (
            PaperColumn("document", "文号", 20, "left"),
            PaperColumn("class", "类别", 24, "left"),
            PaperColumn("place", "范围", 14),
            PaperColumn("before", "现行户", 10, "right"),
            PaperColumn("after", "试算后户", 10, "right"),
            PaperColumn("entering", "进（户）", 10, "right"),
            PaperColumn("leaving", "出（户）", 10, "right"),
            PaperColumn("people", "人数增减", 11, "right"),
            PaperColumn("cost", "每年差额增减（元）", 20, "right"),
        ),
        rows=pl.DataFrame(rows, schema=schema), measure="户、人、元", shape=with_document_numbers,
    )  # fmt: skip
    names = ("household_no", "township", "document", "class", "way")
    moved = Listing(
        f"moved{trial.number}", f"试算第 {trial.number} 次：谁进谁出",
        (
            PaperColumn("household_no", "户编号", 16),
            PaperColumn("township", "乡镇", 14),
            PaperColumn("document", "文号", 20, "left"),
            PaperColumn("class", "类别", 24, "left"),
            PaperColumn("way", "进出", 8),
        ),
        rows=pl.DataFrame(list(comparison.households), schema=dict.fromkeys(names, pl.String), orient="row"),
        measure="户", opens="household_no", marks=("way",), shape=with_document_numbers,
    )  # fmt: skip
    return (classes, moved)


def changes_of(fields: dict[str, str]) -> tuple[Changes, str]:
    """What a form asks to try out, and the same in words. Raises MistakeError for a form that asks for nothing."""
    lines = [f"{fields['line']}={fields['amount']}"] if fields.get("line") and fields.get("amount") else []
    settings = [f"{fields['parameter']}={fields['value']}"] if fields.get("parameter") and fields.get("value") else []
    if not lines and not settings:
        raise MistakeError("请选一条标准线或一个参数，并写明设为多少。")
    changes = Changes(
        parameters=tuple(parse_parameter(text) for text in settings), lines=tuple(parse_line(text) for text in lines)
    )
    labels = _labels()
    told = [f"{line.line} 每年 {line.amount} 元" for line in changes.lines]
    told += [
        f"{_OURS.get(change.clause, change.clause)} {labels.get((change.clause, change.parameter), change.parameter)} {change.value}"
        for change in changes.parameters
    ]
    return changes, "，".join(told)


def show(asked: Asked) -> Shown:
    """Lines and parameters of the day, the slider's answer, and for analysts the full trials."""
    day = day_asked(asked)
    supposed = _supposed(asked, asked.desk)
    trials = asked.trials.all() if asked.user.role == "analyst" else []
    places = asked.desk.rows(
        "SELECT region_code AS code, region_name AS name FROM dim_region WHERE region_level <> '村' ORDER BY region_code"
    )
    place = asked.choice("place") if asked.choice("place").isdecimal() else asked.county.region
    return Shown(
        facts={
            "day": day,
            "places": places,
            "place": place,
            "every": asked.choice("every"),
            "supposed": supposed,
            "trials": trials,
            "settable": _settable(asked.county, date.fromisoformat(asked.desk.manifest.as_of)) if asked.user.role == "analyst" else [],
            "is_waiting": any(not trial.future.done() for trial in trials),
        },
        listings=(
            Listing(
                "lines", "标准线",
                (
                    PaperColumn("line", "标准", 18, "left"),
                    PaperColumn("place", "适用", 16),
                    PaperColumn("line_yuan_per_year", "元/年", 13, "right"),
                    PaperColumn("stated_amount_yuan", "公布金额", 13, "right"),
                    PaperColumn("unit", "公布单位", 10),
                    PaperColumn("effective_from", "起", 15),
                    PaperColumn("effective_to", "止", 15),
                    PaperColumn("document", "文号", 24, "left"),
                ),
                _LINES, {"day": day, "place": place, "every": asked.choice("every")}, "元",
            ),
            Listing(
                "parameters", "政策参数",
                (
                    PaperColumn("clause", "条款", 14, "left"),
                    PaperColumn("label", "参数", 30, "left"),
                    PaperColumn("value", "取值", 16, "right"),
                    PaperColumn("since", "起", 15),
                    PaperColumn("until", "止", 15),
                    PaperColumn("reference", "依据", 26, "left"),
                    PaperColumn("origin", "来源", 9),
                ),
                rows=asked.desk.once(
                    lambda: _parameters(asked.county, day, place),
                    "parameters", day, place, file_version(asked.county.policy / "parameters.csv"),
                ), measure="见“取值”",
            ),
            *(_line_listings(asked, supposed) if supposed else ()),
            *(listing for trial in trials if trial.comparison for listing in _trial_listings(trial, trial.comparison)),
        ),
    )  # fmt: skip


PAGE = Page("policy", "政策与试算", EVERYBODY, show)

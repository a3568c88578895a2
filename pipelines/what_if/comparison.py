"""Two nights laid side by side: each class before and after, by township, with the households that move."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from pipelines.settings import Settings
from pipelines.warehouse.connect import attach, memory_connection
from pipelines.warehouse.sql import Name, statement

_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet takes for the beginning of one

# Who is in which class, and what would bring the household up to the class's line in a year; of an analysts' file in use.
_PLACES = """
    CREATE TABLE memory.main.{side} AS
    SELECT homes.household_no, homes.township, places.document, places.class_name, incomes.members,
        greatest(coalesce(places.line - places.figure, 0), 0) * incomes.members AS cost
    FROM (
        SELECT household_no, document, class_name, max(line) AS line, min(figure) AS figure
        FROM fct_household_class GROUP BY ALL
        UNION ALL
        SELECT household_no, '监测', '低于监测标准', watch_line_yuan_per_year, disposable_income_per_capita_yuan
        FROM fct_household_income
        WHERE income_status <> '待定' AND disposable_income_per_capita_yuan < watch_line_yuan_per_year
        UNION ALL
        SELECT household_no, '低保', '符合低保条件', dibao_line_yuan_per_year, assessed_income_per_capita_yuan
        FROM fct_household_income WHERE dibao_result = 'pass'
    ) AS places
    JOIN dim_household AS homes USING (household_no)
    JOIN fct_household_income AS incomes USING (household_no)
"""

_BOTH = """
    CREATE TABLE memory.main.compared AS
    SELECT
        household_no,
        coalesce(later.township, former.township, '') AS township,
        document,
        class_name,
        former.members IS NOT NULL AS was_in,
        later.members IS NOT NULL AS is_in,
        coalesce(former.members, 0) AS members_before,
        coalesce(later.members, 0) AS members_after,
        coalesce(former.cost, 0) AS cost_before,
        coalesce(later.cost, 0) AS cost_after
    FROM memory.main.former
    FULL JOIN memory.main.later USING (household_no, document, class_name)
"""

_COUNTS = """
    SELECT document, class_name, CASE WHEN grouping(township) = 1 THEN '' ELSE township END,
        count(*) FILTER (was_in), count(*) FILTER (is_in),
        coalesce(sum(members_before), 0)::BIGINT, coalesce(sum(members_after), 0)::BIGINT,
        count(*) FILTER (is_in AND NOT was_in), coalesce(sum(members_after) FILTER (NOT was_in), 0)::BIGINT,
        count(*) FILTER (was_in AND NOT is_in), coalesce(sum(members_before) FILTER (NOT is_in), 0)::BIGINT,
        sum(cost_before)::DECIMAL(18, 2), sum(cost_after)::DECIMAL(18, 2)
    FROM memory.main.compared
    GROUP BY GROUPING SETS ((document, class_name), (document, class_name, township))
    ORDER BY document, class_name, grouping(township) DESC, township
"""


@dataclass(frozen=True)
class ClassChange:
    """One class in one township (or the whole county, township empty): what stands, and what would be.

    Households, people, and the yuan a year that would bring those below the class's line up to it.
    """

    document: str
    class_name: str
    township: str
    households_before: int
    households_after: int
    people_before: int
    people_after: int
    entering_households: int
    entering_people: int
    leaving_households: int
    leaving_people: int
    cost_before: Decimal
    cost_after: Decimal


@dataclass(frozen=True)
class Comparison:
    """All classes, county first, then townships; and the households that change: (number, township, document, class, 进|出)."""

    as_of: date
    classes: tuple[ClassChange, ...]
    households: tuple[tuple[str, str, str, str, str], ...]


def compare(standing: Path, changed: Path, spill: Path, settings: Settings, as_of: date) -> Comparison:
    """Lay two closed analysts' files side by side."""
    connection = memory_connection(settings, spill)
    try:
        for file, side in ((standing, "former"), (changed, "later")):
            attach(connection, file, f"{side}_night")
            connection.execute(statement("USE {night}", night=Name(side + "_night")))
            connection.execute(statement(_PLACES, side=Name(side)))
        connection.execute(_BOTH)
        counts = connection.execute(_COUNTS).fetchall()
        moving = connection.execute(
            "SELECT household_no, township, document, class_name, CASE WHEN is_in THEN '进' ELSE '出' END"
            " FROM memory.main.compared WHERE was_in <> is_in ORDER BY document, class_name, township, household_no"
        ).fetchall()
    finally:
        connection.close()
    return Comparison(as_of, tuple(ClassChange(*row) for row in counts), tuple(moving))


def write_households(comparison: Comparison, target: Path) -> None:
    """The households that would enter or leave, as a CSV that Excel opens as it is."""
    with target.open("w", encoding="utf-8-sig", newline="") as output:
        writer = csv.writer(output)
        writer.writerow(("户编号", "乡镇", "文件", "类别", "进出"))
        writer.writerows([_plain(cell) for cell in household] for household in comparison.households)


def _plain(cell: object) -> object:
    """A cell that a spreadsheet takes as text: one that begins like a formula gets an apostrophe before it."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell

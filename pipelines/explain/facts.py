"""What the published tables say of one household: rows as they stand, nothing computed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb

from pipelines.errors import MistakeError

Row = dict[str, Any]

_ROWS_OF = {
    "members": "FROM dim_person WHERE household_no = $no ORDER BY NOT is_head, age DESC NULLS LAST, person_key",
    "quarters": "FROM fct_income_quarter WHERE household_no = $no ORDER BY item_order, quarter",
    "sources": "FROM fct_income_source WHERE household_no = $no"
    " ORDER BY item, quarter, origin DESC, component, month, source_file, source_row, person_key",
    "deductions": "FROM fct_income_deduction WHERE household_no = $no ORDER BY deduction_order",
    "lines": "FROM fct_household_line WHERE household_no = $no ORDER BY concept DESC, line_yuan_per_year",
    "classes": "FROM fct_household_class WHERE household_no = $no ORDER BY document, class_name, person_key NULLS FIRST",
    "reasons": "FROM fct_warning_reason WHERE household_no = $no ORDER BY severity, rule_id",
    "warnings": "FROM fct_warning WHERE household_no = $no ORDER BY issued_on",
    "findings": "FROM fct_finding WHERE household_no = $no AND kind IN ('gap', 'entitlement', 'deadline', 'conflict', 'exit')"
    " ORDER BY kind, clause, subject, person_key NULLS FIRST, evidence",
    "conflicts": "FROM fct_data_conflict WHERE household_no = $no ORDER BY ALL",
}


@dataclass(frozen=True)
class HouseholdFacts:
    """One household on the as-of day of one warehouse.

    run, household, income: the one row of ops_run, dim_household, fct_household_income.
    members, quarters, sources, deductions, lines, classes, reasons, warnings, findings, conflicts: rows of the mart
    each is named after; findings only those that ask somebody to act. parameters: value by (clause, parameter). score: the row of fct_risk_score, or None.
    """

    run: Row
    household: Row
    income: Row
    members: list[Row]
    quarters: list[Row]
    sources: list[Row]
    deductions: list[Row]
    lines: list[Row]
    classes: list[Row]
    reasons: list[Row]
    warnings: list[Row]
    findings: list[Row]
    conflicts: list[Row]
    parameters: dict[tuple[str, str], str]
    score: Row | None


def read_facts(connection: duckdb.DuckDBPyConnection, household_no: str) -> HouseholdFacts:
    """All rows of one household from an open analysts' file.

    Raises MistakeError when the household is not in it, saying whether its region is held back.
    """
    (run,) = _rows(connection, "FROM ops_run")
    households = _rows(connection, "FROM dim_household WHERE household_no = $no", household_no)
    if not households:
        raise MistakeError(
            f"{run['as_of']} 的结果中没有户编号 {household_no}：当日的农户基本信息表没有它，或所在区划因标准线有误暂不发布。"
        )
    household = households[0]
    (income,) = _rows(connection, "FROM fct_household_income WHERE household_no = $no", household_no)
    parameters = connection.execute(
        "SELECT clause, parameter, value FROM dim_policy_parameter WHERE region_code = $region",
        {"region": household["region_code"]},
    ).fetchall()
    return HouseholdFacts(
        run=run,
        household=household,
        income=income,
        **{name: _rows(connection, query, household_no) for name, query in _ROWS_OF.items()},
        parameters={(clause, parameter): value for clause, parameter, value in parameters},
        score=_score(connection, household_no),
    )


def household_numbers(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Every household of the warehouse, in order."""
    rows = connection.execute("SELECT household_no FROM dim_household ORDER BY household_no").fetchall()
    return [number for (number,) in rows]


def _score(connection: duckdb.DuckDBPyConnection, household_no: str) -> Row | None:
    """The household's risk score; None where the night was not scored."""
    scored = connection.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'fct_risk_score'").fetchall()
    rows = _rows(connection, "FROM fct_risk_score WHERE household_no = $no", household_no) if scored else []
    return rows[0] if rows else None


def _rows(connection: duckdb.DuckDBPyConnection, query: str, household_no: str | None = None) -> list[Row]:
    """The rows of a query as dictionaries."""
    found = connection.execute(query, {"no": household_no} if household_no is not None else None)
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

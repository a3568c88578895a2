"""The counties' figures side by side: tables of counts, one row per county and whatever the table counts.

Nothing smaller than a township is taken over, and no column that tells one household or person from another.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import duckdb
import polars as pl

from expectations.contract import all_contracts
from pipelines.errors import BuildError
from pipelines.rollup.nights import CountyNight
from pipelines.settings import Settings
from pipelines.warehouse.connect import attach, memory_connection

_SCALE = """
    SELECT scale.dimension_order, scale.dimension, coalesce(region.region_name, scale.value) AS value, scale.households,
        scale.people, scale.base_rule, scale.base_people, scale.share_percent, scale.target_people,
        scale.difference_people
    FROM rpt_monitoring_scale AS scale LEFT JOIN dim_region AS region ON scale.value = region.region_code
    WHERE scale.dimension <> 'village' ORDER BY scale.dimension_order, scale.value
"""
_CLASS = """
    WITH counted AS (
        SELECT class.document, class.class_name, class.household_no,
            CASE WHEN count(class.person_key) > 0 THEN count(DISTINCT class.person_key) ELSE max(home.members) END AS people
        FROM fct_household_class AS class JOIN dim_household AS home ON class.household_no = home.household_no
        GROUP BY ALL
    ),
    numbers AS (SELECT document, max(document_number) AS document_number FROM fct_clause_run GROUP BY document)
    SELECT counted.document, any_value(numbers.document_number) AS document_number, counted.class_name,
        count(*) AS households, CAST(sum(counted.people) AS BIGINT) AS people
    FROM counted LEFT JOIN numbers ON counted.document = numbers.document
    GROUP BY counted.document, counted.class_name ORDER BY counted.document, counted.class_name
"""
_WARNING = """
    SELECT CAST(sum(in_hand) AS BIGINT) AS in_hand, CAST(sum(handed_out) AS BIGINT) AS handed_out,
        CAST(sum(waiting) AS BIGINT) AS waiting, CAST(sum(overdue) AS BIGINT) AS overdue,
        max(longest_overdue_days) AS longest_overdue_days, CAST(sum(verified) AS BIGINT) AS verified,
        CAST(sum(silent) AS BIGINT) AS silent FROM rpt_daily_warnings
"""
_EXIT = """
    SELECT judged.*, states.* FROM (
        SELECT count(*) AS monitored, count(*) FILTER (exit_candidate = 'yes') AS candidates,
            count(*) FILTER (exit_candidate = '暂不标注') AS not_marked FROM rpt_dynamic_exit
    ) AS judged CROSS JOIN (
        SELECT count(*) FILTER (state = '风险消除待审') AS under_way,
            count(*) FILTER (state = '已退出' AND year(since) = year(as_of)) AS gone_this_year,
            count(*) FILTER (state = '逾期停止') AS lapsed, count(*) FILTER (state = '返贫') AS returned
        FROM fct_register_state
    ) AS states
"""
_FLOW = """
    SELECT period, first_day, opening, found, closed, open_now FROM rpt_register_flow WHERE dimension = 'county'
    ORDER BY first_day DESC
"""
QUERIES = {
    "rollup_scale": _SCALE,
    "rollup_class": _CLASS,
    "rollup_warning": _WARNING,
    "rollup_exit": _EXIT,
    "rollup_flow": _FLOW,
}
_LATE = """
    SELECT form FROM ops_file_receipt WHERE refused_code IS NULL AND list_contains($forms, form)
    GROUP BY form HAVING max(left(period, 7)) < $month
"""


def read_figures(nights: list[CountyNight], as_of: date, settings: Settings, spill: Path) -> dict[str, pl.DataFrame]:
    """Every table of `QUERIES`, and `rollup_county` with one row per county, those that did not report included.

    Raises BuildError, naming the county, when its night lacks a table: it was made by an older version.
    """
    parts: dict[str, list[pl.DataFrame]] = {name: [] for name in QUERIES}
    counties = []
    for night in nights:
        late = ""
        if night.warehouse:
            connection = memory_connection(settings, spill)
            try:
                attach(connection, night.warehouse, "county")
                connection.execute("USE county")
                for name, query in QUERIES.items():
                    parts[name].append(_of_county(night, connection.sql(query).pl()))
                late = _late_forms(connection, as_of)
            except (duckdb.CatalogException, duckdb.BinderException) as error:
                raise BuildError(
                    f"{night.county.name} {as_of} 的数据由较早的版本算出，缺少汇总所需的表。请该县重新运行这一夜。"
                ) from error
            finally:
                connection.close()
        counties.append(_county_row(night, late))
    return {"rollup_county": pl.DataFrame(counties, schema=_COUNTY_TYPES)} | {
        name: pl.concat(frames, how="vertical_relaxed") for name, frames in parts.items()
    }


def _of_county(night: CountyNight, rows: pl.DataFrame) -> pl.DataFrame:
    names = (pl.lit(night.county.region).alias("county_region"), pl.lit(night.county.name).alias("county_name"))
    return rows.select(*names, pl.all())


def _late_forms(connection: duckdb.DuckDBPyConnection, as_of: date) -> str:
    """Monthly forms that ever came but not for the last month that is over on the day."""
    monthly = {form: contract.label for form, contract in all_contracts().items() if contract.cadence == "monthly"}
    month = (as_of + timedelta(days=1)).replace(day=1) - timedelta(days=1)
    rows = connection.execute(_LATE, {"forms": list(monthly), "month": f"{month:%Y-%m}"}).fetchall()
    return "、".join(sorted(monthly[form] for (form,) in rows))


_COUNTY_TYPES: dict[str, pl.DataType] = {
    "county_region": pl.String(),
    "county_name": pl.String(),
    "documents": pl.String(),
    "has_reported": pl.Boolean(),
    "as_of": pl.Date(),
    "known_on": pl.Date(),
    "run_id": pl.String(),
    "published_at": pl.String(),
    "code_version": pl.String(),
    "late_forms": pl.String(),
    "newest": pl.Date(),
}


def _county_row(night: CountyNight, late: str) -> dict[str, object]:
    county, manifest = night.county, night.manifest
    return {
        "county_region": county.region,
        "county_name": county.name,
        "documents": "、".join(county.documents),
        "has_reported": manifest is not None,
        "as_of": date.fromisoformat(manifest.as_of) if manifest else None,
        "known_on": date.fromisoformat(manifest.known_on) if manifest else None,
        "run_id": manifest.run_id if manifest else None,
        "published_at": manifest.published_at if manifest else None,
        "code_version": manifest.code_version if manifest else None,
        "late_forms": late if manifest else None,
        "newest": night.newest,
    }

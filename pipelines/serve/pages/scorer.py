"""评分模型: which scorer is in use, how it was tested, and what tonight's scores look like."""

from __future__ import annotations

from datetime import date

import polars as pl

from models.card import PASSED, USES, CardTable, card_charts, card_tables, slice_notes
from models.county_features import COUNTY_SCHEMA
from models.release import Release
from pipelines.deliver.paper import PaperColumn
from pipelines.intake.ledger import ledger_path
from pipelines.risk.registry import current_release
from pipelines.serve import charts
from pipelines.serve.export import fitting_width
from pipelines.serve.file_version import file_version
from pipelines.serve.listing import Listing
from pipelines.serve.pages.page import COUNTY, Asked, Page, Shown

_BANDS = """
    SELECT scores.band, count(*) AS households, round(avg(scores.score) * 100, 2)::DECIMAL(18, 2) AS mean_percent,
        count(*) FILTER (warnings.status IN ('待核实', '逾期未核实')) AS waiting,
        count(*) FILTER (homes.is_monitored) AS monitored,
        count(*) FILTER (incomes.income_status <> '待定'
            AND incomes.disposable_income_per_capita_yuan < incomes.watch_line_yuan_per_year) AS below
    FROM fct_risk_score AS scores
    JOIN dim_household AS homes USING (household_no)
    JOIN fct_household_income AS incomes USING (household_no)
    LEFT JOIN fct_warning AS warnings USING (household_no)
    GROUP BY scores.band ORDER BY min(scores.rank_in_county)
"""


def _card(release: Release) -> tuple[Listing, ...]:
    """The tables of the model card, each a table of the page."""
    return tuple(
        Listing(
            f"card{place}", table.title,
            tuple(
                PaperColumn(f"c{index}", header, fitting_width(header, [row[index] for row in table.rows]), "right" if _is_figure(table, index) else "left")
                for index, header in enumerate(table.headers)
            ),
            rows=pl.DataFrame(
                list(table.rows), schema={f"c{index}": pl.String for index in range(len(table.headers))}, orient="row"
            ),
            measure="见各栏",
        )
        for place, table in enumerate(card_tables(release.kind, release.facts))
    )  # fmt: skip


def _is_figure(table: CardTable, index: int) -> bool:
    """Whether a column holds figures only; the first column names the row."""
    return index > 0 and all(row[index][:1] in "0123456789—" for row in table.rows)


def show(asked: Asked) -> Shown:
    """The card of the scorer that the night used, the bands, its feeds and its drift."""
    as_of = date.fromisoformat(asked.desk.manifest.as_of)
    release, _ = asked.desk.once(
        lambda: current_release(asked.county, as_of, COUNTY_SCHEMA), "release", file_version(ledger_path(asked.county))
    )
    card = _card(release)
    models = asked.desk.rows("SELECT model_id, model_kind, count(*) AS n FROM fct_risk_score GROUP BY ALL")
    return Shown(
        facts={
            "told": asked.desk.rows("SELECT told FROM fct_risk_run")[0]["told"],
            "models": models,
            "model_id": release.model_id,
            "uses": USES,
            "card": [listing.name for listing in card],
            "verdict": PASSED if "gate" in release.facts else "",
            "notes": slice_notes(release.facts) if "slices" in release.facts else [],
            "charts": {title: charts.svg(chart) for title, chart in card_charts(release.facts).items()},
        },
        listings=(
            Listing(
                "bands", "各分档",
                (
                    PaperColumn("band", "分档", 12),
                    PaperColumn("households", "户数", 10, "right"),
                    PaperColumn("mean_percent", "平均概率（%）", 14, "right"),
                    PaperColumn("waiting", "待核实预警户", 14, "right"),
                    PaperColumn("monitored", "在册监测对象", 14, "right"),
                    PaperColumn("below", "低于监测标准", 14, "right"),
                ),
                _BANDS, measure="户", marks=("band",),
            ),
            *card,
            Listing(
                "feeds", "评分所用资料",
                (
                    PaperColumn("feed", "资料", 18, "left"),
                    PaperColumn("data_on", "数据到", 15),
                    PaperColumn("age_days", "距基准日（天）", 15, "right"),
                    PaperColumn("limit_days", "期限（天）", 12, "right"),
                    PaperColumn("state", "是否使用", 18),
                ),
                "SELECT * FROM fct_risk_feed ORDER BY state <> '使用' DESC, feed", measure="天",
            ),
            Listing(
                "drift", "与训练时相比的变化",
                (
                    PaperColumn("measure", "特征", 30, "left"),
                    PaperColumn("stability_index", "稳定性指数", 14, "right"),
                    PaperColumn("state", "状态", 10),
                ),
                "SELECT measure, round(stability_index, 3)::DECIMAL(18, 3) AS stability_index, state FROM fct_risk_drift"
                " ORDER BY stability_index DESC", measure="－", marks=("state",),
            ),
        ),
    )  # fmt: skip


PAGE = Page("scorer", "评分模型", COUNTY, show)

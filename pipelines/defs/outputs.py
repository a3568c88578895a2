"""What a night hands out: the analysts' file, and the published folder."""

import dagster as dg

from pipelines.defs.models import models
from pipelines.defs.papers import ANALYSTS
from pipelines.defs.papers import KEYS as PAPER_KEYS
from pipelines.defs.plots import bar_chart
from pipelines.defs.resources import told_in_chinese
from pipelines.defs.scorer import SCORER
from pipelines.night import Night
from pipelines.warehouse.connect import attach, memory_connection

GROUP = "published"
SCORES = dg.AssetKey(["risk", "scores"])
FOLDER = dg.AssetKey(["published", "night"])


def _marts() -> list[dg.AssetKey]:
    """The keys of all marts."""
    return sorted(key for key, group in models.group_names_by_key.items() if group == "marts")


@dg.asset(
    key=SCORES,
    deps=[*_marts(), SCORER],
    group_name="risk",
    kinds={"scikitlearn"},
    description="返贫致贫风险评分：每户的概率、名次和理由；只用于安排走访先后，不能据以认定或停止帮扶",
)
def scores(night: dg.ResourceParam[Night]) -> dg.MaterializeResult[None]:
    """Score every household."""
    with told_in_chinese():
        households = night.score()
        bands = _households_by_band(night)
    return dg.MaterializeResult(
        metadata={"dagster/row_count": households, "各风险档户数": bar_chart(bands, "档", "户")}
    )


def _households_by_band(night: Night) -> list[tuple[str, int]]:
    """How many households are in each band of risk, from the night's closed file."""
    connection = memory_connection(night.settings, night.spill)
    try:
        attach(connection, night.warehouse, "build")
        return connection.execute(
            "SELECT band, count(*) FROM build.marts.fct_risk_score GROUP BY band ORDER BY band"
        ).fetchall()
    finally:
        connection.close()


@dg.asset(
    key=ANALYSTS,
    deps=[SCORES],
    group_name=GROUP,
    kinds={"duckdb"},
    description="分析用数据文件：全部公布表，无姓名、身份证号、电话、账号",
)
def warehouse(night: dg.ResourceParam[Night]) -> dg.MaterializeResult[None]:
    """Copy the marts into the analysts' file."""
    with told_in_chinese():
        night.extract()
    rows = {name: content.rows for name, content in night.contents.items()}
    return dg.MaterializeResult(
        metadata={"dagster/row_count": sum(rows.values()), "各表行数": bar_chart(rows.items(), "表", "行")}
    )


@dg.asset(
    key=FOLDER,
    deps=[*PAPER_KEYS.values()],
    group_name=GROUP,
    description="通过全部关口后封存并切换：published/current 指向它",
)
def published(night: dg.ResourceParam[Night]) -> dg.MaterializeResult[None]:
    """Judge the gates, seal the folder, switch `current`."""
    with told_in_chinese():
        report = night.publish()
    summary = report.summary
    classes = [(name, households) for _, name, households in summary.classes]
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": summary.households,
            "预警": summary.warnings,
            "文件夹": dg.MetadataValue.path(str(report.folder)),
            "状态散列": report.state,
            "各类家庭户数": bar_chart(classes, "认定类别", "户"),
        }
    )


@dg.definitions
def defs() -> dg.Definitions:
    """The outputs."""
    return dg.Definitions(assets=[scores, warehouse, published])

"""The county's risk scorer as an asset: checked every month on the outcomes that have closed, kept, recalibrated or trained anew."""

from datetime import date, timedelta

import dagster as dg

from pipelines.defs.forms import RECEIPTS
from pipelines.defs.resources import configured_county, told_in_chinese
from pipelines.night import today
from pipelines.risk.refresh import Refresh, refresh_county
from pipelines.settings import Settings

SCORER = dg.AssetKey(["risk", "scorer"])


class ScorerDay(dg.Config):
    """The day to train by, as ISO text; empty: the last day of the month before."""

    as_of: str = ""


@dg.asset(
    key=SCORER,
    deps=[RECEIPTS],
    group_name="risk",
    kinds={"scikitlearn", "json"},
    description="返贫致贫风险评分模型：每月用已到期的结果检查，水平有偏差先重新校准，排序变差才重新训练；通过评审才用于以后的夜间任务",
)
def scorer(context: dg.AssetExecutionContext, config: ScorerDay) -> dg.MaterializeResult[None]:
    """Refresh the scorer; the gate's answer and the card are noted on the asset."""
    with told_in_chinese():
        day = today()
        as_of = date.fromisoformat(config.as_of) if config.as_of else day.replace(day=1) - timedelta(days=1)
        found = refresh_county(configured_county(), as_of, day, Settings.from_environment(), context.log.info)
    return dg.MaterializeResult(metadata=_told(found))


def _told(found: Refresh) -> dict[str, dg.MetadataValue]:
    """The account of one refresh for Dagster's page."""
    account: dict[str, dg.MetadataValue] = {"结论": dg.MetadataValue.text(found.told)}
    if found.report is None:
        return account
    criteria = found.report.decision.criteria if found.report.decision else ()
    records = [dg.TableRecord({"项目": one.name, "结果": one.found, "通过": one.passed}) for one in criteria]
    columns = [dg.TableColumn("项目"), dg.TableColumn("结果"), dg.TableColumn("通过", "boolean")]
    return account | {
        "模型": dg.MetadataValue.text(found.report.release.model_id),
        "评审": dg.MetadataValue.text("通过" if found.report.promoted else "未通过，不使用"),
        "评审项目": dg.MetadataValue.table(records, schema=dg.TableSchema(columns)),
        "模型说明": dg.MetadataValue.path(str(found.report.card)),
    }


@dg.definitions
def defs() -> dg.Definitions:
    """The scorer."""
    return dg.Definitions(assets=[scorer])

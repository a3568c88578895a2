"""The night's papers, each kind an asset: who needs one sees when it was last made and from what."""

from __future__ import annotations

from collections.abc import Iterator

import dagster as dg

from pipelines.defs.resources import told_in_chinese
from pipelines.deliver.intake_papers import IDENTITY_LABEL, QUALITY_LABEL
from pipelines.deliver.night_papers import PRINT, Delivered
from pipelines.night import Night

GROUP = "papers"
ANALYSTS = dg.AssetKey(["published", "warehouse"])
_KINDS = {
    "verification_lists": "预警核实清单",
    "deferred_warnings": "预警顺延名单",
    "monitoring_scale": "监测规模表",
    "outside_scale": "监测规模表（对外）",
    "dynamic_exit": "动态退出表",
    "department_exchange": "信息交换",
    "exchange_lists": "信息交换名单",
    "daily_warnings": "预警日报",
    "weekly_verification": "预警核实周报",
    "rule_precision": "规则准确率",
    "register_balance": "建档销号平衡表",
    "monthly_help": "月帮扶统计表",
    "responsibility_list": "挂钩联系名单",
    "procedure_progress": "程序进度表",
    "observation_list": "预备名单",
    "quarterly_effect": "季度帮扶成效",
    "low_income_register": "低收入人口台账",
    "monitoring_ledger": "监测对象台账",
    "department_tasks": "部门清单",
    "village_board_postings": "公示（村务公开栏）",
    "web_postings": "公示（网上公开）",
    "household_files": "一户一档",
    "data_quality": QUALITY_LABEL,
    "identity_review": IDENTITY_LABEL,
}
_SHOWN = 50  # files named on an asset's page
KEYS = {label: dg.AssetKey(["paper", name]) for name, label in _KINDS.items()}


def paper_key(label: str) -> dg.AssetKey:
    """The asset that a delivered paper belongs to: a print to its workbook's, a department's list to all departments'."""
    return KEYS[label.removesuffix(PRINT).partition("-")[0]]


@dg.multi_asset(
    name="papers",
    specs=[
        dg.AssetSpec(key, deps=[ANALYSTS], group_name=GROUP, description=label, kinds={"excel"})
        for label, key in KEYS.items()
    ],
)
def papers(night: dg.ResourceParam[Night]) -> Iterator[dg.MaterializeResult[None]]:
    """Write the papers; each carries its run, its day and the state of its data, on itself and here."""
    with told_in_chinese():
        delivered = night.deliver()
    made: dict[dg.AssetKey, list[Delivered]] = {key: [] for key in KEYS.values()}
    for paper in delivered:
        made[paper_key(paper.label)].append(paper)
    for key, some in made.items():
        yield dg.MaterializeResult(
            key,
            metadata={
                "dagster/row_count": sum(paper.rows for paper in some if not paper.label.endswith(PRINT)),
                "批次": night.identity.run_id,
                "基准日": night.as_of.isoformat(),
                "份数": len(some),
                "文件": dg.MetadataValue.md("\n".join(f"- {paper.file}" for paper in some[:_SHOWN]) or "本期无"),
            },
        )


@dg.definitions
def defs() -> dg.Definitions:
    """The papers."""
    return dg.Definitions(assets=[papers])

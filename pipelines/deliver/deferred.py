"""Where a township's capacity cuts its list: the order it was cut in, as a paper and as an event in the ledger.

One event per night with a cut: `{"event": "list_order", "as_of", "known_on", "run_id", "townships"}`; by township code its
capacity and the warning numbers handed out and put off, each in order.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from pipelines.county import County
from pipelines.deliver.identity import People
from pipelines.deliver.options import PaperOptions
from pipelines.deliver.paper import DATE_WIDTH, PaperColumn, PaperSheet
from pipelines.deliver.report_papers import report_sheet
from pipelines.deliver.source import Source
from pipelines.deliver.verification_list import Listed, printed_rows
from pipelines.intake.ledger import append_events, read_events

EVENT = "list_order"
LABEL = "预警顺延名单"
_NOTE = (
    "次序依次为核实期限早的、规则级别高的（1 最高）、风险评分高的、户编号小的；“顺延”的超出本乡镇本期核实能力，未列入本期清单，"
    "由县级统筹力量核实或列入下期。"
)


def cut_lists(listed: Listed) -> pl.DataFrame:
    """The warnings of the townships whose list is cut, in order and without names; no rows where none is."""
    lists = (listed.of(township) for township in listed.townships())
    cut = [rows.filter(pl.col("kind") == "warning") for rows in lists if not rows["is_within"].all()]
    return pl.concat(cut) if cut else pl.DataFrame()


def deferred_list(source: Source, options: PaperOptions, people: People, cut: pl.DataFrame) -> list[PaperSheet]:
    """预警顺延名单: of each township whose list is cut, every warning in order, with what became of it."""
    if cut.is_empty():
        return []
    rows = printed_rows(cut, people).with_columns(
        became=pl.when("is_within").then(pl.lit("本期下发")).otherwise(pl.lit("顺延")), score=pl.col("score").round(4)
    )
    columns = (
        PaperColumn("township", "乡镇", 13), PaperColumn("place", "次序", 7), PaperColumn("warning_no", "预警编号", 24),
        PaperColumn("head_name", "户主姓名", 11), PaperColumn("village", "村（社区）", 13), PaperColumn("due_on", "核实期限", DATE_WIDTH),
        PaperColumn("severity", "规则级别", 9), PaperColumn("score", "风险评分", 11), PaperColumn("most", "核实能力\n（户）", 10),
        PaperColumn("became", "处理", 11),
    )  # fmt: skip
    return [report_sheet(source, options, LABEL, columns, rows, title="预警核实顺延名单", measure="户", notes=(_NOTE,))]


def record_order(county: County, source: Source, listed: Listed) -> bool:
    """Note in the ledger the order in which the night's lists are cut; returns whether there was anything to note."""
    cut = cut_lists(listed)
    if cut.is_empty():
        return False
    townships = {
        str(code): {
            "capacity": rows["most"][0],
            "handed_out": rows.filter("is_within")["warning_no"].to_list(),
            "put_off": rows.filter(~pl.col("is_within"))["warning_no"].to_list(),
        }
        for (code,), rows in cut.partition_by("township_code", as_dict=True, maintain_order=True).items()
    }
    event: dict[str, Any] = {
        "event": EVENT, "as_of": source.as_of.isoformat(), "known_on": source.known_on.isoformat(), "run_id": source.run_id,
        "townships": townships,
    }  # fmt: skip
    earlier = [e for e in read_events(county) if e["event"] == EVENT and e["as_of"] == event["as_of"]]
    if earlier and earlier[-1]["townships"] == townships:
        return False
    append_events(county, [event])
    return True

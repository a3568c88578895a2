"""What a night says of what came: the data-quality page, and who in the files is not certainly who."""

from __future__ import annotations

import polars as pl

from pipelines.county import County
from pipelines.deliver.options import PaperOptions
from pipelines.deliver.paper import PaperColumn, PaperSheet
from pipelines.deliver.report_papers import numbered, report_sheet
from pipelines.deliver.source import Source
from pipelines.intake.identity_conflicts import identity_conflicts
from pipelines.intake.match_suggestions import match_suggestions
from pipelines.intake.quality import check_quality, quality_page

QUALITY_LABEL, IDENTITY_LABEL = "数据质量", "身份核对清单"
_KINDS = {"one_id_two_names": "同一证件号码，姓名不同", "one_name_two_ids": "同户同名，证件号码不同"}
_OF_THE_NIGHT = "SELECT DISTINCT person_key FROM marts.dim_person SEMI JOIN wanted USING (person_key)"
_NUMBER = PaperColumn("place", "序号", 6)
_CONFLICT = (
    _NUMBER, PaperColumn("told", "矛盾", 24), PaperColumn("household_no", "户编号", 16),
    PaperColumn("first", "一处", 40, "left"), PaperColumn("second", "另一处", 40, "left"),
)  # fmt: skip
_SUGGESTION = (
    _NUMBER, PaperColumn("label", "报表", 20), PaperColumn("first", "退回的行", 40, "left"),
    PaperColumn("household_no", "疑似户编号", 16), PaperColumn("person_name", "疑似姓名", 12),
    PaperColumn("reasons", "依据", 36, "left"), PaperColumn("likelihood", "可能性", 9),
)  # fmt: skip


def data_quality_page(county: County, source: Source) -> bytes:
    """The page of every form's suite on its latest period known on K, without any value of a row."""
    page = quality_page(check_quality(county, source.known_on), county.name, source.as_of)
    return page.encode()


def identity_sheets(county: County, source: Source, options: PaperOptions) -> list[PaperSheet]:
    """Conflicts between sources, and suggestions for rows without a usable id; none when there is neither.

    Only people of the night's own tables are suggested: an erasure finds the nights that name a person by the keys there.
    """
    conflicts = identity_conflicts(county, source.connection, source.known_on)
    suggestions = match_suggestions(county, source.known_on)
    people = source.frame_of(_OF_THE_NIGHT, suggestions.select("person_key"))
    suggestions = suggestions.join(people, on="person_key", how="semi", maintain_order="left")
    sheets = []
    if conflicts.height:
        rows = conflicts.with_columns(
            told=pl.col("kind").replace_strict(_KINDS),
            first=_place("file", "sheet", "row"),
            second=_place("other_file", "other_sheet", "other_row"),
        )
        note = "两处不一致的均未合并，请对照证件核实后由原报送部门更正。"
        sheets.append(report_sheet(source, options, "身份矛盾", _CONFLICT, numbered(rows), measure="处", notes=(note,)))
    if suggestions.height:
        rows = suggestions.with_columns(
            first=_place("file", "sheet", "row"),
            likelihood=(pl.col("probability") * 100).floor().cast(pl.Int64).cast(pl.String) + "%",
        )
        note = (
            "证件号码不能使用的行可能是谁，仅供核对，不作为认定依据，也没有合并。请核实后在退回清单中改正证件号码重报。"
        )
        sheets.append(
            report_sheet(source, options, "疑似同一人", _SUGGESTION, numbered(rows), measure="行", notes=(note,))
        )
    return sheets


def _place(file: str, sheet: str, row: str) -> pl.Expr:
    """A row's place in words."""
    of_sheet = pl.when(pl.col(sheet).is_null()).then(pl.lit("")).otherwise(pl.format("工作表“{}”", pl.col(sheet)))
    return pl.format("{} {}第 {} 行", pl.col(file), of_sheet, pl.col(row))

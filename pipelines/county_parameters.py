"""The county's own policy values: policy/parameters.csv in its folder, beside the values shipped with the product."""

from __future__ import annotations

import csv

import polars as pl

from pipelines.county import County
from pipelines.errors import MistakeError
from pipelines.intake.cell import TEXT, read_region

PARAMETER_COLUMNS = (
    "region_code",
    "clause",
    "parameter",
    "value",
    "unit",
    "effective_from",
    "effective_to",
    "reference",
)


def read_county_parameters(county: County) -> pl.DataFrame:
    """The county's own policy values, one row per value. Regions may be padded with zeros, as those of lines.

    Raises MistakeError listing every row of policy/parameters.csv that cannot be used.
    """
    file = county.policy / "parameters.csv"
    rows: list[dict[str, str]] = []
    problems: list[str] = []
    if file.is_file():
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            missing = [name for name in PARAMETER_COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise MistakeError(f"{file} 缺少列：{'、'.join(missing)}。应有的列：{'、'.join(PARAMETER_COLUMNS)}。")
            for row in reader:
                rows.append({name: (row[name] or "").strip() for name in PARAMETER_COLUMNS})
                region, fault = read_region(rows[-1]["region_code"], TEXT)
                rows[-1]["region_code"] = region or ""
                if fault:
                    problems.append(
                        f"第 {reader.line_num} 行 region_code 应为 2、4、6、9 或 12 位行政区划代码（可用零补足，全国填 0）"
                    )
                elif any(
                    not rows[-1][name] for name in ("region_code", "clause", "parameter", "value", "effective_from")
                ):
                    problems.append(f"第 {reader.line_num} 行有必填项为空")
    frame = pl.DataFrame(rows, schema=dict.fromkeys(PARAMETER_COLUMNS, pl.String()))
    dated = frame.with_columns(
        pl.when(pl.col(name) == "").then(None).otherwise(pl.col(name)).str.to_date("%Y-%m-%d", strict=False).alias(name)
        for name in ("effective_from", "effective_to")
    )
    undated = frame.with_row_index("line", offset=2).filter(
        dated["effective_from"].is_null() | (dated["effective_to"].is_null() & (frame["effective_to"] != ""))
    )
    problems += [f"第 {line} 行日期应为 2020-01-31 的形式" for line in undated["line"].to_list()]
    if problems:
        raise MistakeError(f"{file} 有 {len(problems)} 处问题：" + "；".join(problems) + "。")
    return dated

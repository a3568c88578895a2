"""The published tables of the scorer: their columns, types and Chinese words."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import polars as pl

from pipelines.warehouse.sql import Name, Text, Typed, statement
from pipelines.warehouse.table_key import require_key

AT_A_TIME = 250_000  # households held in Python's memory, whatever the size of a home


@dataclass(frozen=True)
class RiskTable:
    """One table of schema marts: its comment, its key, and (name, type, comment) of each column in order."""

    name: str
    comment: str
    key: tuple[str, ...]
    columns: tuple[tuple[str, str, str], ...]


RUN = RiskTable(
    "fct_risk_run",
    "当夜评分情况：只有一行，用的什么模型、哪些数据来源没有使用",
    ("as_of",),
    (
        ("as_of", "DATE", "基准日"),
        ("model_id", "VARCHAR", "模型编号：类别和散列"),
        ("model_kind", "VARCHAR", "模型类别：champion、scorecard 或 floor"),
        ("feeds_missing", "VARCHAR", "缺失或过期、未使用的数据来源；缺失不等于没有风险"),
        ("feeds_moved", "VARCHAR", "与训练时相比变化异常、未使用的数据来源"),
        ("told", "VARCHAR", "以上内容的说明"),
    ),
)
SCORES = RiskTable(
    "fct_risk_score",
    "返贫致贫风险评分：每户一行。分值只用于安排走访先后，不能据以认定、拒绝或停止帮扶",
    ("household_no",),
    (
        ("household_no", "VARCHAR", "户编号"),
        ("as_of", "DATE", "基准日"),
        ("model_id", "VARCHAR", "模型编号：类别和散列"),
        (
            "model_kind",
            "VARCHAR",
            "模型类别：champion 可加模型，scorecard 评分卡，floor 收入与规则底线（未经本县历史检验）",
        ),
        ("score", "DOUBLE", "概率：基准日后第31天至第180天内被认定为监测对象、核实收入低于监测线或核实保障出现问题"),
        ("log_odds", "DOUBLE", "对数几率：等于参照值加该户各理由的贡献"),
        ("reference_log_odds", "DOUBLE", "参照值：各项特征取训练样本平均贡献时的对数几率"),
        ("rank_in_county", "INTEGER", "全县名次：1为风险最高，同分按户编号"),
        ("rank_in_township", "INTEGER", "乡镇内名次：1为风险最高，同分按户编号"),
        ("band", "VARCHAR", "分档：高（全县前2%）、较高（前10%）、关注（前30%）、一般"),
        ("reasons", "VARCHAR", "主要风险信号（至多三项，各带数据截止日期）；是信号，不是原因"),
        ("feeds_missing", "VARCHAR", "当日没有使用的数据来源（缺失、过期或变化异常）；缺失不等于没有风险"),
    ),
)
REASONS = RiskTable(
    "fct_risk_reason",
    "返贫致贫风险理由：每户每个主题一行，贡献可加，合计等于对数几率减参照值",
    ("household_no", "rank"),
    (
        ("household_no", "VARCHAR", "户编号"),
        ("as_of", "DATE", "基准日"),
        ("rank", "INTEGER", "次序：1为影响最大的主题，最后一行为其余因素合计"),
        ("theme", "VARCHAR", "主题"),
        ("contribution", "DOUBLE", "对对数几率的贡献，相对参照值"),
        ("text", "VARCHAR", "理由文字"),
        ("data_as_of", "DATE", "该理由所依据数据的截止日期"),
    ),
)
FEEDS = RiskTable(
    "fct_risk_feed",
    "评分所用数据来源：每个来源一行，数据到哪一天、是否过期",
    ("feed",),
    (
        ("feed", "VARCHAR", "数据来源"),
        ("as_of", "DATE", "基准日"),
        ("form", "VARCHAR", "报表"),
        ("data_on", "DATE", "数据截至"),
        ("age_days", "INTEGER", "距基准日天数"),
        ("limit_days", "INTEGER", "超过此天数即视为中断；空为不设期限"),
        ("is_missing", "BOOLEAN", "是否缺失或过期"),
        ("state", "VARCHAR", "使用；缺失或过期，未使用；变化异常，未使用"),
    ),
)

DRIFT = RiskTable(
    "fct_risk_drift",
    "评分漂移监测：每项特征和分值各一行，与训练时的分布相比；没有本县模型时为空表",
    ("measure",),
    (
        ("measure", "VARCHAR", "特征名；score 为分值"),
        ("as_of", "DATE", "基准日"),
        ("stability_index", "DOUBLE", "群体稳定性指数（PSI）：0.10以下正常，0.25以上异常"),
        ("state", "VARCHAR", "正常、关注或异常"),
    ),
)

VISITS = RiskTable(
    "fct_risk_visit",
    "返贫致贫风险走访安排：每月最后一天的夜间任务生成，每户一行；月内其他夜间为空表。只是走访建议",
    ("household_no",),
    (
        ("visit_no", "VARCHAR", "走访编号：ZF 为按评分安排，CJ 为随机抽查，加户编号和下发日期"),
        ("household_no", "VARCHAR", "户编号"),
        ("as_of", "DATE", "基准日"),
        ("township_code", "VARCHAR", "乡镇代码"),
        ("why", "VARCHAR", "名次靠前、保留名额（为名单容易遗漏的人群保留）或随机抽查"),
        ("probability", "DOUBLE", "入选概率：随机抽查的抽中机会，其余为1"),
        ("rank_in_township", "INTEGER", "乡镇内名次"),
        ("reason_text", "VARCHAR", "走访原因"),
        ("due_on", "DATE", "应完成日期：下月最后一天"),
    ),
)


def make_table(connection: duckdb.DuckDBPyConnection, table: RiskTable) -> None:
    """Make one table of schema marts, empty, replacing an earlier one, with all comments."""
    place = Name("marts", table.name)
    connection.execute(statement("DROP TABLE IF EXISTS {place}", place=place))
    columns = [Typed(Name(name), kind + (" NOT NULL" if name in table.key else "")) for name, kind, _ in table.columns]
    connection.execute(statement("CREATE TABLE {place} ({columns})", place=place, columns=columns))
    connection.execute(statement("COMMENT ON TABLE {place} IS {text}", place=place, text=Text(table.comment)))
    for name, _, comment in table.columns:
        column = Name("marts", table.name, name)
        connection.execute(statement("COMMENT ON COLUMN {column} IS {text}", column=column, text=Text(comment)))


def add_rows(connection: duckdb.DuckDBPyConnection, place: Name, frame: pl.DataFrame) -> None:
    """Add a frame's rows to a table, column by name."""
    connection.register("frame_in", frame.to_arrow())
    connection.execute(statement("INSERT INTO {place} BY NAME SELECT * FROM frame_in", place=place))
    connection.unregister("frame_in")


def write_table(connection: duckdb.DuckDBPyConnection, table: RiskTable, frame: pl.DataFrame) -> None:
    """Make one table of schema marts from a frame with its columns, replacing an earlier one.

    Raises BuildError when a key stands twice.
    """
    make_table(connection, table)
    add_rows(connection, Name("marts", table.name), frame.select(name for name, _, _ in table.columns))
    require_key(connection, Name("marts", table.name), table.key)

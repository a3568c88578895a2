"""预警核实清单: for each township one workbook of the households it has to visit, to be filled in and returned."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl

from expectations.contract import load_contract
from pipelines.county import County
from pipelines.deliver.identity import NO_NAME, People
from pipelines.deliver.options import PaperOptions
from pipelines.deliver.paper import PaperColumn, PaperSheet, cell_text, official_text
from pipelines.deliver.signature import IDENTITY_COLUMNS, IDENTITY_HEADERS, ListIdentity, county_list_key, row_sign
from pipelines.deliver.source import Source
from pipelines.deliver.workbook import workbook_bytes, write_file

LABEL = "预警核实清单"
SHEET, NOTICE_SHEET, VISIT_SHEET = "预警核实", "变动提醒", "走访安排"
_TITLES = {SHEET: "防止返贫监测预警核实清单", NOTICE_SHEET: "监测对象变动提醒清单", VISIT_SHEET: "返贫致贫风险走访安排"}
NO_HELPER = "（未明确）"
FEEDBACK = load_contract("township_feedback")
_ENTRY_WIDTHS = {"verified_on": 10, "verdict": 9, "reason": 10, "verifier": 7, "per_capita_income": 8.5}
_ENTRY_HINTS = {
    "verified_on": "入户核实的日期，如 2020-03-05",
    "verdict": "请从下拉列表中选择",
    "reason": "核实结果为“属实暂不符合”“不属实”“查无此户”时必填",
    "verifier": "入户核实人姓名",
    "per_capita_income": "核实到的近12个月人均可支配收入（元），未核到可不填",
}
_LISTED = """
    CREATE TEMP TABLE listed AS
    SELECT list.*, helper.helper, visit.visitor, capacity.most, scored.score
    FROM (
        SELECT * FROM marts.rpt_verification_list
        UNION ALL BY NAME
        SELECT visits.visit_no AS warning_no, visits.household_no, visits.as_of, 'visit' AS kind, homes.township_code,
            homes.township, homes.region_code, homes.village, visits.reason_text, rules.visit_focus, visits.due_on
        FROM marts.fct_risk_visit AS visits
        JOIN intermediate.int_warning_household AS homes USING (as_of, household_no)
        JOIN policy.warning_rule AS rules ON rules.rule_id = 'risk_score'
    ) AS list
    LEFT JOIN intermediate.int_monitored AS helper ON list.household_no = helper.household_no
    LEFT JOIN (
        SELECT household_no, visitor, row_number() OVER (PARTITION BY household_no ORDER BY visited_on DESC) AS newest
        FROM staging.stg_visit_record
        WHERE visited_on <= $as_of AND visitor IS NOT NULL
    ) AS visit ON list.household_no = visit.household_no AND visit.newest = 1
    LEFT JOIN (
        SELECT region_code, CAST(value AS INTEGER) AS most
        FROM intermediate.int_parameter_at
        WHERE as_of = $as_of AND clause = 'warning' AND parameter = 'township_capacity'
    ) AS capacity ON list.region_code = capacity.region_code
    LEFT JOIN (
        SELECT household_no, max(score) AS score FROM marts.fct_risk_score GROUP BY household_no
    ) AS scored ON list.household_no = scored.household_no
"""
_TOWNSHIPS = "SELECT DISTINCT township_code FROM listed ORDER BY township_code"


class Listed:
    """The warnings to be verified and the visits to be made of one night, a township at a time.

    DuckDB holds them, spilling where it must; only the township asked for is read. source: of the night.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        source.connection.execute(_LISTED, {"as_of": source.as_of})
        self._told = source.frame("SELECT told AS scorer_told FROM marts.fct_risk_run")

    def townships(self) -> list[str]:
        """Codes of the townships with anything to verify or visit, in order."""
        codes: list[str] = self.source.frame(_TOWNSHIPS)["township_code"].to_list()
        return codes

    def households(self) -> pl.DataFrame:
        """The household_no of everybody listed."""
        return self.source.frame("SELECT DISTINCT household_no FROM listed")

    def of(self, township: str) -> pl.DataFrame:
        """A township's rows in the order of its list, with `is_within` and without names.

        The order is deadline, severity, risk score, household number; beyond the township's capacity (a parameter, for
        warnings only) `is_within` is false, and the warning waits for a place on a later list.
        """
        rows = self.source.frame("SELECT * FROM listed WHERE township_code = $township", {"township": township})
        rows = rows.join(self._told, how="cross").sort(
            "kind", "due_on", "severity", "score", "household_no", descending=[True, False, False, True, False], nulls_last=True,
        )  # fmt: skip
        place = pl.int_range(1, pl.len() + 1).over("kind")
        is_within = (pl.col("kind") != "warning") | pl.col("most").is_null() | (place <= pl.col("most"))
        return rows.with_columns(is_within=is_within, place=place)


def printed_rows(rows: pl.DataFrame, people: People) -> pl.DataFrame:
    """Rows of `Listed` with their heads, and with the cells of identity and reason as the list prints them."""
    return people.with_heads(rows, "head_id").with_columns(*_printed_texts())


def _township(rows: pl.DataFrame) -> tuple[str, str]:
    """Code and name of the township whose rows these are."""
    code, name = rows.select("township_code", pl.coalesce(pl.col("township").max(), "township_code")).row(0)
    return code, name


def write_lists(
    listed: Listed, people: People, county: County, options: PaperOptions, candidate: Path, *, threads: int
) -> list[tuple[Path, int]]:
    """One workbook per township with anything to verify, under townships/; returns the files with their rows.

    `threads` townships are drawn at a time, and no others' rows are held.
    """
    key, source = county_list_key(county), listed.source
    people.with_heads(listed.households())  # all at once: the vault's files are large

    def write(rows: pl.DataFrame) -> tuple[Path, int]:
        code, township = _township(rows)
        target = candidate / "townships" / f"{code}-{safe_name(township)}" / list_name(source, township)
        write_file(target, list_workbook(source, key, rows, options))
        return target, rows.filter("is_within").height

    written: list[tuple[Path, int]] = []
    with ThreadPoolExecutor(threads) as pool:
        for batch in _batches(listed.townships(), threads):
            rows = [listed.of(township) for township in batch]
            roomy = [part for part in rows if part["is_within"].any()]  # elsewhere there is room for nobody
            written += pool.map(write, [printed_rows(part, people) for part in roomy])
    return written


def _batches(codes: list[str], size: int) -> Iterator[list[str]]:
    for start in range(0, len(codes), size):
        yield codes[start : start + size]


def list_workbook(source: Source, key: bytes, rows: pl.DataFrame, options: PaperOptions) -> bytes:
    """One township's workbook; `rows` are its `printed_rows`, `key` that of list signatures."""
    code, township = _township(rows)
    within = rows.filter("is_within")
    listed = ListIdentity(source.county_region, code, source.as_of, within.height)
    meta = [listed.cells(key), *_signed_rows(within, listed, key)]
    return workbook_bytes(_sheets(source, township, rows, options), meta=meta, protect=True, password=options.password)


def list_name(source: Source, township: str) -> str:
    """The file name of a township's list: it begins with D, which is the period of the file that comes back."""
    return f"{source.as_of}-{safe_name(township)}-{LABEL}.xlsx"


def safe_name(name: str) -> str:
    """A name from the data as part of a file name: letters, digits and Chinese characters only."""
    return re.sub(r"[^\w（）]+", "", name)[:40] or "未命名"


def _printed_texts() -> list[pl.Expr]:
    """The cells of identity and reason as the list prints them."""
    overdue = (
        pl.when(pl.col("overdue_days").is_not_null())
        .then(pl.format("\n逾期{}天", "overdue_days"))
        .otherwise(pl.lit(""))
    )
    due = pl.col("due_on").dt.strftime("%Y年\n%-m月%-d日")
    visitor = pl.format("{}\n（走访）", "visitor")
    return [
        pl.col("place").cast(pl.String).alias("place"),
        pl.col("head_name").fill_null(NO_NAME).map_elements(cell_text, return_dtype=pl.String),
        pl.col("village").fill_null(""),
        pl.col("phone").fill_null("").map_elements(cell_text, return_dtype=pl.String),
        (due + overdue).fill_null("").alias("due_on"),
        pl.coalesce("helper", visitor, pl.lit(NO_HELPER)).alias("helper"),
        official_text(pl.col("reason_text")).alias("reason_text"),
        pl.col("visit_focus").str.replace_all("；", "；\n").alias("visit_focus"),
    ]


def _signed_rows(rows: pl.DataFrame, listed: ListIdentity, key: bytes) -> list[tuple[str, ...]]:
    """The hidden lines: number of each warning and the signature of its row."""
    identities = rows.select(IDENTITY_COLUMNS).iter_rows()
    return [(identity[0], row_sign(key, listed, identity)) for identity in identities]


def _columns(*, show_id: bool) -> tuple[PaperColumn, ...]:
    """At most 14 columns: with the id shown, the running number makes room for it."""
    head, village, phone, due = IDENTITY_HEADERS
    first = PaperColumn("head_id", "户主证件号码", 10.5) if show_id else PaperColumn("place", "序号", 4.5)
    return (
        first,
        PaperColumn("warning_no", FEEDBACK.column("warning_no").header, 12.6),
        PaperColumn("head_name", head, 7),
        PaperColumn("village", village, 8),
        PaperColumn("phone", phone, 12),
        PaperColumn("helper", "帮扶责任人", 7.5),
        PaperColumn("reason_text", "预警原因", 30, "left"),
        PaperColumn("visit_focus", "入户核实要点", 17, "left"),
        PaperColumn("due_on", due, 8.5),
        *(
            PaperColumn(
                column.id,
                column.header,
                _ENTRY_WIDTHS[column.id],
                is_entry=True,
                choices=tuple(value for value, _ in column.values),
                hint=_ENTRY_HINTS[column.id],
            )
            for column in FEEDBACK.columns
            if column.id != "warning_no"
        ),
    )


def _sheets(source: Source, township: str, rows: pl.DataFrame, options: PaperOptions) -> list[PaperSheet]:
    """The warnings, the change notices for households already monitored, and the month's visits: a sheet each."""
    blank = [pl.lit("").alias(column.id) for column in FEEDBACK.columns if column.id != "warning_no"]
    rows = rows.with_columns(*blank)
    warnings = rows.filter((pl.col("kind") == "warning") & pl.col("is_within"))
    notices = rows.filter(pl.col("kind") == "change_notice")
    visits = rows.filter(pl.col("kind") == "visit")
    waiting = rows.height - warnings.height - notices.height - visits.height
    overdue = warnings["overdue_days"].count()
    told = f"本期应核实 {warnings.height} 户" + (f"，其中逾期 {overdue} 户" if overdue else "")
    told += f"；另有 {waiting} 户超出本期核实能力，顺延下期" if waiting else ""
    sheets = [_sheet(source, township, SHEET, warnings, told, options=options)]
    if not notices.is_empty():
        told = f"本期提醒 {notices.height} 户，均为在册监测对象，请帮扶责任人入户了解变动情况"
        sheets.append(_sheet(source, township, NOTICE_SHEET, notices, told, options=options))
    if not visits.is_empty():
        told = f"本月走访 {visits.height} 户，在预警之外按风险评分安排，其中少量为随机抽查；{visits['scorer_told'][0]}"
        sheets.append(_sheet(source, township, VISIT_SHEET, visits, told, options=options))
    return sheets if not warnings.is_empty() else sheets[1:]


def _sheet(
    source: Source, township: str, name: str, rows: pl.DataFrame, told: str, *, options: PaperOptions
) -> PaperSheet:
    return PaperSheet(
        name=name,
        title=f"{source.county_name}{township}{_TITLES[name]}",
        unit=f"{township}（盖章）",
        as_of=source.as_of,
        measure="户、元",
        columns=_columns(show_id=options.show_id),
        rows=rows,
        origin=source.origin,
        lines=(
            f"下发单位：{options.unit}　　{told}。黄色栏由乡镇入户核实后填写，其他内容请勿改动；本清单仅供入户核实，不作为认定依据。",
            source.origin,  # above the table: a line below it would come back as a row
            f"核实人（签字）：{'　' * 10}乡镇分管负责人（签字）：{'　' * 10}联系电话：{'　' * 10}填报日期：{'　' * 4}年{'　' * 2}月{'　' * 2}日",
        ),
    )

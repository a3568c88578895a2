"""Who a rejected row without a usable id may be about: suggestions for a person to look at, never a merge.

Splink (on DuckDB) compares each open rejected row with everybody on the latest member list. Its weights are fixed
here, so that the same rows give the same suggestions; nothing reads them but a paper.
"""

from __future__ import annotations

import datetime
import logging
from typing import Any, cast

import duckdb
import polars as pl

from expectations.contract import Column, FormContract, load_contract
from pipelines.county import County
from pipelines.intake.cell import clean, compact
from pipelines.intake.lake import forms_file, read_vault
from pipelines.intake.ledger import read_receipts
from pipelines.intake.quality import by_period
from pipelines.intake.returns import ReturnedRows, open_returns
from pipelines.vault.key_ring import KeyRing

SUGGESTION_TYPES: dict[str, pl.DataType] = {
    "label": pl.String(),
    "file": pl.String(),
    "sheet": pl.String(),
    "row": pl.Int32(),
    "household_no": pl.String(),
    "person_key": pl.String(),
    "person_name": pl.String(),
    "reasons": pl.String(),
    "probability": pl.Float64(),
}
_NAMES = ("person_name", "head_name")
_SUGGESTED_FROM = 0.9  # probability of a match
_SHOWN = 3  # suggestions a row
_SAID = {
    "id_text": (None, "出生日期相同", "证件号码前 14 位相同", "证件号码只差一两位"),
    "person_name": (None, "姓名相近", "姓名相同"),
    "household_no": (None, "户编号相同"),
}


def _level(condition: str, among_matches: float, among_others: float) -> dict[str, Any]:
    return {
        "sql_condition": condition,
        "label_for_charts": condition,
        "m_probability": among_matches,
        "u_probability": among_others,
    }


def _comparison(column: str, *levels: dict[str, Any]) -> dict[str, Any]:
    unknown = {
        "sql_condition": f"{column}_l IS NULL OR {column}_r IS NULL",
        "label_for_charts": "unknown",
        "is_null_level": True,
    }
    return {"output_column_name": column, "comparison_levels": [unknown, *levels]}


# How often a pair agrees when both are one person, and when they are two of one county.
_COMPARISONS = [
    _comparison(
        "id_text",
        _level("damerau_levenshtein(id_text_l, id_text_r) <= 2", 0.7, 0.00001),
        _level("left(id_text_l, 14) = left(id_text_r, 14)", 0.1, 0.0001),
        _level("substr(id_text_l, 7, 8) = substr(id_text_r, 7, 8)", 0.05, 0.0005),
        _level("ELSE", 0.15, 0.99939),
    ),
    _comparison(
        "person_name",
        _level("person_name_l = person_name_r", 0.9, 0.001),
        _level("jaro_winkler_similarity(person_name_l, person_name_r) >= 0.75", 0.07, 0.01),
        _level("ELSE", 0.03, 0.989),
    ),
    _comparison("household_no", _level("household_no_l = household_no_r", 0.9, 0.0001), _level("ELSE", 0.1, 0.9999)),
]
# Pairs are looked at that share one of these: digits wrong in one part of an id leave its other parts as they are.
_BLOCKS = [
    "person_name",
    "household_no",
    "left(id_text, 10) || substr(id_text, 15, 4)",  # wrong in month or day
    "substr(id_text, 7, 8)",  # in region or number of the day
    "substr(id_text, 11, 8)",  # in region or year
]


def _person(contract: FormContract) -> Column | None:
    return next((column for column in contract.columns if column.sensitive == "person"), None)


def _nameless_rows(returned: ReturnedRows) -> list[dict[str, Any]]:
    """The rows of one file that were rejected for their id, as far as they tell who is meant."""
    contract = load_contract(returned.receipt.form)
    person = _person(contract)
    if person is None:
        return []
    ids = {column.id for column in contract.columns}
    name = next((name for name in _NAMES if name in ids), None)
    return [
        {
            "unique_id": row["_return_number"],
            "id_text": compact(row[person.id] or "").upper() or None,
            "person_name": (compact(row[name] or "") or None) if name else None,
            "household_no": (clean(row["household_no"] or "") or None) if "household_no" in ids else None,
            "label": contract.label,
            "file": returned.receipt.file,
            "sheet": row["_sheet"],
            "row": row["_row"],
        }
        for row in returned.rows.iter_rows(named=True)
        if person.id in row["bad"].split(",")
    ]


def _people_near(county: County, known_on: datetime.date | None, asked: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """Everybody on the latest member list who shares a block with one of the rows `asked`, and how many rows the list has.

    Columns: unique_id (the person's key), id_text, person_name, household_no. The names of one file are held at a time.
    """
    receipts = [r for r in read_receipts(county, known_on) if r.refused is None and r.form == "registry_member"]
    latest = {receipt.content: receipt for receipt in list(by_period(receipts).values())[-1]} if receipts else {}
    near = pl.any_horizontal(
        pl.sql_expr(block).is_in(asked.select(pl.sql_expr(block)).to_series().drop_nulls().implode())
        for block in _BLOCKS
    )
    keys, found, listed = KeyRing.of(county), asked.clear(), 0
    for receipt in latest.values():
        lake = pl.read_parquet(
            forms_file(county, receipt.form, receipt.content), columns=["person_key", "household_no"]
        )
        secret = read_vault(county, keys, receipt.form, receipt.content, ["person_id", "person_name"])
        people = pl.concat([lake, secret], how="horizontal").select(
            pl.col("person_key").alias("unique_id"),
            pl.col("person_id").alias("id_text"),
            pl.col("person_name").str.replace_all(r"\s", ""),
            "household_no",
        )
        people = people.unique("unique_id", keep="last", maintain_order=True)
        earlier = found.join(people, on="unique_id", how="anti", maintain_order="left")
        found = pl.concat([earlier, people.filter(near)])
        listed += people.height
    return found, listed


def match_suggestions(county: County, known_on: datetime.date | None = None) -> pl.DataFrame:
    """At most three people for each open row without a usable id, the likeliest first; columns `SUGGESTION_TYPES`.

    Reasons are Chinese. Imports Splink only when there is such a row.
    """
    rows = [row for returned in open_returns(county, known_on) for row in _nameless_rows(returned)]
    if not rows:
        return pl.DataFrame(schema=SUGGESTION_TYPES)
    texts = dict.fromkeys(
        ("unique_id", "id_text", "person_name", "household_no", "label", "file", "sheet"), pl.String()
    )
    wanted = pl.DataFrame(rows, schema={**texts, "row": pl.Int32()})
    asked = wanted.select("unique_id", "id_text", "person_name", "household_no")
    people, listed = _people_near(county, known_on, asked)
    if not people.height:
        return pl.DataFrame(schema=SUGGESTION_TYPES)
    pairs = _pairs(asked, people, 1 / listed)
    told = [
        pl.col(f"gamma_{column}").replace_strict(dict(enumerate(said)), default=None, return_dtype=pl.String)
        for column, said in _SAID.items()
    ]
    return (
        pairs.with_columns(told)
        .with_columns(reasons=pl.concat_str([f"gamma_{column}" for column in _SAID], separator="；", ignore_nulls=True))
        .join(wanted.drop("person_name", "household_no", "id_text"), left_on="row_id", right_on="unique_id")
        .join(people.select("unique_id", "person_name", "household_no"), left_on="person_key", right_on="unique_id")
        .sort("file", "sheet", "row", -pl.col("probability"), "person_key")
        .group_by("row_id", maintain_order=True)
        .head(_SHOWN)
        .select(list(SUGGESTION_TYPES))
        .cast(pl.Schema(SUGGESTION_TYPES))
    )


def _pairs(rows: pl.DataFrame, people: pl.DataFrame, by_chance: float) -> pl.DataFrame:
    """Likely pairs: row_id, person_key, probability, and per comparison the level reached (`gamma_`).

    by_chance: how likely a row and somebody of the whole list are one person.
    """
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on  # noqa: PLC0415

    settings = SettingsCreator(
        link_type="link_only",
        probability_two_random_records_match=by_chance,
        comparisons=[*_COMPARISONS],
        blocking_rules_to_generate_predictions=[block_on(rule) for rule in _BLOCKS],
    )
    with duckdb.connect(config={"autoinstall_known_extensions": False}) as connection:
        database = DuckDBAPI(connection=connection)
        tables = [
            database.register(frame.to_arrow(), dataset_display_name=name)
            for name, frame in (("asked", rows), ("people", people))
        ]
        linker = Linker(tables, settings, log_level=logging.ERROR)
        found = (
            linker.inference.predict(threshold_match_probability=_SUGGESTED_FROM).as_duckdbpyrelation().to_arrow_table()
        )
    is_left = pl.col("source_dataset_l") == "asked"
    return cast(pl.DataFrame, pl.from_arrow(found)).select(
        pl.when(is_left).then("unique_id_l").otherwise("unique_id_r").alias("row_id"),
        pl.when(is_left).then("unique_id_r").otherwise("unique_id_l").alias("person_key"),
        pl.col("match_probability").alias("probability"),
        *(f"gamma_{column}" for column in _SAID),
    )

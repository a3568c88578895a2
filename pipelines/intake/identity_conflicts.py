"""Where the departments' files disagree about who somebody is: one id with two names, one name with two ids.

What a department has since said otherwise does not stand: of a full list its latest month counts, of records each person's
latest month, and in both a later file of the month for the rows it brings again.
"""

from __future__ import annotations

import datetime
from itertools import groupby

import polars as pl

from expectations.contract import FormContract, all_contracts
from pipelines.county import County
from pipelines.intake.lake import forms_file, read_vault
from pipelines.intake.ledger import read_receipts
from pipelines.intake.receipt import Receipt
from pipelines.vault.key_ring import KeyRing

_NAMES = {"person_id": "person_name", "head_id": "head_name"}
_SEED = 1  # of the numbers that stand for names while they are compared
CONFLICT_TYPES: dict[str, pl.DataType] = {
    "kind": pl.String(),
    "person_key": pl.String(),
    "household_no": pl.String(),
    "file": pl.String(),
    "sheet": pl.String(),
    "row": pl.Int32(),
    "other_file": pl.String(),
    "other_sheet": pl.String(),
    "other_row": pl.Int32(),
}


def _named_rows(county: County, keys: KeyRing, contract: FormContract, receipt: Receipt, file: int) -> pl.DataFrame:
    """Person, name, household and key of every row of one file that has an id and a name, and its place: file is a number given to it."""
    id_column = next(column for column in contract.columns if column.id in _NAMES)
    has_household = any(column.id == "household_no" for column in contract.columns)
    household = pl.col("household_no") if has_household else pl.lit(None, pl.String)
    key = [contract.column(column).lake_name for column in contract.key]
    lake = pl.scan_parquet(forms_file(county, contract.form, receipt.content)).select(
        pl.col(id_column.lake_name).alias("person_key"),
        household.alias("household_no"),
        pl.struct(key).hash(_SEED).alias("key"),
        pl.lit(file, pl.Int32).alias("file"),
        pl.col("_sheet").alias("sheet"),
        pl.col("_row").alias("row"),
    )
    names = read_vault(county, keys, contract.form, receipt.content)[_NAMES[id_column.id]]
    name = names.str.replace_all(r"[\s·•]", "").hash(_SEED).set(names.is_null(), None).alias("name")
    return lake.collect().with_columns(name)


def _standing_rows(
    county: County, keys: KeyRing, contract: FormContract, receipts: list[tuple[int, Receipt]]
) -> pl.DataFrame:
    """The rows of one form's numbered files, in order of receipt, that no later one of the form stands in for.

    Records repeat their people every month: what is held grows with the people, not with the months.
    """
    by_month = sorted(receipts, key=lambda numbered: _month(numbered[1]), reverse=True)
    standing = pl.DataFrame()
    for _, months_files in groupby(by_month, key=lambda numbered: _month(numbered[1])):
        month = pl.concat([_named_rows(county, keys, contract, receipt, file) for file, receipt in months_files])
        rows = month.filter(pl.col("file") == pl.col("file").max().over("key")).drop_nulls(["person_key", "name"])
        if standing.width:
            rows = rows.join(standing, on="person_key", how="anti", maintain_order="left")
        standing = pl.concat([standing, rows] if standing.width else [rows])
        if contract.rows_are == "full_list":
            break
    return standing.drop("key")


def _month(receipt: Receipt) -> datetime.date:
    return receipt.period_start or datetime.date.min


def _pairs(rows: pl.DataFrame, kind: str, same: list[str], differs: str) -> pl.DataFrame:
    """The first row of a group against the first row of each other value in it."""
    firsts = rows.unique([*same, differs], keep="first", maintain_order=True)
    first = firsts.unique(same, keep="first", maintain_order=True)
    pairs = first.join(firsts, on=same, how="inner", suffix="_other", maintain_order="left_right")
    pairs = pairs.filter(pl.col(differs) != pl.col(f"{differs}_other"))
    household = pl.col("household_no") if "household_no" in same else pl.coalesce("household_no", "household_no_other")
    return pairs.select(
        pl.lit(kind).alias("kind"),
        "person_key",
        household.alias("household_no"),
        "file",
        "sheet",
        "row",
        pl.col("file_other").alias("other_file"),
        pl.col("sheet_other").alias("other_sheet"),
        pl.col("row_other").alias("other_row"),
    )


def identity_conflicts(county: County, known_on: datetime.date | None = None) -> pl.DataFrame:
    """Conflicts between sources, one row per pair of rows that disagree; columns `CONFLICT_TYPES`, no name, no id.

    kind `one_id_two_names`: the same id stands with different names. kind `one_name_two_ids`: within a household one
    name stands with different ids (person_key is the first's). Nothing is merged; both places are told.
    """
    contracts = {
        form: contract
        for form, contract in all_contracts().items()
        if {column.id for column in contract.columns} & set(_NAMES.values())
    }
    told = [r for r in read_receipts(county, known_on) if r.refused is None and r.form in contracts]
    receipts = sorted(told, key=Receipt.later_than_key)
    if not receipts:
        return pl.DataFrame(schema=CONFLICT_TYPES)
    keys = KeyRing.of(county)
    rows = pl.concat(
        _standing_rows(county, keys, contract, files)
        for form, contract in contracts.items()
        if (files := [(number, receipt) for number, receipt in enumerate(receipts) if receipt.form == form])
    ).sort("file", "row")
    in_households = rows.drop_nulls("household_no")
    found = pl.concat(
        [
            _pairs(rows, "one_id_two_names", ["person_key"], "name"),
            _pairs(in_households, "one_name_two_ids", ["household_no", "name"], "person_key"),
        ]
    )
    paths = pl.Series([receipt.file for receipt in receipts])
    named = [paths.gather(found[column]).alias(column) for column in ("file", "other_file")]
    return found.with_columns(named).select(list(CONFLICT_TYPES)).cast(pl.Schema(CONFLICT_TYPES))

"""Where the departments' files disagree about who somebody is: one id with two names, one name with two ids."""

from __future__ import annotations

import datetime

import polars as pl

from expectations.contract import FormContract, all_contracts
from pipelines.county import County
from pipelines.intake.lake import forms_file, read_vault
from pipelines.intake.ledger import read_receipts
from pipelines.intake.receipt import Receipt
from pipelines.vault.key_ring import KeyRing

_NAMES = {"person_id": "person_name", "head_id": "head_name"}
_SEED = 1  # of the numbers that stand for names while they are compared
_HELD_ROWS = 1_000_000  # before repeats are left out
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
    """Person, name and household of every row of one file that has an id and a name, and its place: file is a number given to it."""
    id_column = next(column for column in contract.columns if column.id in _NAMES)
    has_household = any(column.id == "household_no" for column in contract.columns)
    household = pl.col("household_no") if has_household else pl.lit(None, pl.String)
    lake = pl.scan_parquet(forms_file(county, contract.form, receipt.content)).select(
        pl.col(id_column.lake_name).alias("person_key"),
        household.alias("household_no"),
        pl.lit(file, pl.Int32).alias("file"),
        pl.col("_sheet").alias("sheet"),
        pl.col("_row").alias("row"),
    )
    names = read_vault(county, keys, contract.form, receipt.content)[_NAMES[id_column.id]]
    name = names.str.replace_all(r"[\s·•]", "").hash(_SEED).set(names.is_null(), None).alias("name")
    return lake.collect().with_columns(name).drop_nulls(["person_key", "name"])


def _all_named_rows(
    county: County, keys: KeyRing, contracts: dict[str, FormContract], receipts: list[Receipt]
) -> pl.DataFrame:
    """The first row that says so of each person, name and household; a name is a number, the same for the same name.

    Lists repeat themselves every month: what is held grows with the people, not with the months.
    """
    known, new = pl.DataFrame(), []
    for number, receipt in enumerate(receipts):
        new.append(_named_rows(county, keys, contracts[receipt.form], receipt, number))
        is_last = number == len(receipts) - 1
        if is_last or sum(rows.height for rows in new) > max(known.height, _HELD_ROWS):
            known = pl.concat([known, *new] if known.width else new).unique(
                ["person_key", "household_no", "name"], keep="first", maintain_order=True
            )
            new = []
    return known


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
    receipts = list({receipt.content: receipt for receipt in sorted(told, key=Receipt.later_than_key)}.values())
    if not receipts:
        return pl.DataFrame(schema=CONFLICT_TYPES)
    rows = _all_named_rows(county, KeyRing.of(county), contracts, receipts)
    in_households = rows.drop_nulls("household_no")
    found = pl.concat(
        [
            _pairs(rows, "one_id_two_names", ["person_key"], "name"),
            _pairs(in_households, "one_name_two_ids", ["household_no", "name"], "person_key"),
        ]
    )
    files = pl.Series([receipt.file for receipt in receipts])
    named = [files.gather(found[column]).alias(column) for column in ("file", "other_file")]
    return found.with_columns(named).select(list(CONFLICT_TYPES)).cast(pl.Schema(CONFLICT_TYPES))

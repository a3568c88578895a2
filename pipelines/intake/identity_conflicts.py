"""Where the departments' files disagree about who somebody is: one id with two names, one name with two ids."""

from __future__ import annotations

import datetime

import polars as pl

from expectations.contract import FormContract, all_contracts
from pipelines.county import County
from pipelines.intake.lake import forms_file, read_vault
from pipelines.intake.ledger import read_receipts
from pipelines.intake.person_key import pseudonym
from pipelines.intake.receipt import Receipt
from pipelines.vault.key_ring import KeyRing

_NAMES = {"person_id": "person_name", "head_id": "head_name"}
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


def _named_rows(county: County, keys: KeyRing, contract: FormContract, receipt: Receipt) -> pl.DataFrame:
    """Id, name, household and place of every row of one file that has an id and a name."""
    id_column = next(column for column in contract.columns if column.id in _NAMES)
    vault = read_vault(county, keys, contract.form, receipt.content)
    named = vault.select(
        pl.col(id_column.id).alias("id"),
        pl.col(_NAMES[id_column.id]).str.replace_all(r"[\s·•]", "").alias("name"),
        pl.lit(receipt.file).alias("file"),
        pl.col("_sheet").alias("sheet"),
        pl.col("_row").alias("row"),
    )
    household = pl.Series("household_no", [None], dtype=pl.String).new_from_index(0, named.height)
    if any(column.id == "household_no" for column in contract.columns):
        lake = pl.read_parquet(forms_file(county, contract.form, receipt.content), columns=["household_no"])
        household = lake["household_no"]
    return named.with_columns(household).drop_nulls(["id", "name"])


def _all_named_rows(county: County, keys: KeyRing, known_on: datetime.date | None) -> pl.DataFrame:
    contracts = {
        form: contract
        for form, contract in all_contracts().items()
        if {column.id for column in contract.columns} & set(_NAMES.values())
    }
    receipts = [r for r in read_receipts(county, known_on) if r.refused is None and r.form in contracts]
    latest = {receipt.content: receipt for receipt in sorted(receipts, key=Receipt.later_than_key)}
    frames = [_named_rows(county, keys, contracts[receipt.form], receipt) for receipt in latest.values()]
    return pl.concat(frames) if frames else pl.DataFrame(schema={"id": pl.String, "name": pl.String})


def _pairs(rows: pl.DataFrame, kind: str, same: list[str], differs: str) -> pl.DataFrame:
    """The first row of a group against the first row of each other value in it."""
    firsts = rows.unique([*same, differs], keep="first", maintain_order=True)
    first = firsts.unique(same, keep="first", maintain_order=True)
    pairs = first.join(firsts, on=same, how="inner", suffix="_other", maintain_order="left_right")
    pairs = pairs.filter(pl.col(differs) != pl.col(f"{differs}_other"))
    household = pl.col("household_no") if "household_no" in same else pl.coalesce("household_no", "household_no_other")
    return pairs.select(
        pl.lit(kind).alias("kind"),
        pl.col("id"),
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
    keys = KeyRing.of(county)
    rows = _all_named_rows(county, keys, known_on)
    if not rows.height:
        return pl.DataFrame(schema=CONFLICT_TYPES)
    in_households = rows.drop_nulls("household_no")
    found = pl.concat(
        [
            _pairs(rows, "one_id_two_names", ["id"], "name"),
            _pairs(in_households, "one_name_two_ids", ["household_no", "name"], "id"),
        ]
    )
    persons = [pseudonym(keys.current, number) for number in found["id"]]
    person_keys = pl.Series("person_key", persons, dtype=pl.String)
    return found.with_columns(person_keys).select(list(CONFLICT_TYPES)).cast(pl.Schema(CONFLICT_TYPES))

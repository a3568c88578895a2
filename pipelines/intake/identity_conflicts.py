"""Where the departments' files disagree about who somebody is: one id with two names, one name with two ids.

What a department has since said otherwise does not stand: of a full list its latest month counts, of records each person's
latest month, and in both a later file of the month for the rows it brings again.
"""

from __future__ import annotations

import datetime
import secrets
from itertools import groupby

import duckdb
import polars as pl

from expectations.contract import FormContract, all_contracts
from pipelines.county import County
from pipelines.intake.lake import forms_file, read_vault
from pipelines.intake.ledger import read_receipts
from pipelines.intake.receipt import Receipt
from pipelines.vault.key_ring import KeyRing
from pipelines.warehouse.sql import Name, statement

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

_TABLE = """
    CREATE OR REPLACE TEMP TABLE {table} (
        person_key VARCHAR, household_no VARCHAR, "key" UBIGINT, file INTEGER, sheet VARCHAR, "row" INTEGER, "name" UBIGINT
    )
"""
# Of a month's files the later one stands for the rows it brings again.
_CORRECTED = """
    DELETE FROM named_of_month USING (
        SELECT "key", max(file) AS file FROM named_of_month GROUP BY "key" HAVING min(file) <> max(file)
    ) AS newest
    WHERE named_of_month."key" = newest."key" AND named_of_month.file < newest.file
"""
# Of records each person's latest month speaks.
_STANDING = """
    INSERT INTO named_of_form
    SELECT listed.*
    FROM named_of_month AS listed
    ANTI JOIN named_of_form AS later ON listed.person_key = later.person_key
    WHERE listed.person_key IS NOT NULL AND listed."name" IS NOT NULL
"""
_ONE_ID = """
    SELECT * FROM named
    SEMI JOIN (SELECT person_key FROM named GROUP BY person_key HAVING min("name") <> max("name")) AS doubtful
        USING (person_key)
"""
_ONE_NAME = """
    SELECT * FROM named
    SEMI JOIN (
        SELECT household_no, "name" FROM named GROUP BY household_no, "name" HAVING min(person_key) <> max(person_key)
    ) AS doubtful USING (household_no, "name")
"""


class _NamedRows:
    """The rows that name somebody and that no later one stands in for, in temporary tables of `connection`, which may spill.

    Names and keys lie there as numbers, equal for equal ones, that no other comparison has. One file is held in memory at a time.
    """

    def __init__(self, county: County, connection: duckdb.DuckDBPyConnection) -> None:
        self._county, self._connection = county, connection
        self._keys, self._seed = KeyRing.of(county), secrets.randbits(63)
        self._make("named")

    def add(self, contract: FormContract, receipts: list[tuple[int, Receipt]]) -> None:
        """Take in the numbered files of one form, given in order of receipt."""
        self._make("named_of_form")
        by_month = sorted(receipts, key=lambda numbered: _month(numbered[1]), reverse=True)
        for _, months_files in groupby(by_month, key=lambda numbered: _month(numbered[1])):
            self._make("named_of_month")
            for number, receipt in months_files:
                self._connection.register("of_file", self._of_file(contract, receipt, number).to_arrow())
                self._connection.execute("INSERT INTO named_of_month SELECT * FROM of_file")
                self._connection.unregister("of_file")
            self._connection.execute(_CORRECTED)
            self._connection.execute(_STANDING)
            if contract.rows_are == "full_list":
                break
        self._connection.execute("INSERT INTO named SELECT * FROM named_of_form")

    def doubtful(self, query: str) -> pl.DataFrame:
        """Those of a query, the earliest received first."""
        rows: pl.DataFrame = self._connection.sql(query).pl()
        return rows.sort("file", "row", "sheet")

    def _make(self, table: str) -> None:
        self._connection.execute(statement(_TABLE, table=Name(table)))

    def _of_file(self, contract: FormContract, receipt: Receipt, number: int) -> pl.DataFrame:
        """Person, household, key, place and name of every row of one file."""
        id_column = next(column for column in contract.columns if column.id in _NAMES)
        has_household = any(column.id == "household_no" for column in contract.columns)
        household = pl.col("household_no") if has_household else pl.lit(None, pl.String)
        key = [contract.column(column).lake_name for column in contract.key]
        lake = pl.scan_parquet(forms_file(self._county, contract.form, receipt.content)).select(
            pl.col(id_column.lake_name).alias("person_key"),
            household.alias("household_no"),
            pl.struct(key).hash(self._seed).alias("key"),
            pl.lit(number, pl.Int32).alias("file"),
            pl.col("_sheet").alias("sheet"),
            pl.col("_row").alias("row"),
        )
        called = _NAMES[id_column.id]
        names = read_vault(self._county, self._keys, contract.form, receipt.content, [called])[called]
        name = names.str.replace_all(r"[\s·•]", "").hash(self._seed).set(names.is_null(), None).alias("name")
        return lake.collect().with_columns(name)


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


def identity_conflicts(
    county: County, connection: duckdb.DuckDBPyConnection, known_on: datetime.date | None = None
) -> pl.DataFrame:
    """Conflicts between sources, one row per pair of rows that disagree; columns `CONFLICT_TYPES`, no name, no id.

    `connection` compares: it may hold and spill what it is set to.

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
    rows = _NamedRows(county, connection)
    for form, contract in contracts.items():
        rows.add(contract, [(number, receipt) for number, receipt in enumerate(receipts) if receipt.form == form])
    found = pl.concat(
        [
            _pairs(rows.doubtful(_ONE_ID), "one_id_two_names", ["person_key"], "name"),
            _pairs(rows.doubtful(_ONE_NAME), "one_name_two_ids", ["household_no", "name"], "person_key"),
        ]
    )
    paths = pl.Series([receipt.file for receipt in receipts])
    named = [paths.gather(found[column]).alias(column) for column in ("file", "other_file")]
    return found.with_columns(named).select(list(CONFLICT_TYPES)).cast(pl.Schema(CONFLICT_TYPES))

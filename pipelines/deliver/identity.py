"""Names, phones and ids of the people on D, from the vault: for papers that go to those who must visit."""

from __future__ import annotations

import polars as pl

from pipelines.county import County
from pipelines.deliver.source import Source
from pipelines.warehouse.sql import Text

NO_NAME = "（未登记）"

_HEADS = """
    SELECT listed.household_no, vault.head_name, vault.head_id, vault.phone
    FROM intermediate.int_household_at AS listed
    JOIN intermediate.int_as_of AS days ON listed.as_of = days.as_of AND days.is_day
    JOIN staging.stg_registry_household AS entry
        ON listed.household_no = entry.household_no AND listed.household_list = entry._period
    JOIN ({vault}) AS vault
        ON entry._content = vault._content AND entry._row = vault._row AND entry._sheet IS NOT DISTINCT FROM vault._sheet
    ORDER BY listed.household_no
"""
_MEMBERS = """
    SELECT members.household_no, members.person_key, vault.person_name, vault.person_id
    FROM intermediate.int_member_at AS members
    JOIN intermediate.int_as_of AS days ON members.as_of = days.as_of AND days.is_day
    LEFT JOIN (
        SELECT person_key, _content, _sheet, _row,
            row_number() OVER (PARTITION BY person_key ORDER BY _period DESC, _received_rank DESC, _row DESC) AS newest
        FROM staging.stg_registry_member
        WHERE _period <= $as_of
    ) AS entry ON members.person_key = entry.person_key AND entry.newest = 1
    LEFT JOIN ({vault}) AS vault
        ON entry._content = vault._content AND entry._row = vault._row AND entry._sheet IS NOT DISTINCT FROM vault._sheet
    ORDER BY members.household_no, members.person_key
"""


def head_identities(county: County, source: Source) -> pl.DataFrame:
    """One row per household on D: household_no, head_name, head_id, phone (null where the list has none)."""
    columns = ("head_name", "head_id", "phone")
    return source.frame(_HEADS.format(vault=_vault_rows(county, source, "registry_household", columns)))


def member_identities(county: County, source: Source) -> pl.DataFrame:
    """One row per member on D: household_no, person_key, person_name, person_id.

    The name is that of the newest member list by D that has the person; （未登记） for one that no list names.
    """
    vault = _vault_rows(county, source, "registry_member", ("person_name", "person_id"))
    frame = source.frame(_MEMBERS.format(vault=vault), {"as_of": source.as_of})
    return frame.with_columns(pl.col("person_name").fill_null(NO_NAME))


def _vault_rows(county: County, source: Source, form: str, columns: tuple[str, ...]) -> str:
    """A subquery over the vault's files of a form that this night knows: `_content _sheet _row` and the columns."""
    contents = source.connection.execute(
        "SELECT DISTINCT content FROM raw.receipt WHERE form = $1 AND refused_code IS NULL AND kept_rows > 0 ORDER BY 1",
        [form],
    ).fetchall()
    files = [county.lake / "vault" / form / f"{content}.parquet" for (content,) in contents]
    if not files:
        empty = ", ".join(f"CAST(NULL AS VARCHAR) AS {name}" for name in ("_content", "_sheet", *columns))
        return f"SELECT {empty}, CAST(NULL AS INTEGER) AS _row WHERE false"
    listed = ", ".join(str(Text(str(file))) for file in files)
    return f"SELECT _content, _sheet, _row, {', '.join(columns)} FROM read_parquet([{listed}], union_by_name = true)"  # noqa: S608

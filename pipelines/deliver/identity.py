"""Names, phones and ids of the people on D, from the vault: for papers that go to those who must visit."""

from __future__ import annotations

import polars as pl

from pipelines.county import County
from pipelines.deliver.source import Source
from pipelines.intake.lake import read_vault
from pipelines.vault.key_ring import KeyRing

NO_NAME = "（未登记）"

_HEADS = """
    SELECT listed.household_no, entry._content, entry._sheet, entry._row
    FROM intermediate.int_household_at AS listed
    JOIN intermediate.int_as_of AS days ON listed.as_of = days.as_of AND days.is_day
    JOIN staging.stg_registry_household AS entry
        ON listed.household_no = entry.household_no AND listed.household_list = entry._period
    ORDER BY listed.household_no
"""
_MEMBERS = """
    SELECT members.household_no, members.person_key, entry._content, entry._sheet, entry._row
    FROM intermediate.int_member_at AS members
    JOIN intermediate.int_as_of AS days ON members.as_of = days.as_of AND days.is_day
    LEFT JOIN (
        SELECT person_key, _content, _sheet, _row,
            row_number() OVER (PARTITION BY person_key ORDER BY _period DESC, _received_rank DESC, _row DESC) AS newest
        FROM staging.stg_registry_member
        WHERE _period <= $as_of
    ) AS entry ON members.person_key = entry.person_key AND entry.newest = 1
    ORDER BY members.household_no, members.person_key
"""


def head_identities(county: County, source: Source) -> pl.DataFrame:
    """One row per household on D: household_no, head_name, head_id, phone (null where the list has none)."""
    return _with_secrets(county, source.frame(_HEADS), "registry_household", ("head_name", "head_id", "phone"))


def member_identities(county: County, source: Source) -> pl.DataFrame:
    """One row per member on D: household_no, person_key, person_name, person_id.

    The name is that of the newest member list by D that has the person; （未登记） for one that no list names.
    """
    rows = source.frame(_MEMBERS, {"as_of": source.as_of})
    named = _with_secrets(county, rows, "registry_member", ("person_name", "person_id"))
    return named.with_columns(pl.col("person_name").fill_null(NO_NAME))


def _with_secrets(county: County, rows: pl.DataFrame, form: str, columns: tuple[str, ...]) -> pl.DataFrame:
    """The rows with these columns of the vault in place of `_content _sheet _row`; only the files needed are opened."""
    keys = KeyRing.of(county)
    place = ("_content", "_sheet", "_row")
    parts = [pl.DataFrame(schema=dict.fromkeys((*place[:2], *columns), pl.String()) | {"_row": pl.Int32()})]
    for (content,), wanted in rows.drop_nulls("_content").partition_by("_content", as_dict=True).items():
        secrets = read_vault(county, keys, form, content).select(*place, *columns)
        parts.append(secrets.join(wanted, on=place, how="semi", nulls_equal=True))
    secrets = pl.concat(parts, how="diagonal")
    return rows.join(secrets, on=place, how="left", nulls_equal=True, maintain_order="left").drop(place)

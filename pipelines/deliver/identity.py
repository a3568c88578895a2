"""Names, phones and ids of the people on the night's papers, from the vault; of nobody else."""

from __future__ import annotations

import polars as pl

from pipelines.county import County
from pipelines.deliver.source import Source
from pipelines.intake.lake import read_vault
from pipelines.vault.key_ring import KeyRing

NO_NAME = "（未登记）"

_HEADS = """
    SELECT wanted.household_no, entry._content, entry._sheet, entry._row
    FROM wanted
    JOIN intermediate.int_household_at AS listed ON wanted.household_no = listed.household_no
    JOIN intermediate.int_as_of AS days ON listed.as_of = days.as_of AND days.is_day
    JOIN staging.stg_registry_household AS entry
        ON listed.household_no = entry.household_no AND listed.household_list = entry._period
    ORDER BY wanted.household_no
"""
_MEMBERS = """
    SELECT wanted.person_key, entry._content, entry._sheet, entry._row
    FROM wanted
    JOIN (
        SELECT person_key, _content, _sheet, _row,
            row_number() OVER (PARTITION BY person_key ORDER BY _period DESC, _received_rank DESC, _row DESC) AS newest
        FROM staging.stg_registry_member
        WHERE _period <= $as_of AND person_key IN (SELECT person_key FROM wanted)
    ) AS entry ON wanted.person_key = entry.person_key AND entry.newest = 1
    ORDER BY wanted.person_key
"""


class People:
    """Who stands on a night's papers: a name is taken from the vault when a paper asks for it, and then remembered."""

    def __init__(self, county: County, source: Source) -> None:
        self._county, self._source = county, source
        self._heads = _nobody("household_no", "head_name", "head_id", "phone")
        self._members = _nobody("person_key", "person_name", "person_id")

    def with_heads(self, rows: pl.DataFrame, *more: str) -> pl.DataFrame:
        """The rows with head_name, phone and, if asked for, head_id of their household_no's head on D; blank where the list has none."""
        wanted = rows.select("household_no").drop_nulls().unique().join(self._heads, on="household_no", how="anti")
        if wanted.height:
            found = self._source.frame_of(_HEADS, wanted)
            told = _with_secrets(self._county, found, "registry_household", ("head_name", "head_id", "phone"))
            self._heads = _remembered(self._heads, wanted, told)
        heads = self._heads.select("household_no", "head_name", "phone", *more)
        return rows.join(heads, on="household_no", how="left", maintain_order="left")

    def with_members(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows with person_name and person_id of their person_key.

        The name is that of the newest member list by D that has the person; （未登记） for one that no list names.
        """
        wanted = rows.select("person_key").drop_nulls().unique().join(self._members, on="person_key", how="anti")
        if wanted.height:
            found = self._source.frame_of(_MEMBERS, wanted, {"as_of": self._source.as_of})
            told = _with_secrets(self._county, found, "registry_member", ("person_name", "person_id"))
            known = _remembered(self._members, wanted, told)
            self._members = known.with_columns(pl.col("person_name").fill_null(NO_NAME))
        return rows.join(self._members, on="person_key", how="left", maintain_order="left")


def _nobody(*columns: str) -> pl.DataFrame:
    return pl.DataFrame(schema=dict.fromkeys(columns, pl.String()))


def _remembered(known: pl.DataFrame, wanted: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """Who was known, and who was wanted with what was told of them."""
    return pl.concat([known, wanted.join(told, on=wanted.columns, how="left").select(known.columns)])


def _with_secrets(county: County, rows: pl.DataFrame, form: str, columns: tuple[str, ...]) -> pl.DataFrame:
    """The rows with these columns of the vault in place of `_content _sheet _row`; only the files needed are opened."""
    keys = KeyRing.of(county)
    place = ("_content", "_sheet", "_row")
    parts = [pl.DataFrame(schema=dict.fromkeys((*place[:2], *columns), pl.String()) | {"_row": pl.Int32()})]
    for (content,), wanted in rows.drop_nulls("_content").partition_by("_content", as_dict=True).items():
        secrets = read_vault(county, keys, form, content, [*place, *columns])
        parts.append(secrets.join(wanted, on=place, how="semi", nulls_equal=True))
    secrets = pl.concat(parts, how="diagonal")
    return rows.join(secrets, on=place, how="left", nulls_equal=True, maintain_order="left").drop(place)

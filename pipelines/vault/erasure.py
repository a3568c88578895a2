"""Taking one person out of the county: raw rows, vault, returned cells and originals, with the account showing it.

What names the person goes for good. Rows of the person go; where the person only heads a household's row, the row
stays and its head becomes somebody whom nobody can name. An original that held the person is destroyed: the rows
that remain of it are kept twice in its place, so that damage is still mended.
"""

from __future__ import annotations

import io
import secrets
import shutil
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

import polars as pl

from expectations.contract import FormContract, load_contract
from pipelines.audit import record
from pipelines.county import County
from pipelines.errors import MistakeError
from pipelines.intake.cell import TEXT, read_id
from pipelines.intake.lake import (
    forms_file,
    original_file,
    read_returned,
    read_vault,
    remaining_file,
    returned_file,
    returned_name,
    vault_file,
    vault_name,
)
from pipelines.intake.ledger import ERASURE, read_events, read_receipts
from pipelines.intake.person_key import PSEUDONYM_CHARACTERS, pseudonym
from pipelines.intake.receipt import Receipt
from pipelines.intake.returns import write_returns
from pipelines.night import Progress, run_night
from pipelines.settings import Settings
from pipelines.vault.key_ring import KeyRing
from pipelines.vault.remaining import remaining_rows
from pipelines.vault.rewrite import Rewrite, finish
from pipelines.vault.seal import seal
from pipelines.warehouse.connect import attach, memory_connection
from pipelines.warehouse.gates import ANALYST_FILE
from pipelines.warehouse.ledger_seal import require_whole_ledger
from pipelines.warehouse.lock import SHANGHAI, hold, rewrite_lake
from pipelines.warehouse.manifest import Manifest
from pipelines.warehouse.publish import current_folder, published_folders
from pipelines.warehouse.sql import Name, statement

_PLACE = ("_sheet", "_row")


@dataclass(frozen=True)
class Erased:
    """What an erasure took: rows deleted, rows in which the person was blanked, files changed, nights discarded."""

    rows: int
    blanked: int
    files: int
    nights: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Left:
    """What remains of one received file without the person."""

    receipt: Receipt
    forms: pl.DataFrame
    vault: pl.DataFrame | None
    returned: pl.DataFrame | None
    deleted: int
    blanked: int


def erase(county: County, person_key: str, reason: str, settings: Settings, progress: Progress) -> Erased:
    """Erase a person: from the lake, then from what is published.

    The current night is made again without the person; other published nights that hold the person, by name or by
    pseudonym, are discarded: any of them can be made again. An erasure cut off is finished by calling this again.
    Raises MistakeError when the lake never held the person, and whatever a night raises.
    """
    with hold(county, "删除个人信息"), rewrite_lake(county, "删除个人信息"):
        finish(county)
        require_whole_ledger(county)
        progress("删除：查找并改写数据湖、保险库和原件")
        erased = _erase_from_lake(county, person_key, reason)
        write_returns(county)  # the rows waiting for correction are the person's own words until then
    current = current_folder(county)
    if current is None:
        return erased
    manifest = Manifest.read(current)
    if datetime.fromisoformat(manifest.published_at) <= _erasures(county, person_key)[-1][0]:
        run_night(county, date.fromisoformat(manifest.as_of), date.fromisoformat(manifest.known_on), progress, settings)
    with hold(county, "删除个人信息"):
        return replace(erased, nights=_discard_nights(county, person_key, settings, progress))


def _erase_from_lake(county: County, person_key: str, reason: str) -> Erased:
    """Erase the person of that key from the lake. Raises MistakeError when the lake never held the person."""
    keys = KeyRing.of(county)
    receipts = [receipt for receipt in read_receipts(county) if receipt.refused is None]
    stand_in = secrets.token_hex(PSEUDONYM_CHARACTERS // 2)
    left = []
    for receipt in {receipt.content: receipt for receipt in receipts}.values():
        part = _without(county, keys, receipt, person_key, stand_in)
        if part is not None:
            left.append(part)
    if left:
        number = _id_number(county, keys, left, person_key)
        names = {person_key} | {pseudonym(key, number) for key in keys.versions if key and number}
        _commit(county, keys, left, sorted(names), reason)
    elif not _erasures(county, person_key):
        raise MistakeError("数据湖中没有这个人员键的任何数据行。请核对人员键，或改用证件号码查找。")
    return Erased(sum(part.deleted for part in left), sum(part.blanked for part in left), len(left))


def _commit(county: County, keys: KeyRing, left: list[_Left], names: list[str], reason: str) -> None:
    """Write what remains, and put it in place."""
    rewrite, removed = Rewrite(county), []
    for part in left:
        form, content = part.receipt.form, part.receipt.content
        files = {forms_file(county, form, content): _parquet(part.forms)}
        if part.vault is not None:
            files[vault_file(county, form, content)] = seal(_parquet(part.vault), keys, vault_name(content))
        if part.returned is not None:
            files[returned_file(county, form, content)] = seal(_parquet(part.returned), keys, returned_name(content))
        for place, remains in files.items():
            rewrite.stage(place, [remains])
        rewrite.stage(remaining_file(county, content), [remaining_rows(county, keys, form, content, files)])
        removed.append(original_file(county, part.receipt.digest, Path(part.receipt.file).suffix))
    rows = {part.receipt.content: part.deleted for part in left}
    event = {
        "event": ERASURE,
        "id": secrets.token_hex(8),
        "at": datetime.now(SHANGHAI).isoformat(),
        "names": names,
        "reason": reason,
        "rows": rows,
    }
    facts: dict[str, str | int] = {"rows": sum(rows.values()), "files": len(left), "reason": reason}
    rewrite.commit("erase", event, contents=list(rows), removed=removed, facts=facts)


def _erasures(county: County, person_key: str) -> list[tuple[datetime, list[str]]]:
    """When the person of that key was erased, and the names it went by: under every key version there was."""
    events = [event for event in read_events(county) if event["event"] == ERASURE and person_key in event["names"]]
    return [(datetime.fromisoformat(event["at"]), event["names"]) for event in events]


def _discard_nights(county: County, person_key: str, settings: Settings, progress: Progress) -> tuple[str, ...]:
    """Remove the nights published before the person's erasure that hold the person; returns their names."""
    at, names = _erasures(county, person_key)[-1]
    gone = []
    for folder in published_folders(county):
        if folder == current_folder(county) or datetime.fromisoformat(Manifest.read(folder).published_at) > at:
            continue
        if _holds(folder, names, county.work / "erasure", settings):
            record(county, "discard", folder.name)
            shutil.rmtree(folder)
            progress(f"删除：已移除含该人的 {folder.name}；需要时可按同一基准日重做")
            gone.append(folder.name)
    return tuple(gone)


def _holds(folder: Path, names: list[str], spill: Path, settings: Settings) -> bool:
    """Whether any key column of a published night's file has one of the names."""
    connection = memory_connection(settings, spill)
    try:
        attach(connection, folder / ANALYST_FILE, "release")
        columns = connection.execute(
            "SELECT table_name, column_name FROM duckdb_columns() JOIN duckdb_tables() USING (database_name, schema_name,"
            " table_name) WHERE database_name = 'release' AND column_name LIKE '%\\_key' ESCAPE '\\'"
        ).fetchall()
        find = "SELECT 1 FROM {table} WHERE {column} IN (SELECT unnest($names)) LIMIT 1"
        return any(
            connection.execute(
                statement(find, table=Name("release", "main", table), column=Name(column)), {"names": names}
            ).fetchall()
            for table, column in columns
        )
    finally:
        connection.close()


def _without(county: County, keys: KeyRing, receipt: Receipt, person_key: str, stand_in: str) -> _Left | None:
    """One received file without the person; None when the person is not in it."""
    contract = load_contract(receipt.form)
    persons = [column for column in contract.columns if column.sensitive == "person"]
    if not persons:
        return None
    file = forms_file(county, receipt.form, receipt.content)
    columns = [column.lake_name for column in persons]
    is_theirs = pl.any_horizontal(pl.col(name).eq_missing(person_key) for name in columns)
    marks = pl.read_parquet(file, columns=columns).select(is_theirs).to_series()
    returned = _returned_without(county, keys, receipt, contract, person_key)
    if not marks.any() and returned is None:
        return None
    forms = pl.read_parquet(file)
    vault = read_vault(county, keys, receipt.form, receipt.content)
    if contract.key == ("household_no",):
        forms = _blanked(forms, contract, marks, stand_in)
        hidden = [pl.when(marks).then(None).otherwise(pl.col(c.id)).alias(c.id) for c in contract.secret_columns]
        return _Left(receipt, forms, vault.with_columns(hidden), returned, 0, int(marks.sum()))
    return _Left(receipt, forms.filter(~marks), vault.filter(~marks), returned, int(marks.sum()), 0)


def _blanked(forms: pl.DataFrame, contract: FormContract, marks: pl.Series, stand_in: str) -> pl.DataFrame:
    """A household form whose head is nobody's any more."""
    salt = int.from_bytes(stand_in.encode()) >> 40  # repeats stay repeats, and tell nothing of the id any more
    keyed = [column.lake_name for column in contract.columns if column.sensitive in ("person", "keyed")]
    kept = [column.lake_name for column in contract.columns if column.sensitive == "vault"]
    return forms.with_columns(
        *(pl.when(marks).then(pl.lit(stand_in)).otherwise(pl.col(name)).alias(name) for name in keyed),
        *(pl.when(marks).then(pl.lit(False)).otherwise(pl.col(name)).alias(name) for name in kept),
        pl.when(marks).then(pl.col("_row_hash").xor(salt)).otherwise(pl.col("_row_hash")).alias("_row_hash"),
    )


def _returned_without(
    county: County, keys: KeyRing, receipt: Receipt, contract: FormContract, person_key: str
) -> pl.DataFrame | None:
    """The returned cells with the person's rows emptied; None when there are none of the person."""
    if not receipt.rejected:
        return None
    cells = read_returned(county, keys, receipt.form, receipt.content)
    names = [column.id for column in contract.columns if column.sensitive == "person"]
    marks = pl.Series(
        [
            any(_is(text, keys, person_key) for text in row)
            for row in cells.select(pl.col(name).fill_null("") for name in names).iter_rows()
        ],
        dtype=pl.Boolean,
    )
    if not marks.any():
        return None
    columns = [column.id for column in contract.columns]
    return cells.with_columns(pl.when(marks).then(None).otherwise(pl.col(name)).alias(name) for name in columns)


def _is(text: str, keys: KeyRing, person_key: str) -> bool:
    """Whether a raw cell is the person's id number."""
    number = read_id(text, TEXT)[0]
    return number is not None and pseudonym(keys.current, str(number)) == person_key


def _id_number(county: County, keys: KeyRing, left: list[_Left], person_key: str) -> str:
    """The person's id number, from the vault as it still is; empty when only returned cells had it."""
    for part in left:
        form, content = part.receipt.form, part.receipt.content
        vault = read_vault(county, keys, form, content)
        for column in load_contract(form).columns:
            if column.sensitive == "person":
                for number in vault[column.id].unique().drop_nulls():
                    if pseudonym(keys.current, number) == person_key:
                        return str(number)
    return ""


def _parquet(frame: pl.DataFrame) -> bytes:
    stream = io.BytesIO()
    frame.write_parquet(stream, compression="zstd")
    return stream.getvalue()

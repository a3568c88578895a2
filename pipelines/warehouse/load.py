"""The lake as DuckDB tables: everything known on K, typed, each row with its receipt. No meaning is added here."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb
import polars as pl

from expectations.contract import FormContract, all_contracts
from pipelines.county import County
from pipelines.county_parameters import read_county_parameters
from pipelines.deliver.issued import issued_before
from pipelines.deliver.sent import FEED, OUTSIDE, last_sent
from pipelines.intake.column import POLARS_TYPES
from pipelines.intake.form_rows import REJECTED_TYPES
from pipelines.intake.key_reach import may_repeat
from pipelines.intake.ledger import read_receipts
from pipelines.intake.receipt import Receipt
from pipelines.warehouse.identity import RunIdentity
from pipelines.warehouse.sql import Name, Text, statement

RECEIPT_SCHEMA: dict[str, pl.DataType] = {
    "seq": pl.Int32(),
    "file": pl.String(),
    "form": pl.String(),
    "period": pl.String(),
    "period_start": pl.Date(),
    "period_end": pl.Date(),
    "received_on": pl.Date(),
    "received_at": pl.Datetime("us"),
    "received_rank": pl.Int32(),
    "row_count": pl.Int64(),
    "kept_rows": pl.Int64(),
    "rejected": pl.Int64(),
    "erased": pl.Int64(),
    "refused_code": pl.String(),
    "refused_reason": pl.String(),
    "content": pl.String(),
    "sheet": pl.String(),
    "encoding": pl.String(),
    "may_repeat": pl.Boolean(),
}
ROW_COLUMNS: dict[str, pl.DataType] = {
    "_content": pl.String(),
    "_sheet": pl.String(),
    "_row": pl.Int32(),
    "_row_hash": pl.Int64(),
}

FORM_ROWS = """
    SELECT form_row.*, receipt.seq AS _receipt, receipt.file AS _file, receipt.period_start AS _period,
        receipt.period_end AS _period_end, receipt.received_on AS _received_on, receipt.received_rank AS _received_rank,
        instr('、' || receipt.sheet || '、', '、' || form_row._sheet || '、') AS _sheet_place,
        receipt.may_repeat AS _may_repeat
    FROM {rows} AS form_row
    JOIN {receipt} AS receipt ON form_row._content = receipt.content
    WHERE receipt.refused_code IS NULL AND receipt.form = {form}
"""
REJECTED_ROWS = """
    SELECT receipt.seq AS _receipt, receipt.file, receipt.form, rejected.sheet, rejected.row AS row_number,
        rejected.column_id, rejected.column_header, rejected.value, rejected.reason_code, rejected.reason
    FROM {rows} AS rejected
    JOIN {receipt} AS receipt ON rejected._content = receipt.content AND receipt.refused_code IS NULL
"""


def load_raw(county: County, warehouse: Path, identity: RunIdentity, history_months: int = 0) -> None:
    """Make the `raw` schema of a fresh warehouse file from what was known on K.

    `lake` holds the Parquet files as they are. Every `raw.<form>` is a view over the lake's Parquet, one row per accepted row of a file, joined with the file's
    receipt; `_sheet_place` grows with the place of the row's sheet in its workbook (blank for a text file), as the receipt names the sheets in order.
    `_may_repeat` is false where, as the receipts tell, no other row can have the row's key.
    `history_months` asks for the answers of so many month ends before D for every household.
    Raises MistakeError when the county's own parameters cannot be read.
    """
    receipts = _ranked(read_receipts(county, identity.known_on))
    parameters = read_county_parameters(county)
    connection = duckdb.connect(str(warehouse), config={"autoinstall_known_extensions": False})
    try:
        connection.execute("CREATE SCHEMA lake; CREATE SCHEMA raw")
        _store(connection, "receipt", _receipt_frame(receipts))
        _store(connection, "run", _run_frame(county, identity, history_months))
        _store(connection, "county_document", pl.DataFrame({"document": list(county.documents)}))
        _store(connection, "county_parameter", parameters)
        issued = issued_before(county, identity)
        _store(connection, "ledger_warning", issued.warnings)
        _store(connection, "ledger_warning_rule", issued.rules)
        _store_sent(connection, county, identity)
        for contract in all_contracts().values():
            _form_view(connection, county, contract, receipts)
        _rejected_view(connection, county, receipts)
    finally:
        connection.close()


def _ranked(receipts: Iterable[Receipt]) -> list[tuple[int, Receipt]]:
    """Receipts with their place in the order of receiving: by day, by the earlier system's order, by file name."""
    return list(enumerate(sorted(receipts, key=Receipt.later_than_key), start=1))


def _accepted(receipts: list[tuple[int, Receipt]]) -> list[Receipt]:
    return [receipt for _, receipt in receipts if not receipt.refused]


def _receipt_frame(receipts: list[tuple[int, Receipt]]) -> pl.DataFrame:
    accepted, repeating = _accepted(receipts), set[int]()
    for form, contract in all_contracts().items():
        repeating |= may_repeat(contract, [receipt for receipt in accepted if receipt.form == form])
    return pl.DataFrame(
        [
            {
                "seq": receipt.seq,
                "file": receipt.file,
                "form": receipt.form,
                "period": receipt.period,
                "period_start": receipt.period_start,
                "period_end": receipt.period_end,
                "received_on": receipt.received_on,
                "received_at": receipt.received_at,
                "received_rank": rank,
                "row_count": receipt.rows,
                "kept_rows": receipt.loaded,
                "rejected": receipt.rejected,
                "erased": receipt.erased,
                "refused_code": receipt.refused.code if receipt.refused else None,
                "refused_reason": receipt.refused.reason if receipt.refused else None,
                "content": receipt.content,
                "sheet": receipt.sheet,
                "encoding": receipt.encoding,
                "may_repeat": receipt.seq in repeating,
            }
            for rank, receipt in receipts
        ],
        schema=RECEIPT_SCHEMA,
    )


def _run_frame(county: County, identity: RunIdentity, history_months: int) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "run_id": [identity.run_id],
            "as_of": [identity.as_of],
            "known_on": [identity.known_on],
            "county_name": [county.name],
            "county_region": [county.region],
            "code_version": [identity.code_version],
            "history_months": [history_months],
        }
    )


def _store(connection: duckdb.DuckDBPyConnection, table: str, frame: pl.DataFrame, schema: str = "raw") -> None:
    """Write a frame as a table."""
    connection.register("frame", frame.to_arrow())
    connection.execute(statement("CREATE TABLE {table} AS SELECT * FROM frame", table=Name(schema, table)))
    connection.unregister("frame")


def _store_sent(connection: duckdb.DuckDBPyConnection, county: County, identity: RunIdentity) -> None:
    """Make raw.ledger_sent (which papers last went out when) and the rows of each."""
    papers = {"ledger_feed": FEED, "ledger_outside": OUTSIDE}
    sent = {table: last_sent(county, identity, paper) for table, paper in papers.items()}
    for table, last in sent.items():
        _store(connection, table, last.rows)
    days = [(papers[table], last.as_of) for table, last in sent.items() if last.as_of]
    schema = {"paper": pl.String(), "sent_on": pl.Date()}
    _store(connection, "ledger_sent", pl.DataFrame(days, schema=schema, orient="row"))


def _lake_rows(
    connection: duckdb.DuckDBPyConnection, table: str, files: list[Path], columns: dict[str, pl.DataType]
) -> None:
    """Make lake.<table>: the rows of Parquet files, or an empty table of the same columns when there is no file."""
    if not files:
        _store(connection, table, pl.DataFrame(schema=columns), schema="lake")
        return
    paths = [Text(str(file)) for file in files]
    view = "CREATE VIEW {view} AS SELECT * FROM read_parquet([{paths}], union_by_name = true)"
    connection.execute(statement(view, view=Name("lake", table), paths=paths))


def form_columns(contract: FormContract) -> dict[str, pl.DataType]:
    """The columns of a form's rows in the lake."""
    return {name: POLARS_TYPES[kind] for name, kind in contract.lake_columns} | ROW_COLUMNS


def _form_view(
    connection: duckdb.DuckDBPyConnection, county: County, contract: FormContract, receipts: list[tuple[int, Receipt]]
) -> None:
    """Make raw.<form>: the lake's columns and the receipt's."""
    contents = sorted({receipt.content for receipt in _accepted(receipts) if receipt.form == contract.form})
    files = [county.lake / "forms" / contract.form / f"{content}.parquet" for content in contents]
    _lake_rows(connection, contract.form, files, form_columns(contract))
    _raw_view(connection, contract.form, FORM_ROWS, form=Text(contract.form))


def _rejected_view(connection: duckdb.DuckDBPyConnection, county: County, receipts: list[tuple[int, Receipt]]) -> None:
    """Make raw.rejected_row: one row per row that a file had and that could not be taken in."""
    files = {
        county.lake / "rejected" / receipt.form / f"{receipt.content}.parquet"
        for _, receipt in receipts
        if receipt.rejected
    }
    _lake_rows(connection, "rejected_row", sorted(files), REJECTED_TYPES)
    _raw_view(connection, "rejected_row", REJECTED_ROWS)


def _raw_view(connection: duckdb.DuckDBPyConnection, table: str, query: str, **parts: Text) -> None:
    """Make raw.<table> over lake.<table> and the receipts."""
    create = "CREATE VIEW {view} AS " + query
    places = {"view": Name("raw", table), "rows": Name("lake", table), "receipt": Name("raw", "receipt")}
    connection.execute(statement(create, **places, **parts))

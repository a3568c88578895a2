"""What is made from the contracts elsewhere says what they say: dbt sources, staging keys, the sample county's files."""

from __future__ import annotations

import re

import polars as pl
import pytest
import yaml

from expectations.contract import Column, all_contracts
from pipelines.sample_county import county as sample_county
from pipelines.sample_county import write_county
from pipelines.sample_county.scene import Batch
from pipelines.settings import PROJECT

_STAGING = PROJECT / "dbt_project" / "models" / "staging"
# Tables of `raw` that no department sends: see `pipelines/warehouse/load.py`.
_OURS = {
    "receipt", "rejected_row", "run", "county_document", "county_parameter", "ledger_warning", "ledger_warning_rule",
    "ledger_feed", "ledger_outside", "ledger_sent",
}  # fmt: skip
_FRAME_TYPES = {
    "money": {pl.Int64}, "date": {pl.Date}, "datetime": {pl.Datetime, pl.String}, "flag": {pl.Boolean},
    "number": {pl.Float64, pl.Int64, pl.String, pl.Decimal},
}  # fmt: skip


def test_the_sources_of_dbt_are_the_contracts_forms_under_their_own_names():
    (source,) = yaml.safe_load((_STAGING / "_sources.yml").read_text(encoding="utf-8"))["sources"]
    told = {table["name"]: table["description"] for table in source["tables"]}
    assert told.keys() - _OURS == all_contracts().keys()
    assert {form: told[form] for form in all_contracts()} == {f: c.label for f, c in all_contracts().items()}


def test_rows_are_corrected_by_the_contracts_keys():
    """Every form has its key in the models, and its staging model passes on the rows that count."""
    contracts = all_contracts().values()
    said = (PROJECT / "dbt_project" / "macros" / "form_key.sql").read_text(encoding="utf-8")
    keys = {form: re.findall(r"'(\w+)'", key) for form, key in re.findall(r"'(\w+)': \[(.*?)\]", said)}
    assert keys == {
        c.form: [c.column(k).lake_name for k in c.key] + ["_period"] * (c.rows_are != "records") for c in contracts
    }
    for form in all_contracts():
        assert f"staged('{form}')" in (_STAGING / f"stg_{form}.sql").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def batches(tmp_path_factory):
    """Every batch that the sample county hands to its clerks."""
    seen: list[Batch] = []
    with pytest.MonkeyPatch.context() as patched:
        write = sample_county.write_batch
        patched.setattr(sample_county, "write_batch", lambda batch, *rest: seen.append(batch) or write(batch, *rest))
        write_county(tmp_path_factory.mktemp("sample") / "county", 150, 7)
    return seen


def _fits(column: Column, dtype: pl.DataType) -> bool:
    return dtype.base_type() in _FRAME_TYPES.get(column.type, {pl.String, pl.Date, pl.Int64})


def test_the_sample_countys_files_have_the_contracts_columns_and_no_others(batches):
    assert sample_county.DEPARTMENTS.keys() == all_contracts().keys()
    for batch in batches:
        contract = all_contracts()[batch.form]
        columns = {column.id: column for column in contract.columns}
        assert set(batch.frame.columns) <= columns.keys(), batch.form
        assert {column.id for column in contract.required} <= set(batch.frame.columns), batch.form
        for name, dtype in batch.frame.schema.items():
            assert _fits(columns[name], dtype), (batch.form, name, dtype)


def test_the_sample_county_writes_every_column_and_enum_value_it_may(batches):
    written: dict[tuple[str, str], set[object]] = {}
    for batch in batches:
        for name in batch.frame.columns:
            written.setdefault((batch.form, name), set()).update(batch.frame[name].drop_nulls().unique())
    unsent = all_contracts().keys() - {batch.form for batch in batches}  # a small county may have nothing to report
    for contract in all_contracts().values():
        for column in contract.columns:
            values = written.get((contract.form, column.id), set() if contract.form in unsent else None)
            assert values is not None, (contract.form, column.id)
            if column.type == "enum":
                assert values <= {value for value, _ in column.values}, (contract.form, column.id)

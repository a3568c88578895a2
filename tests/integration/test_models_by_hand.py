"""dbt's own unit tests: single models on a few rows worked out by hand, run in a warehouse where their inputs exist."""

from __future__ import annotations

import shutil

from tests.integration.case_county import built, run_models, workshop

INPUTS = ("fct_warning_reason", "int_warning_household", "int_published_household")  # beyond those of the cases' marts


def test_every_model_with_rows_worked_out_by_hand_agrees_with_them() -> None:
    warehouse = workshop() / "warehouse.duckdb"
    shutil.copyfile(built("ly"), warehouse)
    try:
        run_models(warehouse, workshop(), (*INPUTS, "test_type:unit"), ("test",))
    finally:
        warehouse.unlink()  # the cases are built at the same path

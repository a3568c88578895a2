"""A dbt project of a few rows: the kernel's tests need marts, not rules."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pipelines.settings import Settings

PROFILE = """
tiny:
  target: duckdb
  outputs:
    duckdb:
      type: duckdb
      path: warehouse.duckdb
      threads: 1
"""
PROJECT = """
name: tiny
profile: tiny
version: "1.0.0"
config-version: 2
on-run-start: select 1
models:
  tiny:
    +schema: marts
    +materialized: table
    +persist_docs: {relation: true, columns: true}
"""
SCHEMA_NAME = """
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name or target.schema }}
{%- endmacro %}
"""
MODELS = {
    "fct_household_income": "select cast('3' as varchar) as household_no, cast(1.50 as decimal(18,2)) as income_yuan"
    " union all select '1', 2.50 union all select '2', null",
    "fct_household_class": "select '1' as household_no, 'FQ' as document, '低收入家庭' as class_name",
    "fct_warning": "select '1' as household_no, 'W1' as warning_no, '待核实' as status",
    "ops_file_receipt": "select 'employment/2020-01.csv' as file, 3 as rows, 2 as loaded, 1 as rejected, 0 as repeats, 0 as erased,"
    " cast(null as varchar) as refused_reason",
    "ops_check": "select true as blocking, true as passed, '参数齐全' as message",
}
COMMENTS = """
version: 2
models:
  - name: fct_household_income
    description: 家庭收入；一户一行，'引号'也要留住
    columns:
      - {name: household_no, description: 户编号, data_tests: [{not_null: {name: household_no_present}}]}
"""


def tiny_settings(folder: Path, **models: str) -> Settings:
    """Settings on a tiny dbt project in `folder`; `models` replaces or adds models by name."""
    (folder / "models").mkdir(parents=True)
    (folder / "macros").mkdir()
    (folder / "profiles.yml").write_text(PROFILE, encoding="utf-8")
    (folder / "dbt_project.yml").write_text(PROJECT, encoding="utf-8")
    (folder / "macros" / "generate_schema_name.sql").write_text(SCHEMA_NAME, encoding="utf-8")
    (folder / "models" / "marts.yml").write_text(COMMENTS, encoding="utf-8")
    for name, sql in {**MODELS, **models}.items():
        (folder / "models" / f"{name}.sql").write_text(sql, encoding="utf-8")
    return replace(Settings.from_environment(), dbt_project=folder, threads=1, memory_limit="1GB")

"""The dbt models as assets and their tests as checks, run by the same child process as the shell's night.

Plain `dbt_assets`, not `DbtProjectComponent`: the component gives its step no resource, and a night's models go
into that night's own file, under that night's lock.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtProject, dbt_assets
from dagster_dbt.asset_utils import get_asset_check_key_for_test

from expectations.contract import all_contracts
from pipelines.defs.forms import RECEIPTS, form_key
from pipelines.defs.resources import told_in_chinese
from pipelines.night import Night
from pipelines.settings import Settings
from pipelines.warehouse.build import BuildResult
from pipelines.warehouse.connect import attach, memory_connection

PROJECT = DbtProject(project_dir=Settings.from_environment().dbt_project)


class FolderTranslator(DagsterDbtTranslator):
    """Default asset keys; the group is the model's folder."""

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """The first folder below models/ or seeds/."""
        return dbt_resource_props["fqn"][1] if len(dbt_resource_props["fqn"]) > 2 else None


TRANSLATOR = FolderTranslator()
SCHEMAS = ("policy", "staging", "intermediate", "findings", "marts")


def read_manifest(file: Path) -> dict[str, Any]:
    """A manifest.json of dbt's (the one of set-up, or the one of a build), in which every test names its model.

    Dagster shows a test that reads several models only when it says which one it is about: the last mart it reads.
    """
    manifest: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    for node in (node for node in manifest["nodes"].values() if node["resource_type"] == "test"):
        read = [unique_id for unique_id in node["depends_on"]["nodes"] if unique_id.startswith("model.")]
        if not node.get("attached_node") and read:
            marts = [unique_id for unique_id in read if manifest["nodes"][unique_id]["schema"] == "marts"]
            owner = manifest["nodes"][(marts or read)[-1]]["name"]
            node["config"]["meta"] = {**node["config"].get("meta", {}), "dagster": {"ref": {"name": owner}}}
    return manifest


MANIFEST = read_manifest(PROJECT.manifest_path)


def _raw_specs() -> list[dg.AssetSpec]:
    """One asset per source table of the models: a form's rows, or what the loader adds to them."""
    forms = all_contracts()
    return [
        dg.AssetSpec(
            dg.AssetKey([source["source_name"], source["name"]]),
            deps=[RECEIPTS, form_key(source["name"])] if source["name"] in forms else [RECEIPTS],
            group_name="raw",
            description=source["description"],
            kinds={"duckdb"},
        )
        for source in MANIFEST["sources"].values()
    ]


@dg.multi_asset(specs=_raw_specs(), name="raw")
def raw(night: dg.ResourceParam[Night]) -> Iterator[dg.MaterializeResult[None]]:
    """Load what was known on K into the night's file."""
    with told_in_chinese():
        night.load()
        rows = _row_counts(night, "raw")
    for spec in _raw_specs():
        yield dg.MaterializeResult(spec.key, metadata={"dagster/row_count": rows.get(spec.key.path[-1], 0)})


@dbt_assets(
    manifest=MANIFEST,
    project=PROJECT,
    dagster_dbt_translator=TRANSLATOR,
    exclude="resource_type:unit_test",
    name="models",
)
def models(
    context: dg.AssetExecutionContext, night: dg.ResourceParam[Night]
) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    """Compute and test every model; each becomes a materialisation, each test a check."""
    with told_in_chinese():
        built = night.build()
        rows = {name: count for schema in SCHEMAS for name, count in _row_counts(night, schema).items()}
    yield from _events(context, built, rows)


def _events(
    context: dg.AssetExecutionContext, built: BuildResult, rows: Mapping[str, int]
) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    """What Dagster is told of each node: rows and seconds of a model, verdict and failures of a test."""
    manifest = read_manifest(built.target / "manifest.json")
    for node in built.nodes:
        if node.is_test:
            check = get_asset_check_key_for_test(manifest, TRANSLATOR, node.unique_id, PROJECT)
            if check is not None and check in context.selected_asset_check_keys:
                yield dg.AssetCheckResult(
                    asset_key=check.asset_key,
                    check_name=check.name,
                    passed=node.status == "pass",
                    severity=dg.AssetCheckSeverity.WARN if node.status == "warn" else dg.AssetCheckSeverity.ERROR,
                    metadata={"不符行数": node.failures},
                )
        elif node.status == "success":
            key = TRANSLATOR.get_asset_spec(manifest, node.unique_id, PROJECT).key
            if key in context.selected_asset_keys:  # a model newer than the definitions is computed all the same
                yield dg.MaterializeResult(
                    key, metadata={"dagster/row_count": rows.get(node.name, 0), "用时（秒）": node.seconds}
                )


def _row_counts(night: Night, schema: str) -> dict[str, int]:
    """Rows by table of one schema of the night's closed file; views count nothing."""
    connection = memory_connection(night.settings, night.spill)
    try:
        attach(connection, night.warehouse, "build")
        return dict(
            connection.execute(
                "SELECT table_name, estimated_size FROM duckdb_tables()"
                " WHERE database_name = 'build' AND schema_name = $schema",
                {"schema": schema},
            ).fetchall()
        )
    finally:
        connection.close()


@dg.definitions
def defs() -> dg.Definitions:
    """The source tables and the models."""
    return dg.Definitions(assets=[raw, models])

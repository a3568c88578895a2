"""What earlier nights would have seen: the features of past month ends, each from the files received by then.

A past night is a night: its files are loaded as known on the day after, and the very SQL of tonight's build is run on
them. So a training row holds nothing that a night of that day could not have held.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from pipelines.county import County
from pipelines.risk.score import read_features
from pipelines.settings import Settings
from pipelines.warehouse.connect import attach, memory_connection
from pipelines.warehouse.identity import RunIdentity
from pipelines.warehouse.load import load_raw
from pipelines.warehouse.sql import Name, Text, statement

FEATURE_TABLE = "int_risk_feature"
PAST_KEYS = ("household_no", "as_of", "township_code", "head_key", "members", "has_disabled", "reaches_back")


@dataclass(frozen=True)
class Step:
    """One table or view of the build: its place, and the SQL that makes it."""

    schema: str
    name: str
    kind: str
    sql: str


@dataclass(frozen=True)
class Recipe:
    """How the feature table is made: its seeds (schema, table) and its steps, in order."""

    seeds: tuple[tuple[str, str], ...]
    steps: tuple[Step, ...]


def read_recipe(manifest: Path, table: str = FEATURE_TABLE) -> Recipe:
    """The recipe of a table from the manifest.json of a finished build."""
    nodes: dict[str, Any] = json.loads(manifest.read_text(encoding="utf-8"))["nodes"]
    start = next(key for key, node in nodes.items() if node["resource_type"] == "model" and node["name"] == table)
    ordered = list(dict.fromkeys(_ancestors(nodes, start)))
    seeds = [nodes[key] for key in ordered if nodes[key]["resource_type"] == "seed"]
    models = [nodes[key] for key in ordered if nodes[key]["resource_type"] == "model"]
    return Recipe(
        tuple((node["schema"], node["alias"]) for node in seeds),
        tuple(
            Step(
                node["schema"],
                node["alias"],
                "VIEW" if node["config"]["materialized"] == "view" else "TABLE",
                node["compiled_code"],
            )
            for node in models
        ),
    )


def _ancestors(nodes: dict[str, Any], key: str) -> Iterator[str]:
    """A node after everything it stands on."""
    for parent in nodes[key]["depends_on"].get("nodes", ()):
        if parent in nodes:
            yield from _ancestors(nodes, parent)
    yield key


def features_on(county: County, build: Path, recipe: Recipe, day: date, settings: Settings) -> pl.DataFrame:
    """The feature frame of one past day, from the files received by the day after it."""
    place = build.parent / f"replay-{day}"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    file = place / build.name  # the SQL names the file's stem
    load_raw(county, file, RunIdentity(f"replay-{day}", day, day + timedelta(days=1), "replay"))
    connection = memory_connection(settings, place / "spill")
    try:
        attach(connection, build, "source_build")
        connection.execute(statement("ATTACH {file} AS {name}", file=Text(str(file)), name=Name(build.stem)))
        connection.execute(statement("USE {name}", name=Name(build.stem)))
        _cook(connection, recipe)
        return read_features(connection, PAST_KEYS)
    finally:
        connection.close()
        shutil.rmtree(place, ignore_errors=True)


def _cook(connection: duckdb.DuckDBPyConnection, recipe: Recipe) -> None:
    """Make every seed and step of a recipe in the database in use."""
    for schema in sorted({place for place, _ in recipe.seeds} | {step.schema for step in recipe.steps}):
        connection.execute(statement("CREATE SCHEMA IF NOT EXISTS {schema}", schema=Name(schema)))
    for schema, seed in recipe.seeds:
        copy = "CREATE TABLE {target} AS FROM {source}"
        connection.execute(statement(copy, target=Name(schema, seed), source=Name("source_build", schema, seed)))
    for step in recipe.steps:
        create = statement("CREATE " + step.kind + " {target} AS ", target=Name(step.schema, step.name))
        connection.execute(create + "(" + step.sql + ")")

"""Publishes one tiny night after another until killed: `python -m tests.faults.kernel.publisher HOME FIRST`."""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

from pipelines.county import County
from pipelines.settings import Settings
from pipelines.warehouse.extract import read_contents, state_hash
from pipelines.warehouse.lock import hold
from pipelines.warehouse.manifest import Manifest, hash_folder
from pipelines.warehouse.publish import fresh_candidate, make_current, place, seal


def publish_number(county: County, number: int, settings: Settings) -> None:
    """One published folder that says `number` in two tables and in a list."""
    candidate = fresh_candidate(county, f"night-{number:06}")
    with duckdb.connect(candidate / "warehouse.duckdb") as connection:
        for table in ("first", "second"):
            connection.execute(f"CREATE TABLE {table} AS SELECT {number} AS n FROM range(500)")  # noqa: S608
    (candidate / "lists").mkdir()
    (candidate / "lists" / "town.txt").write_text(str(number), encoding="ascii")
    tables = read_contents(candidate / "warehouse.duckdb", county.work, settings)
    manifest = Manifest(
        run_id=f"night-{number:06}",
        as_of="2020-01-01",
        known_on="2020-01-01",
        county=county.name,
        region=county.region,
        code_version="0",
        published_at="2020-01-01T00:00:00+08:00",
        state=state_hash(tables),
        tables=tables,
        files=hash_folder(candidate),
    )
    seal(candidate, manifest)
    make_current(county, place(county, candidate, manifest))


def main(home: str, first: str) -> None:
    """Publish numbers from `first` on, for ever."""
    county = County(home=Path(home), name="样例县", region="350123", documents=("FQ",))
    settings = Settings.from_environment()
    number = int(first)
    while True:
        with hold(county, "发布"):
            publish_number(county, number, settings)
        print(number, flush=True)
        number += 1


if __name__ == "__main__":
    main(*sys.argv[1:])

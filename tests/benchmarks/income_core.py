"""The income core against one hand-written query, over the same Parquet in the same run.

The core is every model from the lake's Parquet to one income per household on D: `int_household_income` and what it stands on,
compiled from the dbt project and run in dbt's order. The rival is what an experienced analyst would write for the same figure
(disposable income of the current window), without corrections, other days, other concepts or lineage.

    python -m tests.benchmarks.income_core [households ...]

Prints CPU seconds, peak memory and the ratio, and how many households differ (it must be none).
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import duckdb

from pipelines.warehouse.identity import RunIdentity
from pipelines.warehouse.load import load_raw
from tests.benchmarks.big_lake import AS_OF, write_lake

PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"
CORE = "int_household_income"

HAND_WRITTEN = """
with member as (
    select m.household_no, m.person_key
    from read_parquet('{lake}/registry_member/*.parquet') m
    where m.co_living is distinct from false
),
count_of as (select household_no, count(*) as members from member group by all),
roster as (
    select person_key, sum(monthly_amount_fen) as fen from read_parquet('{lake}/assistance_roster/*.parquet')
    where category in ('农村低保', '城市低保') and started_on <= date '2022-12-31' and stopped_on is null group by all
),
recorded as (
    select household_no, date_trunc('quarter', month)::date as quarter, sum(wage) as wage, sum(pension) as pension,
        greatest(sum(paid), sum(listed)) as dibao, sum(other) as other
    from (
        select person_key, month, wage_fen as wage, 0 as pension, 0 as paid, 0 as listed, 0 as other
        from read_parquet('{lake}/employment/*.parquet') where month between date '2022-12-01' and date '2023-11-01'
        union all
        select person_key, month, 0, basic_pension_fen + account_pension_fen, 0, 0, 0
        from read_parquet('{lake}/pension_payment/*.parquet') where month between date '2022-12-01' and date '2023-11-01'
        union all
        select person_key, date_trunc('month', paid_on), 0, 0, case when item = '低保金' then amount_fen else 0 end, 0,
            case when item <> '低保金' then amount_fen else 0 end
        from read_parquet('{lake}/subsidy_payment/*.parquet') where paid_on between date '2022-12-01' and date '2023-11-30'
        union all
        select person_key, (date '2022-12-01' + interval (m) month)::date, 0, 0, 0, fen, 0 from roster, range(12) t(m)
    ) join member using (person_key)
    group by all
),
declared as (
    select household_no, quarter, months, wage_fen * months as wage, (business_gross_fen - business_cost_fen) * months as business,
        business_gross_fen * months as gross, business_cost_fen * months as cost,
        property_fen * months as property, transfer_family_fen * months as family, transfer_other_fen * months as other,
        transfer_paid_fen * months as paid
    from read_parquet('{lake}/income_survey/*.parquet')
    join (values (date '2022-10-01', 1), (date '2023-01-01', 3), (date '2023-04-01', 3), (date '2023-07-01', 3), (date '2023-10-01', 2))
        as q(quarter, months) using (quarter)
),
summed as (
    select household_no,
        sum(greatest(coalesce(r.wage, 0) * 3, coalesce(d.wage, 0))) as wage, sum(coalesce(d.gross, 0)) as gross,
        sum(coalesce(d.cost, 0)) as cost, sum(coalesce(d.property, 0)) as property,
        sum(greatest(3 * (coalesce(r.pension, 0) + coalesce(r.dibao, 0) + coalesce(r.other, 0)), coalesce(d.other, 0))) as public,
        sum(coalesce(d.family, 0)) as family, sum(coalesce(d.paid, 0)) as paid
    from recorded r full join declared d using (household_no, quarter)
    group by all
)
select household_no, members,
    (2 * wage + 3) // 6 + (2 * gross + 3) // 6 - (2 * cost + 3) // 6 + (2 * property + 3) // 6 + (2 * public + 3) // 6
        + (2 * family + 3) // 6 - (2 * paid + 3) // 6 as disposable_income_fen
from summed join count_of using (household_no)
"""


def compiled_core(warehouse: Path, target: Path) -> list[tuple[str, str, str]]:
    """The core's models in dbt's order: schema, name, compiled SQL. Seeds are loaded into the warehouse on the way."""
    folders = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT), "--target-path", str(target)]
    dbt = [sys.executable, "-m", "dbt.cli.main", "--quiet", "--no-version-check", "--log-path", str(target)]
    environment = os.environ | {
        "SHOUWANG_WAREHOUSE": str(warehouse),
        "SHOUWANG_SPILL": str(target),
        "DO_NOT_TRACK": "1",
    }
    for task in (["seed"], ["compile", "--select", f"+{CORE}"]):
        subprocess.run([*dbt, *task, *folders], check=True, env=environment, stdout=subprocess.DEVNULL)
    nodes = json.loads((target / "manifest.json").read_text(encoding="utf-8"))["nodes"]
    wanted: dict[str, dict] = {}
    waiting = [f"model.shouwang.{CORE}"]
    while waiting:
        node = nodes[waiting.pop()]
        if node["resource_type"] == "model" and node["unique_id"] not in wanted:
            wanted[node["unique_id"]] = node
            waiting += [parent for parent in node["depends_on"]["nodes"] if parent in nodes]
    ordered: list[tuple[str, str, str]] = []
    done: set[str] = set()
    while len(done) < len(wanted):
        for name, node in sorted(wanted.items()):
            if name not in done and all(
                parent in done or parent not in wanted for parent in node["depends_on"]["nodes"]
            ):
                done.add(name)
                kind = "view" if node["config"]["materialized"] == "view" else "table"
                sql = (target / "compiled" / "shouwang" / node["original_file_path"]).read_text(encoding="utf-8")
                ordered.append(
                    (node["schema"], node["name"], f"create {kind} {node['schema']}.{node['name']} as {sql}")
                )
    return ordered


def measured(work) -> tuple[float, float, float]:
    """CPU seconds, wall seconds and peak memory (MB) of `work` in a child process of its own."""
    begin = time.monotonic()
    child = os.fork()
    if child == 0:
        work()
        os._exit(0)
    _, status, usage = os.wait4(child, 0)
    if status:
        raise SystemExit("the measured work failed")
    return usage.ru_utime + usage.ru_stime, time.monotonic() - begin, usage.ru_maxrss / 1024


def main(households: int) -> None:
    """Print one comparison."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "county"
        home.mkdir()
        county = write_lake(home, households)
        warehouse, target = home / "core.duckdb", home / "dbt"
        load_raw(county, warehouse, RunIdentity("bench", AS_OF, date(2026, 1, 1), "bench"))
        models = compiled_core(warehouse, target)
        lake = county.lake / "forms"

        def core() -> None:
            connection = duckdb.connect(
                str(warehouse), config={"threads": 2, "memory_limit": "12GB", "preserve_insertion_order": False}
            )
            connection.execute("create schema if not exists staging; create schema if not exists intermediate")
            timings = []
            for _, name, sql in models:
                begin = time.process_time()
                connection.execute(sql)
                timings.append((time.process_time() - begin, name))
            connection.close()
            if os.environ.get("SHOUWANG_FULL"):
                for seconds, name in sorted(timings, reverse=True)[:12]:
                    print(f"      {seconds:6.2f} s  {name}")

        def hand() -> None:
            connection = duckdb.connect(
                str(home / "hand.duckdb"),
                config={"threads": 2, "memory_limit": "12GB", "preserve_insertion_order": False},
            )
            connection.execute("create table answer as " + HAND_WRITTEN.format(lake=lake))
            connection.close()

        hand_cpu, hand_wall, hand_memory = measured(hand)
        core_cpu, core_wall, core_memory = measured(core)
        connection = duckdb.connect()
        connection.execute(
            f"attach '{warehouse}' as core (read_only); attach '{home / 'hand.duckdb'}' as hand (read_only)"
        )
        different = connection.execute(
            "select count(*) from core.intermediate.int_household_income i full join hand.answer a using (household_no)"
            " where i.income_window = 'current' and i.as_of = $day and (i.disposable_income_fen is distinct from a.disposable_income_fen"
            " or i.members is distinct from a.members)",
            {"day": AS_OF},
        ).fetchall()[0][0]
        rows = connection.execute("select sum(row_count) from core.raw.receipt").fetchall()[0][0]
    print(f"{households:>9,} households, {rows:,} rows in")
    print(f"      hand-written query   {hand_cpu:8.2f} CPU s  {hand_wall:8.2f} s  {hand_memory:8.0f} MB")
    print(f"      income core          {core_cpu:8.2f} CPU s  {core_wall:8.2f} s  {core_memory:8.0f} MB")
    print(f"      ratio                {core_cpu / hand_cpu:8.2f}         households that differ: {different}")


if __name__ == "__main__":
    for size in sys.argv[1:] or ["10000", "100000"]:
        main(int(size))
    print(f"peak of this process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")

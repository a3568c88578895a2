"""Worked cases as one county a document: short household stories compiled to department rows and put through the real models.

A case file (`tests/cases/*.yml`) has a county (document, day, lines, parameters) and cases. A case is one household:
`members` (a number, or a list of what differs from an able adult), `income` (a year's declared wage, yuan),
`previous_income` (the 12 months before), `rows` (form -> rows by the forms' own column ids), and shorthands for rows
(`work`, `pension`, `roster`, `monitored`, `steps`, `declared`). Persons are a, b, c ... in the order of members.
"""

from __future__ import annotations

import atexit
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import yaml

from expectations.contract import Column, all_contracts
from pipelines.county import County
from pipelines.settings import PROJECT, child_environment
from pipelines.warehouse.identity import RunIdentity
from pipelines.warehouse.load import load_raw
from pipelines.warehouse.sql import Name, statement

CASES = PROJECT / "tests" / "cases"
QUARTERS = 8
HISTORY_MONTHS = 30
MARTS = ("+fct_finding", "+fct_clause_run", "+fct_household_income")
MODELS_ONLY = ("build", "--exclude-resource-type", "unit_test", "test")
LISTED_EARLY = ("registry_household", "registry_member", "assistance_roster")
ADULT = {"labour_ability": "普通劳动力", "health": "健康", "self_care": "完全自理", "co_living": True}
Row = dict[str, Any]
Rows = dict[str, list[Row]]


@dataclass(frozen=True)
class CaseFile:
    """One case file: its name, its county and its cases, each with the household number it was given."""

    name: str
    county: Row
    cases: tuple[Row, ...]

    @property
    def as_of(self) -> date:
        """D."""
        return self.county["as_of"]


def read_case_file(file: Path) -> CaseFile:
    """Parse one case file and number its households in the order written."""
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    region = content["county"]["region"]
    cases = tuple(
        {**case, "household_no": f"{region}{number:04}"} for number, case in enumerate(content["cases"], start=1)
    )
    return CaseFile(file.stem, content["county"], cases)


def all_case_files() -> list[CaseFile]:
    """Every case file, by name."""
    return [read_case_file(file) for file in sorted(CASES.glob("*.yml"))]


def month_before(day: date, months: int) -> date:
    """First day of the month so many months before the day's."""
    number = day.year * 12 + day.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)


def compile_case(case: Row, as_of: date) -> Rows:
    """The department rows of one case, by form, with the forms' own column ids and amounts in yuan."""
    number = case["household_no"]
    members = case.get("members", 1)
    people = [{} for _ in range(members)] if isinstance(members, int) else members
    rows: Rows = {
        "registry_household": [{"head_id": "a", "head_name": "户主", **case.get("household", {})}],
        "registry_member": [
            {
                "person_id": chr(97 + place),
                "person_name": "成员",
                "relation": "户主" if place == 0 else "其他",
                **ADULT,
                **person,
            }
            for place, person in enumerate(people)
        ],
        "income_survey": list(_surveys(case, as_of)),
        "employment": list(_work(case, as_of)),
        "pension_payment": list(_pension(case, as_of)),
        "assistance_roster": case.get("roster", []),
        "monitored_register": [case["monitored"]] if "monitored" in case else [],
        "procedure_event": list(_steps(case)),
    }
    for form, extra in case.get("rows", {}).items():
        rows[form] = rows.get(form, []) + extra
    return {form: [{"household_no": number, **row, "_case": number} for row in some] for form, some in rows.items()}


def _surveys(case: Row, as_of: date) -> Iterator[Row]:
    """Eight quarters declared: four of the window, four of the 12 months before. `null` means not surveyed."""
    income = case.get("income", 60000)
    quarter_end = month_before(as_of, 0)
    years = [income, case.get("previous_income", income)]
    declared = case.get("declared", {})
    for number in range(QUARTERS):
        year = years[number // 4]
        if year is None:
            continue
        fen = int(Decimal(str(year)) * 100)
        share = fen // 4 + (fen % 4 if number % 4 == 0 else 0)
        row = {"quarter": month_before(quarter_end, 2 + 3 * number), "wage": Decimal(share) / 100}
        if number < 4:
            row |= {name: Decimal(str(amount)) / 4 for name, amount in declared.items()}
        yield row


def _work(case: Row, as_of: date) -> Iterator[Row]:
    """`work: {a: {wage: 2000, months: 12}}`: months in work, back from the window's last."""
    for person, job in case.get("work", {}).items():
        for back in range(job.get("from_back", 0), job.get("from_back", 0) + job.get("months", 12)):
            yield {
                "person_id": person, "month": month_before(as_of, back), "employer": "某厂", "wage": job.get("wage", 0),
                "job_kind": job.get("job_kind", "县内务工"), "status": "在岗",
            }  # fmt: skip


def _pension(case: Row, as_of: date) -> Iterator[Row]:
    """`pension: {a: 108}`: the basic part, each month of the window."""
    for person, amount in case.get("pension", {}).items():
        for back in range(12):
            yield {"person_id": person, "month": month_before(as_of, back), "basic_pension": amount}


def _steps(case: Row) -> Iterator[Row]:
    """`steps: [[调查发现, 2020-05-06, 2020-05-08, 通过], ...]` of one case of entering (or `purpose`)."""
    for step, started_on, ended_on, outcome, *rest in case.get("steps", []):
        yield {
            "case_no": f"SX{case['household_no'][-4:]}", "purpose": rest[0] if rest else "纳入", "step": step,
            "started_on": started_on, "ended_on": ended_on, "outcome": outcome,
        }  # fmt: skip


def _cell(column: Column, value: Any, case: str) -> Any:
    """A case's value as the lake holds it."""
    if value is None:
        return False if column.sensitive == "vault" else None
    if column.sensitive == "vault":
        return True
    if column.sensitive == "person":
        return value if len(str(value)) > 1 else f"{case[-5:]}{value}"
    if column.type == "money":
        return int(Decimal(str(value)) * 100)
    if column.type == "datetime" and not isinstance(value, datetime):
        return datetime.fromisoformat(str(value))
    return value


def _lake_row(form: str, row: Row, region: str) -> Row:
    """One row of `raw.<form>` without its receipt columns."""
    case = row["_case"]
    if form == "registry_household":
        row = {
            "region_code": f"{region}100200",
            "township": "城关镇",
            "village": "东村",
            "registered_poor": False,
            **row,
        }
    contract = all_contracts()[form]
    cells = {column.lake_name: _cell(column, row.get(column.id), case) for column in contract.columns}
    return {name: cells.get(name, row.get(name)) for name, _ in contract.lake_columns}


def fill_county(warehouse: Path, case_file: CaseFile, rows: Rows, folder: Path) -> None:
    """Make raw.* of one county: an empty county's own tables, filled with the rows by form.

    A form without rows came as a confirmed empty file, but for those that `never_came`.
    """
    county = case_file.county
    region, as_of = county["region"], case_file.as_of
    home = folder / "county"
    home.mkdir(parents=True)
    text = {"name": "样例县", "region": region, "documents": county["documents"]}
    (home / "county.yml").write_text(yaml.safe_dump(text, allow_unicode=True), encoding="utf-8")
    load_raw(County.open(home), warehouse, RunIdentity("case", as_of, as_of, "tests"))
    lines = [{"_case": region, **line} for line in county["lines"]]
    with duckdb.connect(str(warehouse)) as connection:
        for sequence, form in enumerate(sorted(set(all_contracts()) - set(county.get("never_came", []))), start=1):
            _fill_form(connection, form, rows.get(form, []) if form != "standard_line" else lines, case_file, sequence)
        for place, (clause, parameter, value, since, until, *where) in enumerate(county.get("parameters", [])):
            connection.execute(
                "INSERT INTO raw.county_parameter BY NAME SELECT $1 AS region_code, $2 AS clause, $3 AS parameter, $4 AS value, "
                "'' AS unit, CAST($5 AS DATE) AS effective_from, CAST($6 AS DATE) AS effective_to, $7 AS reference",
                [where[0] if where else region, clause, parameter, value, since, until, f"样例第{place + 1}条"],
            )


def _fill_form(
    connection: duckdb.DuckDBPyConnection, form: str, rows: list[Row], case_file: CaseFile, sequence: int
) -> None:
    """Replace the empty raw.<form> by a table of the rows; full lists stand in an early month and in D's."""
    as_of = case_file.as_of
    months = [month_before(as_of, 0)]
    if form in LISTED_EARLY:
        months.insert(0, month_before(as_of, HISTORY_MONTHS))
    description = connection.execute(f"DESCRIBE raw.{form}").fetchall()
    connection.execute(f"DROP {'VIEW' if _is_view(connection, form) else 'TABLE'} raw.{form}")
    table = [
        {
            **_lake_row(form, row, case_file.county["region"]),
            "_content": f"{form}{place}", "_row": line, "_row_hash": line + 100000 * place,
            "_receipt": sequence * 10 + place, "_file": f"{form}/{month:%Y-%m}.csv", "_period": month,
            "_period_end": month_before(month, -1), "_received_on": as_of, "_received_rank": sequence * 10 + place,
        }
        for place, month in enumerate(months)
        for line, row in enumerate(rows, start=2)
    ]  # fmt: skip
    columns = ", ".join(f'"{name}" {kind}' for name, kind, *_ in description)
    connection.execute(f"CREATE TABLE raw.{form} ({columns})")
    if table:
        frame = pl.DataFrame(table, infer_schema_length=None)
        connection.register("frame", frame.to_arrow())
        connection.execute(statement("INSERT INTO {table} BY NAME SELECT * FROM frame", table=Name("raw", form)))
        connection.unregister("frame")
    for place, month in enumerate(months):
        connection.execute(
            "INSERT INTO raw.receipt BY NAME SELECT ? AS seq, ? AS file, ? AS form, ? AS period, CAST(? AS DATE) AS period_start, "
            "CAST(? AS DATE) AS received_on, ? AS received_rank, ? AS row_count, ? AS kept_rows, 0 AS rejected, 0 AS erased, ? AS content",
            [
                sequence * 10 + place, f"{form}/{month:%Y-%m}.csv", form, f"{month:%Y-%m}", month, as_of,
                sequence * 10 + place, len(rows), len(rows), f"{form}{place}",
            ],
        )  # fmt: skip


def _is_view(connection: duckdb.DuckDBPyConnection, form: str) -> bool:
    found = connection.execute(
        "SELECT table_type FROM information_schema.tables WHERE table_schema = 'raw' AND table_name = ?", [form]
    ).fetchall()
    return found[0][0] == "VIEW"


def run_models(
    warehouse: Path, work: Path, selected: tuple[str, ...] = MARTS, verb: tuple[str, ...] = MODELS_ONLY
) -> None:
    """The models that the marts stand on, by dbt's command line. `warehouse` keeps one path, so that parsing is done once."""
    command = [
        sys.executable, "-m", "dbt.cli.main", "--quiet", "--no-use-colors", "--no-version-check", *verb,
        "--project-dir", str(PROJECT / "dbt_project"),
        "--profiles-dir", str(PROJECT / "dbt_project"), "--target-path", str(work / "dbt"), "--log-path", str(work / "dbt"),
        "--select", *selected,
    ]  # fmt: skip
    environment = child_environment(
        SHOUWANG_WAREHOUSE=str(warehouse), SHOUWANG_MEMORY_LIMIT="2GB", SHOUWANG_SPILL=str(work / "spill")
    )
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise AssertionError(done.stdout[-6000:] + done.stderr[-2000:])


@cache
def workshop() -> Path:
    """A folder for this test process, with dbt's parsed project kept between builds."""
    folder = Path(tempfile.mkdtemp(prefix="shouwang-cases-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def build(name: str, case_file: CaseFile, rows: Rows) -> Path:
    """The warehouse of one county of rows, after the models ran on it."""
    warehouse = workshop() / "warehouse.duckdb"
    fill_county(warehouse, case_file, rows, workshop() / name)
    run_models(warehouse, workshop())
    kept = workshop() / f"{name}.duckdb"
    return warehouse.replace(kept)


@cache
def built(name: str) -> Path:
    """The warehouse of one case file."""
    case_file = read_case_file(CASES / f"{name}.yml")
    rows: Rows = {}
    for case in case_file.cases:
        for form, some in compile_case(case, case_file.as_of).items():
            rows.setdefault(form, []).extend(some)
    return build(name, case_file, rows)

"""A county of a few dozen workers whose night needs no dbt: a few tables made in SQL stand in for it.

`import dbt` alone would cost more than the rest of the night.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from pipelines.county import County
from pipelines.settings import Settings
from pipelines.warehouse import identity
from pipelines.warehouse.build import BuildResult

AS_OF = "2020-06-30"
MONTHS = [f"2020-{month:02}" for month in range(1, 7)]
WORKERS = 40
MARTS = """
    CREATE SCHEMA marts;
    CREATE TABLE marts.fct_household_income AS
        SELECT worker.person_key AS household_no, sum(worker.wage_fen) AS wage_fen FROM raw.employment AS worker GROUP BY ALL;
    CREATE TABLE marts.fct_employment AS
        SELECT worker.person_key, worker.month, worker.wage_fen, worker._file, worker._row FROM raw.employment AS worker;
    CREATE TABLE marts.fct_household_class AS SELECT household_no, 'FQ' AS document, '样例' AS class_name
        FROM marts.fct_household_income WHERE wage_fen < 1000000;
    CREATE TABLE marts.fct_warning AS SELECT household_no, '待核实' AS status FROM marts.fct_household_class;
    CREATE TABLE marts.ops_file_receipt AS
        SELECT file, row_count AS rows, kept_rows AS loaded, rejected, 0 AS repeats, erased, refused_reason FROM raw.receipt;
    CREATE TABLE marts.ops_check AS SELECT true AS blocking, true AS passed, '无' AS message;
"""


def write_small_county(home: Path, months: list[str] = MONTHS) -> County:
    """A county folder with one employment file a month; every ninth id is broken."""
    home.mkdir(parents=True)
    (home / "county.yml").write_text("name: 样例县\nregion: '350123'\ndocuments: [FQ]\n", encoding="utf-8")
    county = County.open(home)
    (county.landing / "employment").mkdir(parents=True)
    received = ["file,received_on,order\n"]
    for number, month in enumerate(months, start=1):
        drop_file(county, month)
        received.append(f"employment/{month}.csv,{month}-28,{number}\n")
    (county.landing / "received.csv").write_text("".join(received), encoding="utf-8")
    (county.keys).mkdir(mode=0o700)
    for name in ("person.key", "audit.key"):
        (county.keys / name).write_text("5a" * 32 + "\n", encoding="ascii")
    return county


def drop_file(county: County, month: str) -> Path:
    """Put one month's employment file into the landing folder."""
    lines = ["证件号码,姓名,月份,务工单位,就业类型,工资收入,就业状态,失业时间"]
    lines += [
        f"{worker_id(number)},工人{number},{month},厂{number % 5},县内务工,{1000 + 37 * number}.50,在岗,"
        for number in range(WORKERS)
    ]
    file = county.landing / "employment" / f"{month}.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def worker_id(number: int) -> str:
    """An invented id with a right check digit, or, every ninth, a wrong one."""
    body = f"3501231970{1 + number % 12:02}{1 + number % 28:02}{number:03}"
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    check = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True)) % 11
    return body + "10X98765432"[(check + (number % 9 == 0)) % 11]


def build_by_hand(warehouse: Path, work: Path, settings: Settings, lock: int | None = None) -> BuildResult:
    """Stands in for dbt: a few marts in SQL, into the same fresh file."""
    with duckdb.connect(warehouse) as connection:
        connection.execute(MARTS)
    return BuildResult(nodes=(), target=work)


def stand_in(module: object) -> None:
    """Replace the stages that need dbt, the scorer or the papers in `pipelines.night`."""
    module.run_dbt = build_by_hand  # type: ignore[attr-defined]
    module.score_night = lambda *_: 0  # type: ignore[attr-defined]
    module.write_all = lambda *_: []  # type: ignore[attr-defined]
    identity.code_version = lambda _: "test"
    module.hand_out = lambda *_: False  # type: ignore[attr-defined]

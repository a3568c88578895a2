"""What must be true of a night before anybody sees it. One closed gate leaves yesterday's warehouse published."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines.errors import GateError
from pipelines.settings import Settings
from pipelines.warehouse.build import BuildResult
from pipelines.warehouse.connect import attach, memory_connection
from pipelines.warehouse.extract import TableContent, read_contents

ANALYST_FILE = "warehouse.duckdb"


@dataclass(frozen=True)
class Gate:
    """One condition of publishing: its label, and what is wrong (Chinese) when it is closed."""

    label: str
    problems: tuple[str, ...]

    @property
    def is_open(self) -> bool:
        """Whether the night may pass."""
        return not self.problems


def tests_gate(build: BuildResult) -> Gate:
    """The models' own tests. It is judged before anything else is made: what stands on a failed test has no table."""
    return Gate("质量检查", _failed_tests(build))


def check_gates(candidate: Path, contents: dict[str, TableContent], spill: Path, settings: Settings) -> list[Gate]:
    """Every gate but that of tests, judged on the closed files of the candidate folder; `contents` is what was written into them."""
    connection = memory_connection(settings, spill)
    try:
        attach(connection, candidate / ANALYST_FILE, "release")
        connection.execute("USE release")
        tables = {name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
        gates = [
            Gate("收件平账", _unbalanced_files(connection, tables)),
            Gate("政策参数", _blocking_checks(connection, tables)),
        ]
    finally:
        connection.close()
    return [*gates, Gate("文件完整", _incomplete_files(candidate, contents, spill, settings))]


def require_open(gates: list[Gate]) -> None:
    """Raise GateError with every closed gate in one message."""
    closed = [f"{gate.label}：{'；'.join(gate.problems)}" for gate in gates if not gate.is_open]
    if closed:
        raise GateError(
            f"本次结果未发布，仍沿用上一次发布的数据。{len(closed)} 道关口未过：" + "。".join(closed) + "。"
        )


def _failed_tests(build: BuildResult) -> tuple[str, ...]:
    """Tests of severity error that found rows, or could not run."""
    return tuple(
        f"{test.name}（{test.failures} 处不符）" if test.status == "fail" else f"{test.name}（检查未能执行）"
        for test in build.failed_tests
    )


def _unbalanced_files(connection: duckdb.DuckDBPyConnection, tables: set[str]) -> tuple[str, ...]:
    """Files whose rows are not loaded, rejected, repeats or erased."""
    if "ops_file_receipt" not in tables:
        return ("缺少表 ops_file_receipt",)
    rows = connection.execute(
        "SELECT file, rows, loaded, rejected, repeats, erased FROM ops_file_receipt"
        " WHERE refused_reason IS NULL AND rows IS DISTINCT FROM loaded + rejected + repeats + erased ORDER BY file"
    ).fetchall()
    return tuple(
        f"{file} 共 {total} 行，入库 {loaded} + 退回 {rejected} + 重复 {repeats} + 依法删除 {erased} 不相等"
        for file, total, loaded, rejected, repeats, erased in rows
    )


def _blocking_checks(connection: duckdb.DuckDBPyConnection, tables: set[str]) -> tuple[str, ...]:
    """Checks of the models that forbid publishing, such as a line without its parameter."""
    if "ops_check" not in tables:
        return ("缺少表 ops_check",)
    rows = connection.execute("SELECT message FROM ops_check WHERE blocking AND NOT passed ORDER BY message").fetchall()
    return tuple(message for (message,) in rows)


def _incomplete_files(
    candidate: Path, contents: dict[str, TableContent], spill: Path, settings: Settings
) -> tuple[str, ...]:
    """Leftover write-ahead logs, or tables that read back other than they were written."""
    problems = [f"{path.name} 尚未并入数据文件" for path in candidate.rglob("*.wal")]
    found = read_contents(candidate / ANALYST_FILE, spill, settings)
    problems += [f"表 {name} 写入后读回不一致" for name in sorted(contents) if found.get(name) != contents[name]]
    return tuple(problems)

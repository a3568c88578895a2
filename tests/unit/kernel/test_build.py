"""The models as one child process: its results, its faults, its end with ours."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from pipelines.county import County
from pipelines.errors import BuildError, GateError
from pipelines.night import Night
from pipelines.settings import Settings
from pipelines.warehouse import build
from pipelines.warehouse.build import BuildResult, NodeResult, run_dbt
from pipelines.warehouse.extract import read_contents, state_hash, write_analyst_file

from .tiny_dbt import tiny_settings


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Settings]:
    folder = tmp_path_factory.mktemp("built")
    settings = tiny_settings(
        folder / "dbt",
        rpt_view="{{ config(materialized='view') }} select 1 as n",
        int_household_at="{{ config(schema='intermediate') }} select 12 as household_id",
        failing="{{ config(schema='intermediate') }} select cast(null as varchar) as household_no",
    )
    (folder / "dbt" / "models" / "failing.yml").write_text(
        "version: 2\nmodels:\n  - name: failing\n    columns:\n"
        "      - {name: household_no, data_tests: [{not_null: {name: failing_present}}]}\n",
        encoding="utf-8",
    )
    result = run_dbt(folder / "warehouse.duckdb", folder, settings)
    assert [test.name for test in result.failed_tests] == ["failing_present"]
    assert result.failed_tests[0].failures == 1
    assert {node.unique_id.split(".")[0] for node in result.nodes} == {"model", "test"}  # the hook is no table
    return folder, settings


def test_analyst_file_has_marts_by_plain_name_in_order_with_comments(built: tuple[Path, Settings]) -> None:
    folder, settings = built
    target = folder / "analysts.duckdb"
    contents = write_analyst_file(folder / "warehouse.duckdb", target, folder / "spill", settings)
    assert "rpt_view" in contents and "failing" not in contents
    assert not list(folder.glob("analysts.duckdb.*"))
    with duckdb.connect(target, read_only=True) as reader:
        assert reader.execute("select household_no from fct_household_income").fetchall() == [("1",), ("2",), ("3",)]
        assert reader.execute("select count(*) from marts.fct_household_income").fetchall() == [(3,)]
        assert reader.execute("select 户编号 from v_fct_household_income_cn order by all").fetchall() == [
            ("1",),
            ("2",),
            ("3",),
        ]
        comments = reader.execute(
            "select comment from duckdb_tables() where table_name = 'fct_household_income' union all"
            " select comment from duckdb_columns() where table_name = 'fct_household_income' and schema_name = 'main' and comment is not null"
        ).fetchall()
        assert comments == [("家庭收入；一户一行，'引号'也要留住",), ("户编号",)]
    assert read_contents(target, folder / "spill", settings) == contents


def test_content_hash_sees_values_types_names_and_repeats_but_not_order(tmp_path: Path) -> None:
    settings = Settings.from_environment()
    variants = {
        "base": "select * from (values (1, 'a'), (2, null)) t(n, s)",
        "order": "select * from (values (2, null), (1, 'a')) t(n, s)",
        "blank": "select * from (values (1, 'a'), (2, '')) t(n, s)",
        "type": "select n::bigint as n, s from (values (1, 'a'), (2, null)) t(n, s)",
        "name": "select * from (values (1, 'a'), (2, null)) t(n, r)",
        "repeat": "select * from (values (1, 'a'), (2, null), (2, null), (2, null)) t(n, s)",
        "shifted": "select * from (values (1, 'a'), (2, chr(31))) t(n, s)",
    }
    states = {}
    for name, query in variants.items():
        file = tmp_path / f"{name}.duckdb"
        with duckdb.connect(file) as writer:
            writer.execute(f"create table t as {query}")
        states[name] = state_hash(read_contents(file, tmp_path / "spill", settings))
    assert states.pop("order") == states["base"]
    assert len(set(states.values())) == len(states)


def test_broken_model_is_one_chinese_sentence_with_its_name(tmp_path: Path) -> None:
    settings = tiny_settings(tmp_path / "dbt", fct_warning="select 'secret 350101199001011234'::date as d")
    with pytest.raises(BuildError, match=r"^\[SW-5\] 有 1 张表没有算出来：fct_warning") as caught:
        run_dbt(tmp_path / "warehouse.duckdb", tmp_path, settings)
    assert "350101" not in str(caught.value)


def test_unreadable_project_is_a_build_error(tmp_path: Path) -> None:
    settings = tiny_settings(tmp_path / "dbt", fct_warning="select {{ ref('nowhere') }}")
    with pytest.raises(BuildError, match=r"没有开始|无法解析"):
        run_dbt(tmp_path / "warehouse.duckdb", tmp_path, settings)


def test_a_build_that_does_not_end_is_stopped_with_a_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings, pid_file = tiny_settings(tmp_path / "dbt"), tmp_path / "pid"
    child = f"import os, time, pathlib; pathlib.Path({str(pid_file)!r}).write_text(str(os.getpid())); time.sleep(60)"
    monkeypatch.setattr(build, "_command", lambda *_: [sys.executable, "-c", child])
    monkeypatch.setattr(build, "_LONGEST", timedelta(seconds=3))
    with pytest.raises(BuildError, match="没有结束，已停止。已发布的数据没有变动"):
        run_dbt(tmp_path / "warehouse.duckdb", tmp_path, settings)
    assert not _runs(int(pid_file.read_text()))


def test_child_dies_with_its_killed_parent(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    child = f"import os, time, pathlib; pathlib.Path({str(pid_file)!r}).write_text(str(os.getpid())); time.sleep(60)"
    parent = (
        "import os, subprocess, sys; from pipelines.warehouse import leash;"
        f"subprocess.run([sys.executable, '-I', leash.__file__, str(os.getpid()), sys.executable, '-c', {child!r}])"
    )
    with subprocess.Popen([sys.executable, "-c", parent]) as process:
        _wait_until(lambda: pid_file.exists() and pid_file.read_text() != "")
        process.send_signal(signal.SIGKILL)
    grandchild = int(pid_file.read_text())
    _wait_until(lambda: not _runs(grandchild))


def _runs(pid: int) -> bool:
    """Whether a process is there and not merely unburied."""
    try:
        return ") Z" not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


def _wait_until(condition: object, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def test_a_failed_test_stops_the_night_before_anything_is_made_of_it(tmp_path: Path) -> None:
    """dbt leaves out what stands on a failed test: reports would miss their tables."""
    (tmp_path / "county.yml").write_text("name: 甲县\nregion: '350181'\ndocuments: [FQ]\n", encoding="utf-8")
    day = date(2020, 6, 30)
    night = Night(County.open(tmp_path), day, day, Settings.from_environment(), lambda _line: None, lock=0)
    night.done = ["receive", "load", "build"]
    night.built = BuildResult((NodeResult("test.shouwang.income_items_add_up", "fail", 3, 0.1),), tmp_path)
    with pytest.raises(GateError, match=r"未发布，仍沿用上一次发布的数据。.*质量检查：income_items_add_up（3 处不符）"):
        night.score()

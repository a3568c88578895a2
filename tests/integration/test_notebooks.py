"""Every notebook runs from top to bottom over a published county, and holds no lock on it."""

from __future__ import annotations

import subprocess
import sys

import duckdb
import pytest

from pipelines.cli import run
from pipelines.commands.notebook import notebook_names, own_copies
from pipelines.settings import child_environment
from pipelines.warehouse.gates import ANALYST_FILE
from tests.integration.published_county import published_county


@pytest.mark.parametrize("name", notebook_names())
def test_a_notebook_runs_as_a_script(name, tmp_path):
    folder = own_copies(tmp_path / "notebooks")
    finished = subprocess.run(
        [sys.executable, str(folder / f"{name}.py")],
        env=child_environment(SHOUWANG_HOME=str(published_county().home)),
        capture_output=True,
        text=True,
        timeout=120,
        cwd=tmp_path,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr


def test_a_county_keeps_its_own_changes(tmp_path):
    folder = own_copies(tmp_path / "notebooks")
    (folder / "income_structure.py").write_text("# 本县改过", encoding="utf-8")
    own_copies(folder)
    assert (folder / "income_structure.py").read_text(encoding="utf-8") == "# 本县改过"


def test_readers_hold_no_lock_on_what_is_published():
    file = published_county().published / "current" / ANALYST_FILE
    first, second = duckdb.connect(), duckdb.connect()
    for reader in (first, second):
        reader.execute(f"ATTACH '{file.resolve()}' AS warehouse (READ_ONLY)")
    child = "import duckdb, sys; c = duckdb.connect(); c.execute(f\"ATTACH '{sys.argv[1]}' AS w (READ_ONLY)\")"
    subprocess.run([sys.executable, "-c", child, str(file.resolve())], check=True, timeout=60)
    first.close(), second.close()


def test_the_command_lists_notebooks_and_refuses_unknown_names(capsys):
    home = str(published_county().home)
    assert run(["notebook", "--home", home]) == 0
    assert "income_structure" in capsys.readouterr().out
    assert run(["notebook", "nothing", "--home", home]) == 2
    assert "没有名为“nothing”的笔记本" in capsys.readouterr().err


def test_a_notebook_is_opened_for_this_machine_only_and_behind_a_token(monkeypatch, capsys):
    started = []
    monkeypatch.setattr(subprocess, "run", lambda command, **how: started.append((command, how)))
    assert run(["notebook", "near_the_line", "--home", str(published_county().home), "--port", "2799"]) == 0
    ((command, how),) = started
    assert command[command.index("--host") + 1] == "127.0.0.1"
    assert command[command.index("--token-password-file") + 1] == "-"
    assert len(how["input"]) >= 20 and how["input"] not in command
    assert f"http://127.0.0.1:2799/?access_token={how['input']}" in capsys.readouterr().out

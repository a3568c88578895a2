"""The command line: Chinese, coded, without a traceback, whatever the user does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.cli import run
from pipelines.commands.options import parse_day
from pipelines.errors import MistakeError, explain


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["run", "--home", "/nowhere"], "county.yml"),
        (["run", "--as-off", "2020-01-01"], "没有 --as-off 这个选项，是不是 --as-of？"),
        (["init"], "缺少 folder"),
        (["status", "--home", "/nowhere"], "county.yml"),
        ([], "请写明要做什么"),
        (["nonsense"], "nonsense"),
    ],
)
def test_mistake_is_one_coded_chinese_sentence(
    arguments: list[str], told: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 2
    errors = capfd.readouterr().err
    assert errors.startswith("[SW-2]") and told in errors and "Traceback" not in errors


def test_init_makes_a_folder_that_run_accepts_and_never_twice(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "county"
    arguments = ["init", str(home), "--name", "样例县", "--region", "350123", "--documents", "LY，FQ"]
    assert run(arguments) == 0
    assert (home / "landing" / "employment").is_dir()
    assert (home / "county.yml").read_text(encoding="utf-8").startswith("name: 样例县")
    assert run(arguments) == 2
    assert "没有改动" in capfd.readouterr().err


def test_init_with_an_impossible_county_leaves_nothing_half_made(tmp_path: Path) -> None:
    home = tmp_path / "county"
    assert run(["init", str(home), "--name", "样例县", "--region", "35", "--documents", "LY"]) == 2
    assert not (home / "county.yml").exists()


def test_day_not_over_is_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    home = tmp_path / "county"
    run(["init", str(home), "--name", "样例县", "--region", "350123", "--documents", "LY"])
    assert run(["run", "--home", str(home), "--as-of", "2999-01-01"]) == 2
    assert "还没有到" in capfd.readouterr().err


@pytest.mark.parametrize("text", ["2020-06-30", "20200630", "2020/6/30", "2020年6月30日", " 2020.06.30 "])
def test_day_is_read_as_people_write_it(text: str) -> None:
    day = parse_day(text, "--as-of")
    assert day is not None and day.isoformat() == "2020-06-30"


@pytest.mark.parametrize("text", ["2020-13-01", "昨天", "2020-02-30", "202063", "20-06-30"])
def test_what_is_no_day_is_refused_by_the_option_name(text: str) -> None:
    with pytest.raises(MistakeError, match="--as-of"):
        parse_day(text, "--as-of")


def test_unforeseen_error_tells_its_kind_and_place_but_not_its_text() -> None:
    try:
        int("350123199001011234x")
    except ValueError as error:
        sentence, status = explain(error)
    assert status == 1
    assert "ValueError" in sentence and "350123" not in sentence


def test_a_command_does_not_wait_for_what_only_another_one_needs() -> None:
    """Whoever asks for one file's check or the night's state would otherwise wait seconds for a learner to load."""
    heavy = ("sklearn", "scipy", "altair", "great_expectations", "splink", "dbt", "dagster", "starlette", "marimo")
    loaded = subprocess.run(
        [sys.executable, "-c", "import sys, pipelines.cli; print(*sys.modules)"],
        capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    assert "pipelines.cli" in loaded
    assert not set(heavy) & set(loaded)

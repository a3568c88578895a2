"""Planted people are found nowhere that a run writes, but in the vault (sealed) and the papers meant to name them.

By default a night of the shell and a night killed; with SHOUWANG_FULL=1 also Dagster's night, training, notebooks,
and 500 people.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
import pytest
import yaml

from expectations.contract import load_contract
from pipelines.county import County
from pipelines.intake.lake import read_returned, read_vault
from pipelines.intake.ledger import read_receipts
from pipelines.sample_county import population, write_county
from pipelines.sample_county.scene import Batch
from pipelines.settings import PROJECT, Settings
from pipelines.vault.key_ring import KeyRing
from pipelines.warehouse.invariants import broken
from tests.faults.leaks.scanner import MARK, Planted

FULL = Settings.from_environment().full_faults
HOUSEHOLDS = 170 if FULL else 40
LEAST_PEOPLE = 500 if FULL else 100
AS_OF = "2020-06-30"
MEANT_TO_NAME = ("townships", "officials", "households", "postings")
OFFICIALS = ("helper", "partner", "surveyor", "visitor", "verifier")
SHIFTED = "2020-03-错列"
_GIVEN = "建国志明海峰永福根生大山水木立新春雷金旺长林文武有才向东启航俊杰浩然宏达秀英桂兰玉梅美华"


def unique_names(surname: object, male: object, draws: object) -> pl.Series:
    """Each name once, all with the mark."""
    count = len(surname)  # type: ignore[arg-type]
    return pl.Series([f"{MARK}{_GIVEN[n % len(_GIVEN)]}{_GIVEN[n // len(_GIVEN)]}" for n in range(count)]).alias("name")


def with_other_officials(real: Callable[..., None]) -> Callable[..., None]:
    """The synthetic county's officials are residents too; here they have a name of their own."""

    def init(batch: Batch, *arguments: object, **options: object) -> None:
        real(batch, *arguments, **options)
        officials = [pl.lit("李干部").alias(name) for name in OFFICIALS if name in batch.frame.columns]
        object.__setattr__(batch, "frame", batch.frame.with_columns(officials))

    return init


@dataclass(frozen=True)
class Scene:
    """A county after its nights, what they printed and everything else they wrote, under one folder."""

    county: County
    folder: Path
    planted: Planted


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    folder = tmp_path_factory.mktemp("leaks")
    home = folder / "county"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(population, "people_names", unique_names)
        patch.setattr(Batch, "__init__", with_other_officials(Batch.__init__))
        write_county(home, HOUSEHOLDS, 11, as_of=date.fromisoformat(AS_OF), months=15)
    county = County.open(home)
    _drop_a_shifted_file(county)
    for place in ("tmp", "dagster", "printed"):
        (folder / place).mkdir()
    (folder / "dagster" / "dagster.yaml").write_text((PROJECT / "dagster.yaml").read_text(encoding="utf-8"))
    _to_the_end(folder, "night", "-m", "pipelines", "run", "--home", str(home), "--as-of", AS_OF)
    if FULL:
        _the_rest(folder, home)
    _killed_in_the_middle(folder, home)  # last: a night that follows clears away what it left behind
    return Scene(county, folder, _planted(county))


def _drop_a_shifted_file(county: County) -> None:
    """A file whose cells slipped by one column: names where money should be, ids where months should be."""
    lines = ["证件号码,姓名,月份,务工单位,就业类型,工资收入,就业状态,失业时间"]
    lines += [f"{MARK}某,11010119900307{n:04},2020-03,厂,县内务工,{MARK}某某,1350000{n:04},1" for n in range(9)]
    lines += [
        f",350121199{n % 10}0101123{n},19900001234,{MARK}甲,{MARK}乙,{MARK}丙,{MARK}丁,{MARK}戊" for n in range(9)
    ]
    file = county.landing / "employment" / f"{SHIFTED}.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _environment(folder: Path, home: Path) -> dict[str, str]:
    return os.environ | {
        "TMPDIR": str(folder / "tmp"), "SHOUWANG_HOME": str(home), "DAGSTER_HOME": str(folder / "dagster"),
        "PYTHONPATH": str(PROJECT), "PYTHONFAULTHANDLER": "1",
    }  # fmt: skip


def _to_the_end(folder: Path, name: str, *arguments: str) -> None:
    """Run a program and keep what it prints."""
    with (folder / "printed" / name).open("wb") as printed:
        done = subprocess.run(
            [sys.executable, *arguments], cwd=folder, env=_environment(folder, folder / "county"),
            stdout=printed, stderr=subprocess.STDOUT, check=False,
        )  # fmt: skip
    assert done.returncode == 0, (folder / "printed" / name).read_text(encoding="utf-8")[-2000:]


def _killed_in_the_middle(folder: Path, home: Path) -> None:
    """A night killed while dbt builds: its unfinished warehouse, logs and spill files stay behind."""
    with (folder / "printed" / "killed").open("wb") as printed:
        process = subprocess.Popen(
            [sys.executable, "-m", "pipelines", "run", "--home", str(home), "--as-of", "2020-05-31"],
            cwd=folder, env=_environment(folder, home), stdout=printed, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        until = time.monotonic() + 300
        while not list(home.glob("work/*/dbt.log")) and time.monotonic() < until and process.poll() is None:
            time.sleep(0.1)
        time.sleep(1)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    assert list(home.glob("work/*/dbt.log")), "the night was not killed in the middle"
    assert broken(County.open(home)) == []


def _the_rest(folder: Path, home: Path) -> None:
    """Dagster's night and a failing one, training, every notebook as a page."""
    config = folder / "night.yaml"
    config.write_text(yaml.safe_dump({"resources": {"night": {"config": {"as_of": AS_OF, "known_on": ""}}}}))
    job = ("-m", "dagster", "job", "execute", "-m", "pipelines.definitions", "-j", "night", "-c", str(config))
    _to_the_end(folder, "dagster", *job)
    for notebook in sorted((PROJECT / "notebooks").glob("*.py")):
        if notebook.stem != "chart_style":
            page = str(folder / "printed" / f"{notebook.stem}.html")
            _to_the_end(folder, notebook.stem, "-m", "marimo", "export", "html", str(notebook), "-o", page)
    _to_the_end(folder, "train", "-m", "pipelines", "train", "--home", str(home), "--as-of", AS_OF)


def _planted(county: County) -> Planted:
    """Everybody in the opened vault and in the cells given back to departments."""
    keys, people, numbers = KeyRing.of(county), set(), set()
    for receipt in read_receipts(county):
        if receipt.refused or not load_contract(receipt.form).secret_columns:
            continue
        frames = [read_vault(county, keys, receipt.form, receipt.content)]
        if receipt.rejected:
            frames.append(read_returned(county, keys, receipt.form, receipt.content))
        for frame in frames:
            for name in set(frame.columns) & {"person_id", "head_id", "phone", "account_no"}:
                found = set(frame[name].drop_nulls())
                numbers |= {text.encode() for text in found if len(text) >= 11 and text.rstrip("Xx").isdigit()}
                people |= found if name in ("person_id", "head_id") else set()
    return Planted(len(people), frozenset(numbers))


def _written(scene: Scene) -> list[Path]:
    """Every file that the runs wrote and that may name nobody."""
    files = [path for path in sorted(scene.folder.rglob("*")) if path.is_file() and not path.is_symlink()]
    return [path for path in files if not _may_name(path.relative_to(scene.folder))]


def _may_name(path: Path) -> bool:
    """The departments' own files and rows given back to them, the truth of the synthetic county, and papers for those who must visit."""
    parts = path.parts
    return parts[:2] in (("county", "landing"), ("county", "returned"), ("county", "truth")) or (
        parts[:2] == ("county", "published") and len(parts) > 3 and parts[3] in MEANT_TO_NAME
    )


def test_nobody_is_named_where_nobody_should_be(scene: Scene) -> None:
    files = _written(scene)
    leaks = {str(file.relative_to(scene.folder)): found for file in files if (found := scene.planted.leaks(file))}
    kinds = sorted({file.suffix or file.name for file in files})
    print(
        f"\n{scene.planted.people} people, {len(scene.planted.numbers)} numbers; {len(files)} files ({' '.join(kinds)}): {len(leaks)} leaks"
    )
    assert leaks == {}
    assert scene.planted.people >= LEAST_PEOPLE
    for place in ("lake/vault", "lake/originals", "lake/rejected", "work", "logs", "published"):
        assert any(f"county/{place}/" in str(file) for file in files), place


def test_the_scanner_finds_people_where_they_are_meant_to_be(scene: Scene) -> None:
    lists = list(scene.county.published.glob("current/townships/*/*.xlsx"))
    assert lists and all("name" in scene.planted.leaks(file) for file in lists)
    keys = KeyRing.of(scene.county)
    receipt = next(r for r in read_receipts(scene.county) if r.form == "registry_member" and not r.refused)
    opened = scene.folder / "tmp" / "opened.parquet"
    read_vault(scene.county, keys, receipt.form, receipt.content).write_parquet(opened)
    assert scene.planted.leaks(opened) == {"name", "number"}
    opened.unlink()


def test_a_shifted_row_is_rejected_without_its_cells(scene: Scene) -> None:
    receipt = next(r for r in read_receipts(scene.county) if SHIFTED in r.file)
    assert (receipt.rows, receipt.loaded, receipt.rejected) == (18, 0, 18)

"""A published folder: whole, read-only, found damaged when it is, and current in one step."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from pipelines.county import County
from pipelines.warehouse.extract import TableContent, state_hash
from pipelines.warehouse.manifest import MANIFEST, Manifest, folder_damage, hash_folder
from pipelines.warehouse.publish import current_folder, fresh_candidate, make_current, place, published_folders, seal


@pytest.fixture
def county(tmp_path: Path) -> County:
    return County(home=tmp_path, name="样例县", region="350123", documents=("LY",))


def publish(county: County, run_id: str, text: str = "甲") -> Path:
    candidate = fresh_candidate(county, run_id)
    (candidate / "lists").mkdir()
    (candidate / "lists" / "某镇.txt").write_text(text, encoding="utf-8")
    tables = {"t": TableContent(rows=1, hash=text)}
    manifest = Manifest(
        run_id=run_id,
        as_of=run_id[:10],
        known_on=run_id[:10],
        county=county.name,
        region=county.region,
        code_version="0",
        published_at="2020-01-01T00:00:00+08:00",
        state=state_hash(tables),
        tables=tables,
        files=hash_folder(candidate),
    )
    seal(candidate, manifest)
    folder = place(county, candidate, manifest)
    make_current(county, folder)
    return folder


def test_published_folder_is_current_intact_and_read_only(county: County) -> None:
    folder = publish(county, "2020-01-01-a")
    assert current_folder(county) == folder
    assert folder_damage(folder) == []
    assert stat.S_IMODE((folder / "lists" / "某镇.txt").stat().st_mode) == 0o440
    assert (county.published / "current").is_symlink()


def test_same_night_again_keeps_the_folder(county: County) -> None:
    first = publish(county, "2020-01-01-a")
    inode = first.stat().st_ino
    publish(county, "2020-01-02-b")
    assert publish(county, "2020-01-01-a") == first == current_folder(county)
    assert first.stat().st_ino == inode
    assert [folder.name for folder in published_folders(county)] == ["2020-01-01-a", "2020-01-02-b"]


def test_other_result_under_the_same_name_is_numbered(county: County) -> None:
    first = publish(county, "2020-01-01-a")
    second = publish(county, "2020-01-01-a", text="乙")
    assert second.name == "2020-01-01-a-2"
    assert folder_damage(first) == folder_damage(second) == []
    assert publish(county, "2020-01-01-a", text="乙") == second


def test_damaged_night_is_made_anew_beside_it(county: County) -> None:
    first = publish(county, "2020-01-01-a")
    file = first / "lists" / "某镇.txt"
    file.chmod(0o640)
    file.write_text("丙", encoding="utf-8")
    assert publish(county, "2020-01-01-a").name == "2020-01-01-a-2"


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (lambda folder: (folder / "lists" / "某镇.txt").unlink(), "缺少文件 lists/某镇.txt"),
        (lambda folder: (folder / "lists" / "x.wal").write_bytes(b""), "多出文件 lists/x.wal"),
        (lambda folder: _write(folder / "lists" / "某镇.txt", "乙"), "文件 lists/某镇.txt 的内容被改动或损坏"),
        (lambda folder: _write(folder / MANIFEST, "{}"), "清单文件 manifest.json 缺失或已损坏"),
        (lambda folder: (folder / MANIFEST).unlink(), "清单文件 manifest.json 缺失或已损坏"),
        (
            lambda folder: _write(
                folder / MANIFEST, (folder / MANIFEST).read_text("utf-8").replace('"rows": 1', '"rows": 2')
            ),
            "清单文件 manifest.json 缺失或已损坏",
        ),
    ],
)
def test_damage_is_found_and_named(county: County, harm: object, told: str) -> None:
    folder = publish(county, "2020-01-01-a")
    harm(folder)  # type: ignore[operator]
    assert len(folder_damage(folder)) == 1
    assert told in folder_damage(folder)[0]


def test_leftovers_of_dead_nights_go(county: County) -> None:
    dead = fresh_candidate(county, "2020-01-01-a")
    (dead / "half.duckdb").write_bytes(b"x")
    fresh_candidate(county, "2020-01-02-b")
    assert not dead.exists()
    assert current_folder(county) is None
    assert published_folders(county) == []


def _write(file: Path, text: str) -> None:
    file.chmod(0o640)
    file.write_text(text, encoding="utf-8")

"""One whole night of the command line on a synthetic county, cut off from the network, and what stands after it."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from pipelines.county import County
from pipelines.recovery import verify
from pipelines.sample_county import AS_OF, write_county
from pipelines.serve.site import MENU
from pipelines.settings import PROJECT, Settings
from pipelines.warehouse.connect import open_published
from pipelines.warehouse.manifest import Manifest, folder_damage
from pipelines.warehouse.publish import current_folder
from tests.integration.served_county import browser, publish_another, write_users

GUARD = Path(__file__).with_name("network_guard")
UNSHARED = ("unshare", "--net", "--map-root-user")


def shouwang(*arguments: str, network_log: Path) -> subprocess.Popen[str]:
    """Start the command with every attempt to connect noted; without any network where the system lets us."""
    cut_off = UNSHARED if subprocess.run([*UNSHARED, "true"], capture_output=True, check=False).returncode == 0 else ()
    environment = os.environ | {"PYTHONPATH": str(GUARD), "SHOUWANG_NETWORK_LOG": str(network_log)}
    command = [*cut_off, sys.executable, "-m", "pipelines", *arguments]
    return subprocess.Popen(
        command, cwd=PROJECT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str | Path]:
    """A county after one night, what the command printed, and the log of attempts to reach the network."""
    folder = tmp_path_factory.mktemp("night")
    write_county(folder / "county", 60, 5, months=15)
    arguments = ("run", "--home", str(folder / "county"), "--as-of", AS_OF.isoformat())
    first = shouwang(*arguments, network_log=folder / "network")
    time.sleep(0.1)
    while not (folder / "county" / ".lock").exists() and first.poll() is None:
        time.sleep(0.1)
    time.sleep(0.5)
    second = shouwang(*arguments, network_log=folder / "network")
    _, told = second.communicate(timeout=120)
    output, errors = first.communicate(timeout=900)
    assert first.returncode == 0, errors
    return {
        "home": folder / "county",
        "output": output,
        "second": f"{second.returncode} {told}",
        "network": folder / "network",
    }


def test_nothing_reached_for_the_network(night: dict[str, Path]) -> None:
    tried = night["network"].read_text(encoding="utf-8").splitlines() if night["network"].exists() else []
    print(f"\na whole night cut off from the network: {len(tried)} attempts to connect")
    assert tried == []


def test_account_is_in_chinese_and_leads_to_the_results(night: dict[str, str]) -> None:
    for word in ("收件", "入库", "退回", "认定", "预警", "分析数据", "乡镇清单", "报表"):
        assert word in night["output"]


def test_second_run_is_told_who_holds_the_lock(night: dict[str, str]) -> None:
    assert night["second"].startswith("3 [SW-3]")
    assert f"运行 {AS_OF} 的夜间任务" in night["second"]


def test_published_folder_is_whole_private_and_without_a_log_file(night: dict[str, Path]) -> None:
    folder = current_folder(County.open(night["home"]))
    assert folder is not None and folder_damage(folder) == []
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o440}
    assert not [path for path in files if path.suffix == ".wal"]
    assert verify(County.open(night["home"]), Settings.from_environment(), lambda _line: None) == []


def test_analysts_reader_cannot_write_and_holds_no_lock(night: dict[str, Path], tmp_path: Path) -> None:
    county = County.open(night["home"])
    reader = open_published(county.published, Settings.from_environment(), tmp_path)
    assert reader.execute("SELECT count(*) > 0 FROM fct_household_income").fetchall() == [(True,)]
    assert reader.execute("SELECT count(*) FROM marts.fct_warning").fetchall()
    for forbidden in (
        "CREATE TABLE t (n INT)",
        "DELETE FROM fct_warning",
        "FROM read_csv('/etc/passwd')",
        "INSTALL excel",
    ):
        with pytest.raises(duckdb.Error):
            reader.execute(forbidden)
    other = open_published(county.published, Settings.from_environment(), tmp_path)
    other.close()
    reader.close()


def test_every_published_table_and_column_has_a_chinese_comment(night: dict[str, Path]) -> None:
    folder = current_folder(County.open(night["home"]))
    assert folder is not None
    with duckdb.connect(folder / "warehouse.duckdb", read_only=True) as reader:
        silent = reader.execute(
            "SELECT table_name, NULL FROM duckdb_tables() WHERE comment IS NULL UNION ALL"
            " SELECT table_name, column_name FROM duckdb_columns() JOIN duckdb_tables() USING (schema_name, table_name)"
            " WHERE duckdb_columns.comment IS NULL"
        ).fetchall()
    assert silent == []


def test_copied_county_comes_to_the_same_tables_and_open_pages_neither_hinder_it_nor_miss_it(
    night: dict[str, Path], tmp_path: Path
) -> None:
    home = tmp_path / "moved"
    shutil.copytree(night["home"], home, symlinks=True)
    county = County.open(home)
    before = Manifest.read((home / "published" / "current").resolve())
    former = publish_another(county, "2020-11-30")
    shutil.rmtree(county.published / before.run_id)
    write_users(county, "0" * 9)
    process = shouwang(
        "run", "--home", str(home), "--as-of", AS_OF.isoformat(), "--known-on", before.known_on,
        network_log=tmp_path / "network",
    )  # fmt: skip
    seen = []
    with browser(county, "analyst") as client:
        while process.poll() is None:
            for page in MENU:
                reply = client.get(page.address)
                assert reply.status_code == 200, page.name
                seen.append(former.name in reply.text)
            time.sleep(1)
        _, errors = process.communicate()
        assert process.returncode == 0, errors
        assert before.run_id in client.get("/").text
        assert client.get("/night").json() == {"night": before.run_id}
    print(f"\n{len(seen)} pages given while the night ran, {sum(seen)} of them of the night before")
    assert seen[0]
    after = Manifest.read((home / "published" / "current").resolve())
    assert {name for name in before.tables if before.tables[name] != after.tables[name]} == set()
    assert (after.run_id, after.state) == (before.run_id, before.state)

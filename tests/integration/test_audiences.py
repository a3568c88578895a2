"""Who can open what, tried by real accounts of the operating system on every file of a county.

Making accounts takes root, as in CI; without it this says so, and in CI it fails.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from pipelines.audiences import audience_problems, grant, paper_folder, read_audiences
from pipelines.county import County
from pipelines.errors import MistakeError
from pipelines.recovery import verify
from pipelines.settings import Settings
from pipelines.warehouse.publish import current_folder
from tests.integration.published_county import published_county
from tests.untested import cannot_test

ROLES = ("analyst", "town1", "town2", "poster", "reporter", "official", "stranger")
TRY = 'while IFS= read -r path; do head -c 1 "$path" >/dev/null 2>&1 && printf "%s\\n" "$path"; done; true'


@pytest.fixture(scope="module")
def accounts() -> Iterator[dict[str, str]]:
    """One account with one group of its own per role; the name of both, by role."""
    if os.geteuid() != 0:
        cannot_test("不是 root：不能建立系统账户，谁能打开什么没有检验！请以 root 再运行一次本测试。")
    names = {role: f"sw{os.getpid() % 100_000}{role[:3]}{role[-1]}" for role in ROLES}
    for name in names.values():
        subprocess.run(["/usr/sbin/useradd", "--user-group", "--no-create-home", name], check=True)
    yield names
    for name in names.values():
        subprocess.run(["/usr/sbin/userdel", name], check=True)


@pytest.fixture(scope="module")
def county(accounts: dict[str, str]) -> Iterator[County]:
    """A copy of the published county, opened to the accounts' groups; two townships have a group, others none."""
    home = Path(tempfile.mkdtemp(prefix="shouwang-audiences-"))
    home.chmod(0o711)
    shutil.copytree(published_county().home, home, symlinks=True, dirs_exist_ok=True)
    home.chmod(0o711)
    county = County.open(home)
    first, second = _townships(county)[:2]
    content = yaml.safe_load((home / "county.yml").read_text(encoding="utf-8"))
    content["audiences"] = {
        "analysts": accounts["analyst"],
        "townships": {first: accounts["town1"], second: accounts["town2"]},
        "postings": accounts["poster"],
        "reports": accounts["reporter"],
        "officials": accounts["official"],
    }
    (home / "county.yml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    current = current_folder(county)
    assert current is not None
    posting = current / "postings" / "board" / "示例.xlsx"  # the small county's villages may have nothing to post
    posting.parent.mkdir(parents=True, exist_ok=True)
    posting.write_bytes(b"posted")
    grant(county, current)
    yield county
    shutil.rmtree(home)


def _townships(county: County) -> list[str]:
    folder = current_folder(county)
    assert folder is not None
    return sorted(path.name.split("-")[0] for path in (folder / "townships").iterdir())


def _expected(county: County, file: Path) -> set[str]:
    """Who may open a file, said once more in the test's own words."""
    first, second = _townships(county)[:2]
    parts = file.relative_to(county.home).parts
    if parts[0] != "published" or len(parts) < 3:
        return set()
    if parts[2] == "townships":
        return {"town1"} if parts[3].startswith(first) else {"town2"} if parts[3].startswith(second) else set()
    openers = {
        "warehouse.duckdb": {"analyst"},
        "postings": {"poster"},
        "reports": {"reporter"},
        "officials": {"official"},
        "households": {"official"},
    }
    return openers.get(parts[2], set())


def test_everybody_opens_exactly_their_own(county: County, accounts: dict[str, str]) -> None:
    files = sorted(path for path in county.home.rglob("*") if path.is_file() and not path.is_symlink())
    listed = "".join(f"{file}\n" for file in files)
    opened = {}
    for role, name in accounts.items():
        done = subprocess.run(
            ["/bin/sh", "-c", TRY], input=listed, text=True, capture_output=True, user=name, group=name, extra_groups=[],
            env={"PATH": "/usr/bin:/bin"}, cwd="/", check=True,
        )  # fmt: skip
        opened[role] = set(done.stdout.splitlines())
    wrong = [
        (role, str(file.relative_to(county.home)))
        for role in ROLES
        for file in files
        if (str(file) in opened[role]) != (role in _expected(county, file))
    ]
    print(
        f"\n{len(ROLES)} accounts x {len(files)} files: {len(wrong)} wrong; opened {[len(o) for o in opened.values()]}"
    )
    assert wrong == []
    assert all(opened[role] for role in ROLES if role != "stranger")
    for place in ("lake", "landing", "keys", "logs", "published"):
        assert any(place in file.parts for file in files), place


def test_verify_tells_of_a_part_opened_wider(county: County) -> None:
    folder = current_folder(county)
    assert folder is not None
    assert audience_problems(county, folder) == []
    (folder / "officials").chmod(0o755)
    told = verify(county, Settings.from_environment(), lambda _line: None)
    assert [problem for problem in told if "officials" in problem]
    grant(county, folder)
    assert audience_problems(county, folder) == []


@pytest.mark.parametrize(
    ("section", "told"),
    [
        ({"analysts": "no-such-group"}, "groupadd no-such-group"),
        ({"visitors": "root"}, "不认识读者 visitors"),
        (["analysts"], "读者: 用户组"),
    ],
)
def test_a_wrong_section_is_told_before_the_night(tmp_path: Path, section: object, told: str) -> None:
    (tmp_path / "county.yml").write_text(yaml.safe_dump({"audiences": section}), encoding="utf-8")
    county = County(home=tmp_path, name="样例县", region="350123", documents=("LY",))
    with pytest.raises(MistakeError, match=told):
        read_audiences(county)


def test_a_report_that_names_a_household_is_for_officials() -> None:
    assert paper_folder(["township", "households", "people"]) == "reports"
    assert paper_folder(["township", "household_no"]) == paper_folder(["person_name"]) == "officials"

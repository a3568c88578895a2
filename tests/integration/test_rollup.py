"""A prefecture's roll-up: the counties' own counts side by side, a county that did not report is no zero, no household leaves."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import duckdb
import openpyxl
import pytest

from pipelines.audit import audit_problems, records
from pipelines.cli import run
from pipelines.county import County
from pipelines.errors import DamageError, MistakeError
from pipelines.rollup.region import Region
from pipelines.rollup.roll_up import RolledUp, roll_up
from pipelines.sample_county import AS_OF
from pipelines.settings import Settings
from pipelines.warehouse.manifest import folder_damage
from pipelines.warehouse.publish import current_folder, published_folders
from tests.integration.published_county import published_county


@pytest.fixture
def region(tmp_path: Path) -> Path:
    """Two counties with a night of the same day, and one that never had a night."""
    first = published_county().home
    for name, code in (("甲县", "350901"), ("乙县", "350902")):
        home = tmp_path / code
        home.mkdir()
        for part in ("keys", "logs", "published"):
            shutil.copytree(first / part, home / part, symlinks=True)
        told = (first / "county.yml").read_text(encoding="utf-8")
        lines = [line for line in told.splitlines() if not line.startswith(("name:", "region:"))]
        (home / "county.yml").write_text("\n".join([f"name: {name}", f"region: '{code}'", *lines]), encoding="utf-8")
    run(["init", str(tmp_path / "350903"), "--name", "丙县", "--region", "350903", "--documents", "FQ"])
    city = tmp_path / "city"
    city.mkdir()
    entries = "".join(f"- ../{code}\n" for code in ("350903", "350902", "350901"))
    (city / "rollup.yml").write_text(f"name: 样例市\ncounties:\n{entries}", encoding="utf-8")
    return city


def _roll_up(city: Path, as_of: date | None = None) -> RolledUp:
    return roll_up(Region.open(city), as_of, Settings.from_environment(), lambda _line: None)


def _rows(file: Path, query: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute(query).fetchall()


def _county_file(city: Path, code: str) -> Path:
    folder = current_folder(County.open(city.parent / code))
    assert folder is not None
    return folder / "warehouse.duckdb"


def test_counties_stand_side_by_side_as_they_reported(region: Path) -> None:
    done = _roll_up(region)
    own = _rows(
        _county_file(region, "350901"), "SELECT households, people FROM rpt_monitoring_scale WHERE dimension = 'county'"
    )
    sums = _rows(_county_file(region, "350901"), "SELECT sum(in_hand), sum(waiting) FROM rpt_daily_warnings")
    assert own[0][0] and sums[0][0]  # nothing of nothing would prove nothing
    rolled = done.folder / "rollup.duckdb"
    scale = "SELECT county_region, households, people FROM rollup_scale WHERE dimension = 'county' ORDER BY 1"
    assert _rows(rolled, scale) == [("350901", *own[0]), ("350902", *own[0])]
    assert _rows(rolled, "SELECT county_region, in_hand, waiting FROM rollup_warning ORDER BY 1") == [
        ("350901", *sums[0]), ("350902", *sums[0]),
    ]  # fmt: skip
    assert done.as_of == AS_OF
    assert folder_damage(done.folder) == []


def test_a_county_that_did_not_report_is_blank_and_not_zero(region: Path) -> None:
    done = _roll_up(region)
    rolled = done.folder / "rollup.duckdb"
    county = "SELECT has_reported, as_of, late_forms FROM rollup_county WHERE county_region = '350903'"
    assert _rows(rolled, county) == [(False, None, None)]
    assert _rows(rolled, "SELECT count(*) FROM rollup_scale WHERE county_region = '350903'") == [(0,)]
    book = openpyxl.load_workbook(next(done.folder.glob("*.xlsx")))
    lines = {line[0]: line for line in book["监测规模"].iter_rows(values_only=True) if line[0]}
    assert lines["丙县"][1:8] == (None,) * 7 or set(lines["丙县"][1:8]) <= {None, ""}
    assert "未报" in str(lines["丙县"][8])
    assert lines["合计"][1] == 2 * lines["甲县"][1]
    assert any("丙县未报" in str(line) for line in lines)


def test_no_household_leaves_its_county(region: Path) -> None:
    done = _roll_up(region)
    with duckdb.connect(str(done.folder / "rollup.duckdb"), read_only=True) as connection:
        tables = [name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        told = {str(cell) for name in tables for row in connection.table(name).fetchall() for cell in row}
    book = openpyxl.load_workbook(next(done.folder.glob("*.xlsx")))
    told |= {str(cell) for sheet in book for line in sheet.iter_rows(values_only=True) for cell in line}
    homes = _rows(_county_file(region, "350901"), "SELECT household_no, village FROM dim_household")
    assert len(homes) > 100
    assert not told & {str(number) for number, _ in homes}
    assert not told & {str(village) for _, village in homes}


def test_the_same_nights_are_one_publication_and_each_county_knows_of_it(region: Path) -> None:
    first, again = _roll_up(region), _roll_up(region)
    assert first.folder == again.folder
    assert published_folders(Region.open(region)) == [first.folder]
    county = County.open(region.parent / "350901")
    assert [entry["facts"]["region"] for entry in records(county) if entry["action"] == "roll_up"] == ["样例市"] * 2
    assert audit_problems(county) == []


def test_a_night_that_was_changed_is_not_summed_up(region: Path) -> None:
    before = _roll_up(region).folder
    file = _county_file(region, "350902")
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.chmod(0o600)
    file.write_bytes(content)
    with pytest.raises(DamageError, match="乙县"):
        _roll_up(region)
    assert current_folder(Region.open(region)) == before


def test_a_day_nobody_published_is_told(region: Path) -> None:
    with pytest.raises(MistakeError, match="2019-01-31"):
        _roll_up(region, date(2019, 1, 31))


def test_every_problem_of_the_list_is_told_at_once(region: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (region / "rollup.yml").write_text("counties:\n- ../350901\n- ../350901\n- ../nowhere\n", encoding="utf-8")
    assert run(["rollup", str(region)]) == 2
    told = capfd.readouterr().err
    assert "3 处问题" in told
    assert all(word in told for word in ("name", "350901 出现在几个", "nowhere"))

"""Trying a policy value out: the answer follows the change, and nothing published is touched."""

from __future__ import annotations

import hashlib
from datetime import date
from decimal import Decimal

import pytest

from pipelines.cli import run
from pipelines.county import County
from pipelines.explain.private_night import published_folder
from pipelines.settings import Settings
from pipelines.warehouse.manifest import Manifest
from pipelines.what_if.change import Changes, LineChange, ParameterChange
from pipelines.what_if.comparison import Comparison
from pipelines.what_if.trial import try_out
from tests.integration.published_county import published_county


def _hashes(county: County) -> dict[str, str]:
    return {
        str(path.relative_to(county.home)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(county.home.rglob("*"))
        if path.is_file() and "work" not in path.relative_to(county.home).parts and path.name != ".lake.lock"
    }


def _days(county: County) -> tuple[date, date]:
    manifest = Manifest.read(published_folder(county, None, None))
    return date.fromisoformat(manifest.as_of), date.fromisoformat(manifest.known_on)


@pytest.fixture(scope="module")
def raised(tmp_path_factory) -> tuple[County, Comparison]:
    """The dibao line raised by far, income much reduced at half as much a fall; hashes must be the same afterwards."""
    county = published_county()
    before = _hashes(county)
    changes = Changes(
        parameters=(ParameterChange("FQ-range", "fall_share", "0.15"),),
        lines=(LineChange("农村低保标准", Decimal("16000.00")),),
    )
    comparison = try_out(county, changes, _days(county), tmp_path_factory.mktemp("trial"), Settings.from_environment())
    assert _hashes(county) == before
    return county, comparison


def test_raising_a_line_takes_nobody_out_of_a_class_below_it(raised):
    below = [
        change for change in raised[1].classes if change.class_name in ("边缘易致贫户", "脱贫不稳定户", "低于监测标准")
    ]
    assert below
    assert all(change.leaving_households == 0 for change in below)
    assert any(change.entering_households > 0 for change in below)
    assert all(change.cost_after >= change.cost_before for change in below)


def test_townships_add_up_to_the_county(raised):
    classes = raised[1].classes
    for whole in (change for change in classes if not change.township):
        parts = [c for c in classes if c.township and (c.document, c.class_name) == (whole.document, whole.class_name)]
        for column in ("households_before", "households_after", "people_after", "entering_people", "cost_after"):
            assert sum(getattr(part, column) for part in parts) == getattr(whole, column)
        balance = whole.households_before + whole.entering_households - whole.leaving_households
        assert balance == whole.households_after


def test_households_that_move_are_named(raised):
    moved = [row for row in raised[1].households if row[2] == "FQ"]
    counted = [c for c in raised[1].classes if not c.township and c.document == "FQ"]
    assert len(moved) == sum(c.entering_households + c.leaving_households for c in counted)


@pytest.mark.parametrize(
    ("option", "told"),
    [
        (["--set", "FQ-range.fallshare=0.2"], "该条款的参数有：FQ-range.fall_share"),
        (["--set", "FQ-range.fall_share=一半"], "应为数字"),
        (["--set", "nonsense"], "条款.参数=值"),
        (["--line", "农村低保=9000"], "没有“农村低保”这种标准"),
        (["--lines", "nowhere.csv"], "找不到文件"),
        ([], "请用 --set"),
    ],
)
def test_mistakes_are_told_before_anything_is_built(option, told, capsys, monkeypatch):
    def never(*_: object, **__: object) -> None:
        raise AssertionError("built in spite of a mistake")

    monkeypatch.setattr("pipelines.what_if.trial.build_private", never)
    assert run(["what-if", *option, "--home", str(published_county().home)]) == 2
    assert told in capsys.readouterr().err

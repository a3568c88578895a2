"""Disagreements about who somebody is are told with both places, and never with a name or an id."""

import duckdb

from pipelines.county import County
from pipelines.intake.identity_conflicts import CONFLICT_TYPES, identity_conflicts
from pipelines.intake.receive import receive
from tests.unit.intake.small_county import GOOD_ID, OTHER_ID, csv_bytes, write_small_county
from tests.unit.intake.test_properties import _person

_MEMBER, _WORK = ["户编号", "姓名", "证件号码"], ["证件号码", "姓名", "月份"]


def _county_of(home, files):
    write_small_county(home)
    county = County.open(home)
    for file in county.landing.rglob("*.*"):
        file.unlink()
    for name, content in files.items():
        (county.landing / name).parent.mkdir(exist_ok=True)
        (county.landing / name).write_bytes(content)
    return county


def _places(found):
    return {
        (row["kind"], *sorted([(row["file"], row["row"]), (row["other_file"], row["other_row"])]))
        for row in found.iter_rows(named=True)
    }


def test_a_conflict_since_corrected_is_told_no_more(tmp_path):
    """A list's earlier month and a record's earlier row of the same key stand for nothing; what was not brought again still does."""
    work = {
        "2020-04": [[GOOD_ID, "张珊", "2020-04"], [OTHER_ID, "李斯", "2020-04"]],
        "2020-05": [[GOOD_ID, "张三", "2020-05"], [_person(7), "王伍", "2020-05"], [_person(8), "赵六", "2020-05"]],
        "2020-05-更正": [[_person(7), "王五", "2020-05"]],
    }
    files = {
        "registry_member/2020-04.csv": csv_bytes([_MEMBER, ["1", "张叁", GOOD_ID], ["1", "李四", _person(9)]]),
        "registry_member/2020-05.csv": csv_bytes(
            [
                _MEMBER,
                ["1", "张三", GOOD_ID],
                ["1", "李四", OTHER_ID],
                ["1", "王五", _person(7)],
                ["2", "赵陆", _person(8)],
            ]
        ),
        "registry_member/2020-05-更正.csv": csv_bytes([_MEMBER, ["2", "赵六", _person(8)]]),
        **{f"employment/{name}.csv": csv_bytes([_WORK, *rows]) for name, rows in work.items()},
    }
    county = _county_of(tmp_path, files)
    receive(county)
    assert _places(identity_conflicts(county, duckdb.connect())) == {
        ("one_id_two_names", ("employment/2020-04.csv", 3), ("registry_member/2020-05.csv", 3))
    }


def test_conflicts_name_both_places(tmp_path):
    members = [["1", "张三", GOOD_ID], ["1", "李四", OTHER_ID], ["1", "李四", _person(7)], ["2", "李四", _person(8)]]
    members += [["3", "钱七", _person(10)], ["3", "钱柒", _person(10)]]
    files = {
        "registry_member/2020-05.csv": csv_bytes([_MEMBER, *members]),
        "employment/2020-05.csv": csv_bytes([_WORK, [GOOD_ID, "张珊", "2020-05"], [OTHER_ID, "李 四", "2020-05"]]),
    }
    county = _county_of(tmp_path, files)
    assert identity_conflicts(county, duckdb.connect()).height == 0
    receive(county)
    found = identity_conflicts(county, duckdb.connect())
    assert dict(found.schema) == CONFLICT_TYPES
    places = {
        (row["kind"], row["household_no"], *sorted([(row["file"], row["row"]), (row["other_file"], row["other_row"])]))
        for row in found.iter_rows(named=True)
    }
    assert places == {
        ("one_id_two_names", "1", ("employment/2020-05.csv", 2), ("registry_member/2020-05.csv", 2)),
        ("one_id_two_names", "3", ("registry_member/2020-05.csv", 6), ("registry_member/2020-05.csv", 7)),
        ("one_name_two_ids", "1", ("registry_member/2020-05.csv", 3), ("registry_member/2020-05.csv", 4)),
    }
    told = str(found.to_dicts())
    assert not any(secret in told for secret in (GOOD_ID, OTHER_ID, "张三", "李四"))

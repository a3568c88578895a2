"""Disagreements about who somebody is are told with both places, and never with a name or an id."""

from pipelines.county import County
from pipelines.intake.identity_conflicts import CONFLICT_TYPES, identity_conflicts
from pipelines.intake.receive import receive
from tests.unit.intake.small_county import GOOD_ID, OTHER_ID, csv_bytes, write_small_county
from tests.unit.intake.test_properties import _person

_MEMBER, _WORK = ["户编号", "姓名", "证件号码"], ["证件号码", "姓名", "月份"]


def test_conflicts_name_both_places(tmp_path):
    write_small_county(tmp_path)
    county = County.open(tmp_path)
    for file in county.landing.rglob("*.*"):
        file.unlink()
    members = [["1", "张三", GOOD_ID], ["1", "李四", OTHER_ID], ["1", "李四", _person(7)], ["2", "李四", _person(8)]]
    files = {
        "registry_member/2020-05.csv": csv_bytes([_MEMBER, *members]),
        "employment/2020-05.csv": csv_bytes([_WORK, [GOOD_ID, "张珊", "2020-05"], [OTHER_ID, "李 四", "2020-05"]]),
    }
    for name, content in files.items():
        (county.landing / name).parent.mkdir(exist_ok=True)
        (county.landing / name).write_bytes(content)
    assert identity_conflicts(county).height == 0
    receive(county)
    found = identity_conflicts(county)
    assert dict(found.schema) == CONFLICT_TYPES
    places = {
        (row["kind"], row["household_no"], *sorted([(row["file"], row["row"]), (row["other_file"], row["other_row"])]))
        for row in found.iter_rows(named=True)
    }
    assert places == {
        ("one_id_two_names", "1", ("employment/2020-05.csv", 2), ("registry_member/2020-05.csv", 2)),
        ("one_name_two_ids", "1", ("registry_member/2020-05.csv", 3), ("registry_member/2020-05.csv", 4)),
    }
    told = str(found.to_dicts())
    assert not any(secret in told for secret in (GOOD_ID, OTHER_ID, "张三", "李四"))

"""The landing folder's own life: what is looked at, taken, left, held back, and taken up again after a cut."""

from __future__ import annotations

import datetime
import json
import os
import threading
import time

import pytest

from pipelines.county import County
from pipelines.errors import DamageError, LockedError
from pipelines.intake import receive as receiving
from pipelines.intake.ledger import append_events, ledger_path, read_events, read_receipts
from pipelines.intake.receive import receive
from tests.unit.intake.small_county import GOOD_ID, OTHER_ID, csv_bytes, xlsx_bytes
from tests.unit.intake.test_properties import _person

EMPLOYMENT = ["证件号码", "月份", "务工单位", "工资收入"]
WORKER = [GOOD_ID, "2020-05", "甲厂", "1600"]
OLD = time.time() - 60


@pytest.fixture
def county(tmp_path):
    (tmp_path / "landing").mkdir()
    (tmp_path / "county.yml").write_text('name: 样例县\nregion: "350181"\ndocuments: [FQ]\n', encoding="utf-8")
    return County.open(tmp_path)


def put(county: County, name: str, content: bytes, *, changed_at: float = OLD):
    file = county.landing / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    os.utime(file, (changed_at, changed_at))
    return file


def taken(county: County) -> dict[str, str]:
    """File -> '' when taken, else the code of its refusal."""
    return {receipt.file: receipt.refused.code if receipt.refused else "" for receipt in receive(county)}


def test_only_files_meant_for_us_are_looked_at(county, tmp_path):
    good = csv_bytes([EMPLOYMENT, WORKER])
    for name in ("~$2020-05.xlsx", ".2020-05.csv", "2020-05.csv.part", "2020-05.tmp", "Thumbs.db"):
        put(county, f"employment/{name}", good)
    (tmp_path / "outside.csv").write_bytes(good)
    (county.landing / "employment" / "2020-06.csv").symlink_to(tmp_path / "outside.csv")
    os.mkfifo(county.landing / "employment" / "2020-07.csv")
    put(county, "employment/2020-05.csv", good)
    assert taken(county) == {"employment/2020-05.csv": ""}


def test_names_and_folders_tell_the_form_and_the_month(county):
    put(county, "务工就业台账/2020年5月.csv", csv_bytes([EMPLOYMENT, WORKER]))
    put(county, "2020-06.csv", csv_bytes([["人社局务工就业台账"], EMPLOYMENT, WORKER]))
    put(county, "pension_payment/2020-05.csv", csv_bytes([[*EMPLOYMENT, "就业状态"], [*WORKER, "在岗"]]))
    put(county, "employment/2020-07.csv", csv_bytes([["2020年8月务工就业台账"], EMPLOYMENT, WORKER]))
    put(county, "employment/五月.csv", csv_bytes([EMPLOYMENT, WORKER]))
    put(county, "employment/2020-08.csv", csv_bytes([EMPLOYMENT, WORKER]))
    put(county, "employment/2020-09.docx", b"PK\x03\x04")
    put(county, "employment/2020-10.csv", csv_bytes([["单位：万元"], EMPLOYMENT, WORKER]))
    receipts = {receipt.file: receipt for receipt in receive(county)}
    codes = {file: receipt.refused.code if receipt.refused else "" for file, receipt in receipts.items()}
    assert codes == {
        "务工就业台账/2020年5月.csv": "",
        "2020-06.csv": "",
        "pension_payment/2020-05.csv": "wrong_form",
        "employment/2020-07.csv": "wrong_period",
        "employment/五月.csv": "no_period",
        "employment/2020-08.csv": "",
        "employment/2020-09.docx": "bad_format",
        "employment/2020-10.csv": "wrong_unit",
    }
    assert {receipts[file].period for file in ("务工就业台账/2020年5月.csv", "2020-06.csv")} == {"2020-05", "2020-06"}
    assert "务工就业台账" in receipts["pension_payment/2020-05.csv"].refused.reason
    assert "2020-08" in receipts["employment/2020-08.csv"].remarks[0]


def test_sheets_rows_and_headers_that_hide(county):
    import io  # noqa: PLC0415

    import openpyxl  # noqa: PLC0415

    book = openpyxl.Workbook()
    notes = book.active
    notes.title = "说明"
    notes.append(["请按要求填写"])
    data = book.create_sheet("数据")
    data.append(["人员信息", None, "收入", None])
    data.append(["证件号码", "月份", "务工单位", "工资收入（元）"])
    data.merge_cells("A1:B1")
    data.append(WORKER)
    data.append([OTHER_ID, *WORKER[1:]])
    data.row_dimensions[4].hidden = True
    old = book.create_sheet("旧")
    old.append(EMPLOYMENT)
    old.append(WORKER)
    old.sheet_state = "hidden"
    stream = io.BytesIO()
    book.save(stream)
    put(county, "employment/2020-05.xlsx", stream.getvalue())
    (receipt,) = receive(county)
    assert (receipt.sheet, receipt.loaded) == ("数据", 2)
    assert [remark[:5] for remark in receipt.remarks] == ["工作表“说", "工作表“数", "隐藏的工作"]


def test_the_same_file_again_is_a_receipt_of_its_own(county):
    content = csv_bytes([EMPLOYMENT, WORKER])
    put(county, "employment/2020-05.csv", content)
    first = receive(county)
    put(county, "employment/2020-05-再报.csv", content)
    put(county, "employment/2020-05.csv", content, changed_at=OLD + 1)
    again = receive(county)
    assert [receipt.loaded for receipt in first + again] == [1, 1, 1]
    assert len({receipt.content for receipt in first + again}) == 1
    assert list(county.landing.rglob("*.csv")) == []


def test_a_refusal_is_noted_once_and_lifted_by_a_better_file(county):
    put(county, "employment/2020-05.csv", b"")
    assert taken(county) == {"employment/2020-05.csv": "empty"}
    assert taken(county) == {}
    put(county, "employment/2020-05.csv", csv_bytes([EMPLOYMENT, WORKER]))
    assert taken(county) == {"employment/2020-05.csv": ""}


def test_a_file_still_being_copied_is_left_until_it_is_still(county):
    file = put(county, "employment/2020-05.csv", csv_bytes([EMPLOYMENT, WORKER]), changed_at=time.time())
    done = threading.Event()

    def copy_on() -> None:
        while not done.wait(0.2):
            with file.open("ab") as stream:
                stream.write(csv_bytes([WORKER], "utf-8"))

    writer = threading.Thread(target=copy_on)
    writer.start()
    assert taken(county) == {}
    done.set()
    writer.join()
    assert taken(county) == {"employment/2020-05.csv": ""}


def _members(people: range) -> bytes:
    return csv_bytes([["户编号", "姓名", "证件号码"], *[[str(n // 3), f"某{n}", _person(n)] for n in people]])


def test_a_list_that_lacks_half_is_asked_about_until_it_is_whole_or_confirmed(county):
    put(county, "registry_member/2020-05.csv", _members(range(60)))
    put(county, "registry_member/2020-06-第一片.csv", _members(range(25)))
    codes = taken(county)
    assert codes == {"registry_member/2020-05.csv": "", "registry_member/2020-06-第一片.csv": "held"}
    assert (county.landing / "registry_member/2020-06-第一片.csv").exists()
    assert taken(county) == {}
    put(county, "registry_member/2020-06-第二片.csv", _members(range(25, 55)))
    assert set(taken(county).values()) == {""}
    put(county, "registry_member/2020-07-确认.csv", _members(range(5)))
    assert taken(county) == {"registry_member/2020-07-确认.csv": ""}


def _subsidies(amount: str, month: str = "2020-05") -> bytes:
    rows = [[_person(n), "耕地地力保护补贴", amount, f"{month}-08"] for n in range(30)]
    return csv_bytes([["证件号码", "补贴项目", "发放金额", "发放日期"], *rows])


def test_a_batch_that_fails_its_suite_is_held_until_mended_or_confirmed(county):
    put(county, "subsidy_payment/2020-05.csv", _subsidies("88000000"))
    put(county, "subsidy_payment/2020-06.csv", _subsidies("88", "2020-06"))
    (held, good) = sorted(receive(county), key=lambda receipt: receipt.period)
    assert (held.refused.code, held.loaded, good.refused) == ("held", 0, None)
    assert "发放金额" in held.refused.reason
    assert "确认" in held.refused.reason
    assert receive(county) == []
    put(county, "subsidy_payment/2020-05.csv", _subsidies("88"))
    assert taken(county) == {"subsidy_payment/2020-05.csv": ""}
    put(county, "subsidy_payment/2020-07-确认.csv", _subsidies("88000000", "2020-07"))
    assert taken(county) == {"subsidy_payment/2020-07-确认.csv": ""}


def test_a_county_may_set_its_own_plausible_amounts(county):
    county.policy.mkdir()
    header = "region_code,clause,parameter,value,unit,effective_from,effective_to,reference"
    own = "350181,plausible,subsidy_payment.amount.most,90000000,yuan,2020-01-01,,样例县规定"
    (county.policy / "parameters.csv").write_text(f"{header}\n{own}\n", encoding="utf-8")
    put(county, "subsidy_payment/2020-05.csv", _subsidies("88000000"))
    put(county, "subsidy_payment/2019-05.csv", _subsidies("88000000", "2019-05"))
    assert taken(county) == {"subsidy_payment/2019-05.csv": "held", "subsidy_payment/2020-05.csv": ""}


def test_rows_of_a_later_month_hold_a_batch_and_lesser_doubts_are_told(county):
    later = [EMPLOYMENT, [GOOD_ID, "2020-07", "甲厂", "1600"]]
    put(county, "employment/2020-05.csv", csv_bytes(later))
    put(
        county,
        "employment/2020-06.csv",
        csv_bytes([EMPLOYMENT, WORKER, [*WORKER[:3], "1700"], [*WORKER[:3], "200000"]]),
    )
    receipts = {receipt.period: receipt for receipt in receive(county)}
    assert receipts["2020-05"].refused.code == "held"
    assert "月份" in receipts["2020-05"].refused.reason
    told = "".join(receipts["2020-06"].remarks)
    assert "不重复" in told
    assert "工资收入" in told
    assert "200000" not in told


def test_a_cut_between_ledger_and_move_counts_nothing_twice(county, monkeypatch):
    put(county, "employment/2020-05.csv", csv_bytes([EMPLOYMENT, WORKER]))

    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(receiving, "keep_original", cut)
        receive(county)
    assert len(read_receipts(county)) == 1
    assert receive(county) == []
    assert len(read_receipts(county)) == 1
    assert list(county.landing.rglob("*.csv")) == []


def test_two_intakes_at_once_are_one(county):
    with receiving._only_one(county), pytest.raises(LockedError):
        receive(county)


def test_the_day_received_and_what_was_known_then(county):
    put(county, "employment/2020-05.csv", csv_bytes([EMPLOYMENT, WORKER]))
    receive(county, now=lambda: datetime.datetime(2020, 6, 3, 9, 30, 15, 999))
    (receipt,) = read_receipts(county, datetime.date(2020, 6, 3))
    assert receipt.received_at == datetime.datetime(2020, 6, 3, 9, 30, 15)
    assert read_receipts(county, datetime.date(2020, 6, 2)) == []


def test_the_ledger_survives_a_torn_tail_and_names_real_damage(county):
    append_events(county, [{"event": "a"}, {"event": "b"}])
    file = ledger_path(county)
    for tail in (b'{"seq": 3, "ev', bytes(100)):
        file.write_bytes(file.read_bytes() + tail)
        assert [event["event"] for event in read_events(county)][:2] == ["a", "b"]
        append_events(county, [{"event": "c" * 100_000}])
    assert [event["seq"] for event in read_events(county)] == [1, 2, 3, 4]
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join([lines[0], *lines[2:]]))
    with pytest.raises(DamageError, match="第 2 行"):
        read_events(county)
    file.write_bytes(lines[0] + b"{]\n" + lines[2])
    with pytest.raises(DamageError, match="第 2 行"):
        read_events(county)


def test_events_of_many_threads_are_numbered_without_a_gap(county):
    threads = [threading.Thread(target=append_events, args=(county, [{"event": str(n)}] * 3)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [json.loads(line)["seq"] for line in ledger_path(county).read_bytes().splitlines()] == list(range(1, 37))


def test_a_workbook_named_as_another_kind_is_read_by_its_bytes(county):
    put(county, "employment/2020-05.xls", xlsx_bytes([EMPLOYMENT, WORKER]))
    put(county, "employment/2020-06.xlsx", csv_bytes([EMPLOYMENT, WORKER]))
    table = "".join(f"<td>{text}</td>" for text in EMPLOYMENT) + "</tr><tr>" + "".join(f"<td>{t}</td>" for t in WORKER)
    put(
        county,
        "employment/2020-07.xls",
        f"<html><table><tr><td colspan=4>台账</td></tr><tr>{table}</tr></table>".encode("gb18030"),
    )
    receipts = receive(county)
    assert [(receipt.encoding, receipt.loaded, receipt.refused) for receipt in receipts] == [
        ("xlsx", 1, None),
        ("utf-8-sig", 1, None),
        ("html", 1, None),
    ]

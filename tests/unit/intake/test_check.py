"""What `shouwang check` tells a department before it sends: one line a file, and the suite's doubts beside it."""

from __future__ import annotations

from pipelines.cli import run
from pipelines.intake.check import check_files, render
from tests.unit.intake.small_county import GOOD_ID, OTHER_ID, csv_bytes

_HEADER = ["证件号码", "补贴项目", "发放金额", "发放日期"]


def _folder(tmp_path):
    files = {
        "2020-05.csv": [[GOOD_ID, "低保金", "300", "2020-05-08"]],
        "2020-06.csv": [[GOOD_ID, "低保金", "300", "2020-06-08"], ["12", "低保金", "300", "2020-06-08"]],
        "2020-07.csv": [[GOOD_ID, "低保金", "30000000", "2020-07-08"], [OTHER_ID, "低保金", "40000000", "2020-07-08"]],
        "2020-08-确认.csv": [[GOOD_ID, "低保金", "30000000", "2020-08-08"]],
        "说明.txt": [],
        ".隐藏.csv": [],
    }
    folder = tmp_path / "subsidy_payment"
    folder.mkdir()
    for name, rows in files.items():
        (folder / name).write_bytes(csv_bytes([_HEADER, *rows]))
    return folder


def test_a_folder_gets_one_verdict_a_file(tmp_path):
    answers = check_files([_folder(tmp_path)])
    assert [answer.verdict for answer in answers] == ["taken", "in_part", "held", "taken", "refused"]
    text = render(answers)
    heads = [line for line in text.splitlines() if line[0] in "✔▲✘"]
    assert len(heads) == len(answers)
    assert "30000000" not in text
    assert "共 5 份：全部可接收 2 份，部分可接收 1 份，须核对确认 1 份，不能接收 1 份。" in text


def test_the_command_tells_the_same_and_keeps_nothing(tmp_path, capsys):
    folder = _folder(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    assert run(["check", str(folder)]) == 4
    assert "须核对" in capsys.readouterr().out
    assert sorted(tmp_path.rglob("*")) == before
    assert run(["check", str(folder / "2020-05.csv")]) == 0

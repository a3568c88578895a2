import types

import pytest

from pipelines.errors import MistakeError
from pipelines.explain import cjk_font
from pipelines.explain.bill import Bill, ItemSum, QuarterLine, Section, SourceLine, Table
from pipelines.explain.paper import page_pictures, write_pdf


def _bill(source_rows: int) -> Bill:
    hostile = '#eval(1) $x$ *粗* <a> \\ " 第 3 行'
    source = SourceLine("务工就业台账", hostile, "2020-01", "成员1 县内务工", "1,500.00", "计入")
    quarter = QuarterLine("2020年一季度", "1,500.00", "0.99⅔", "1,500.00", "部门记录", (source,) * source_rows)
    table = Table(("类别", "距标准"), (("FQ 边缘易致贫户", "-12.00"),), frozenset({1}))
    section = Section("各项收支", ("说明",), (ItemSum("工资性收入", (quarter,), "合计 1,500.00 元"),), (table,))
    return Bill("3501230001", "某县 某镇 某村", (section,), ())


def _has_chinese_font() -> bool:
    try:
        return bool(cjk_font.chinese_family())
    except MistakeError:
        return False


def test_a_bill_is_one_page_and_text_from_files_is_never_code(tmp_path):
    if not _has_chinese_font():
        with pytest.raises(MistakeError, match="fonts-noto-cjk"):
            write_pdf(_bill(3), tmp_path / "bill.pdf")
        return
    assert write_pdf(_bill(3), tmp_path / "bill.pdf") == 1
    assert (tmp_path / "bill.pdf").read_bytes().startswith(b"%PDF")
    assert [picture[:4] for picture in page_pictures(_bill(3))] == [b"\x89PNG"]


def test_a_machine_without_a_chinese_font_is_told_what_to_install(monkeypatch):
    none = types.SimpleNamespace(Fonts=lambda **_: types.SimpleNamespace(families=lambda: ["DejaVu Sans"]))
    monkeypatch.setattr(cjk_font, "typst", none)
    with pytest.raises(MistakeError, match="fonts-noto-cjk"):
        cjk_font.chinese_family()

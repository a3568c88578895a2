from pipelines.explain.bill import Bill, ItemSum, QuarterLine, Section, Table
from pipelines.explain.console import bill_lines, pad, width


def test_a_chinese_character_takes_two_columns():
    assert width("低保a") == 5
    assert pad("低保", 6) == "低保  "
    assert pad("低保", 6, right=True) == "  低保"


def _bill(problems=()):
    table = Table(("项目", "金额"), (("工资性收入", "1.00"), ("其他", "20.00")), frozenset({1}))
    item = ItemSum("工资", (QuarterLine("2020年一季度", "1.00", "0.99⅔", "1.00", "部门记录", ()),), "合计 1.00 元")
    return Bill("35", "某县", (Section("收入", ("说明",), (item,), (table,)),), tuple(problems))


def test_columns_line_up():
    lines = list(bill_lines(_bill()))
    rows = [line for line in lines if line.rstrip().endswith(".00") and "计入" not in line]
    assert len({width(row) for row in rows}) == 1


def test_a_sum_that_does_not_add_up_says_so():
    assert "一分不差" in list(bill_lines(_bill()))[-1]
    lines = list(bill_lines(_bill(["工资各季相加与全年金额不等"])))
    assert "工资各季相加与全年金额不等" in lines[-1]
    assert not any("一分不差" in line for line in lines)

"""What a rejected row's department is told: one Chinese sentence per code, saying what is wrong and what to do."""

from __future__ import annotations

import re

from expectations.contract import Column

_EXPECTED = {
    "date": "应写成 2024-03-01 这样的年月日",
    "month": "应写成 2024-03 这样的年月",
    "quarter": "应写成 2024-Q1 或 2024年第一季度",
    "term": "应写成 2023-2024学年第一学期 或 2023年秋季学期",
    "datetime": "应写成 2024-03-01 08:30 这样的日期和时间",
}
_NEXT = {
    "missing_required": "“{header}”是必填项，本行为空。请补填后重报本行。",
    "bad_date": "“{header}”无法识别，{expected}。请改正后重报本行。",
    "bad_number": "“{header}”应为数字{unit}，不能写文字说明或科学记数。请改正后重报本行。",
    "negative_amount": "“{header}”是负数。金额不能为负，冲减请由经办部门更正原记录后重报本行。",
    "bad_enum": "“{header}”填写的内容不在可选范围内，应为：{choices}。请改正后重报本行。",
    "bad_code": "“{header}”应为{length}区划代码，只能是数字。请对照最新区划代码表改正后重报本行。",
    "bad_cell": "“{header}”是出错的公式（如 #REF!）或没有计算结果的公式。请改成数值或文字后重报本行。",
    "ruined_number": "“{header}”被当作数字保存，15 位以后的数字已经丢失。请把该列设为“文本”格式，重新录入后重报本行。",
}
_BAD_ID = {
    "number": "“{header}”被表格软件当作数字保存，末几位已经丢失，不能使用。请把该列设为“文本”格式，对照证件重新录入后重报本行。",
    "length": "“{header}”是 {length} 位，应为 18 位（旧证 15 位）。请对照证件改正后重报本行。",
    "disability": "“{header}”是 20 位，像是残疾人证号。请填写 18 位公民身份号码（残疾人证号的前 18 位）后重报本行。",
    "check": "“{header}”校验不通过（出生日期或末位校验码不对），可能有一位录错。请对照证件改正后重报本行。",
}
_DISABILITY_CARD_LENGTH = 20
_ID_LENGTHS = (15, 18)
_LONG_NUMBER = re.compile(r"(?:[0-9０-９][ \-]?){10,}[0-9０-９xXＸｘ]")  # a phone number has eleven digits


def _bad_id(text: str, is_number: bool) -> str:
    if is_number or "E+" in text.upper():
        return _BAD_ID["number"]
    if len(text) == _DISABILITY_CARD_LENGTH and text.isalnum():
        return _BAD_ID["disability"]
    return _BAD_ID["check"] if len(text) in _ID_LENGTHS else _BAD_ID["length"]


def row_reason(column: Column, header: str, code: str, text: str, *, is_number: bool) -> str:
    """The sentence for one bad cell; never repeats what the cell holds."""
    template = _bad_id(text, is_number) if code == "bad_id" else _NEXT[code]
    return template.format(
        header=header,
        expected=_EXPECTED.get(column.type, ""),
        unit=f"（单位：{column.unit}）" if column.unit else "",
        choices="是、否" if column.type == "flag" else "、".join(value for value, _ in column.values),
        length=len(text) if code == "bad_id" else ("12 位" if column.type == "code12" else "2、4、6、9 或 12 位"),
    )


def masked(column: Column, text: str) -> str:
    """A cell as a rejection may show it: of an id number the region's six digits, of other secrets nothing.

    An id, phone or account number in a column that is none of them is blotted out too.
    """
    if not column.sensitive:
        return _LONG_NUMBER.sub(lambda found: "*" * len(found[0]), text)
    region = text[:6] if text[:6].isascii() and text[:6].isdigit() else ""  # a name may stand where the id should
    shown = region if column.sensitive == "person" else ""
    return shown + "*" * (len(text) - len(shown))


def masked_whole(column: Column, shown: str) -> str:
    """What `masked` shows of a cell, where nobody knows whether it belongs to its column: of other texts nothing."""
    return shown if column.sensitive else "*" * len(shown)

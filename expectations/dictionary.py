"""The data dictionary of the department forms, written from their contracts."""

from __future__ import annotations

from expectations.contract import TELLS, Column, FormContract, all_contracts

_TYPES = {
    "text": "文字",
    "id18": "公民身份号码（18 位；15 位自动升位）",
    "code12": "12 位区划代码",
    "region": "区划代码（2、4、6、9、12 位）",
    "money": "金额",
    "number": "数字",
    "date": "日期",
    "month": "月份",
    "quarter": "季度",
    "term": "学期",
    "datetime": "日期时间",
    "enum": "选项",
    "flag": "是/否（空白为未说明）",
}
_CADENCES = {"monthly": "每月", "quarterly": "每季", "term": "每学期", "daily": "每日", "event": "随时"}
_ROWS_ARE = {
    "full_list": "全量名册：同一期的全部文件合成该期名册",
    "comparison": "比对结果：在同一期内更正",
    "records": "流水记录：按主键更正，长期有效",
}
_SECRETS = {"person": "只以密钥散列入湖", "keyed": "只以密钥散列入湖", "vault": "只存保险库"}


def _column_line(column: Column, key: tuple[str, ...]) -> str:
    marks = [
        "必填" if column.required else "",
        "主键" if column.id in key else "",
        _SECRETS.get(column.sensitive, ""),
        f"单位{column.unit}" if column.unit else "",
        "“否”应写明" if column.no_is_written else "",
    ]
    values = "；".join(value + (f"（{'、'.join(others)}）" if others else "") for value, others in column.values)
    cells = (
        column.header,
        "、".join(column.aliases),
        _TYPES[column.type],
        "，".join(mark for mark in marks if mark),
        values,
        "、".join(
            f"`{name}` {kind}"
            for name, kind in [(column.lake_name, column.lake_type), *((t, TELLS[t]) for t in column.tells)]
        ),
    )
    return "| " + " | ".join(cells) + " |"


def _form_lines(contract: FormContract) -> list[str]:
    return [
        f"## {contract.label}（`{contract.form}`）",
        "",
        f"{contract.department} · {_CADENCES[contract.cadence]} · {_ROWS_ARE[contract.rows_are]}",
        "",
        "| 列 | 其他写法 | 类型 | 说明 | 可选值（同义写法） | 入湖列 |",
        "|---|---|---|---|---|---|",
        *(_column_line(column, contract.key) for column in contract.columns),
        "",
    ]


def dictionary_page() -> str:
    """The whole dictionary as one Markdown page in Chinese, forms in alphabetical order."""
    lines = ["# 报表数据字典", "", "由 `expectations/contracts/` 生成，请勿手工修改。", ""]
    for contract in all_contracts().values():
        lines += _form_lines(contract)
    return "\n".join(lines)

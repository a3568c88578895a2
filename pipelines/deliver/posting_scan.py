"""What a posting may never show: looked for in every cell before anything is written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_FORBIDDEN = {
    "证件号码": re.compile(r"(?<![0-9])[0-9]{14,17}[0-9Xx](?![0-9])"),
    "电话号码": re.compile(
        r"(?<![0-9])1[3-9][0-9][- ]?[0-9]{4}[- ]?[0-9]{4}(?![0-9])|(?<![0-9])0[0-9]{2,3}-[0-9]{7,8}"
    ),
    "账号": re.compile(r"[0-9]{8,}|(?:[0-9]{4}[ -]){3,}[0-9]+"),
    "金额": re.compile(r"[0-9][0-9,]*(?:\.[0-9]+)?\s*(?:元|万元|块)"),
    "病情或残疾": re.compile(
        r"癌|肿瘤|透析|尿毒|艾滋|精神|抑郁|糖尿|高血压|肝炎|结核|白血病|患病|大病|重病|慢性病|病|残疾|[一二三四]级残"
    ),
}
_COMPOUND_SURNAMES = frozenset(
    {
        "欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "司徒", "司空", "长孙", "夏侯", "轩辕",
        "端木", "百里", "东郭", "南宫", "呼延", "闻人", "钟离", "宇文", "澹台", "赫连", "申屠", "太史", "淳于", "单于", "濮阳",
        "公冶", "宗政", "鲜于", "万俟", "独孤", "西门",
    }
)  # fmt: skip


def forbidden(texts: Iterable[str]) -> list[str]:
    """The kinds of things found that a posting may not show, by name, never the text itself."""
    joined = [unicodedata.normalize("NFKC", text) for text in texts]
    return [kind for kind, pattern in _FORBIDDEN.items() if any(pattern.search(text) for text in joined)]


def surname_only(name: str) -> str:
    """王小明 as 王**, 欧阳修 as 欧阳**: the number of stars tells nothing of the name's length."""
    surname = name[:2] if name[:2] in _COMPOUND_SURNAMES and len(name) > 2 else name[:1]
    return f"{surname}**"

"""What a county decides about its papers: the `papers` section of county.yml."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yaml

from pipelines.county import County
from pipelines.errors import MistakeError

_KNOWN = ("unit", "password", "show_id", "small_number", "complaint_phone")
_SMALL_NUMBER = 7


@dataclass(frozen=True)
class PaperOptions:
    """The county's choices.

    Attributes:
        unit: who fills in county papers (填报单位), such as 某县乡村振兴局.
        password: township workbooks open with it; "" for none.
        show_id: township workbooks carry the head's id number.
        small_number: counts from 1 to this are suppressed in papers for outside readers.
        complaint_phone: printed on postings.
    """

    unit: str
    password: str = ""
    show_id: bool = False
    small_number: int = _SMALL_NUMBER
    complaint_phone: str = ""


def read_options(county: County) -> PaperOptions:
    """The `papers` section of county.yml, with defaults for what it leaves out.

    Raises MistakeError naming every entry that cannot be used.
    """
    content = yaml.safe_load((county.home / "county.yml").read_text(encoding="utf-8"))
    section: Any = content.get("papers") or {}
    if not isinstance(section, dict):
        raise MistakeError("county.yml 的 papers 应为若干“名称: 值”。")
    problems = [f"不认识 {name}" for name in section if name not in _KNOWN]
    show_id, small = section.get("show_id", False), section.get("small_number", _SMALL_NUMBER)
    if not isinstance(show_id, bool):
        problems.append("show_id 应为 true 或 false")
    if not isinstance(small, int) or isinstance(small, bool) or small < 0:
        problems.append("small_number 应为不小于 0 的整数")
    if problems:
        raise MistakeError(f"county.yml 的 papers 有 {len(problems)} 处问题：" + "；".join(problems) + "。")
    return PaperOptions(
        unit=str(section.get("unit") or f"{county.name}乡村振兴局"),
        password=str(section.get("password") or ""),
        show_id=show_id,
        small_number=small,
        complaint_phone=str(section.get("complaint_phone") or ""),
    )

"""Who may open which part of a published folder: one operating-system group per audience, named in county.yml.

DuckDB and workbooks know no users, so the boundary is the file: each audience's part belongs to its group, everything
else of the county to the product's own account alone. The section of county.yml:

    audiences:
      analysts: sw-analysts          # warehouse.duckdb: no names, ids, phones or accounts
      townships: {"350181100": sw-350181100}
      postings: sw-postings          # what villages post
      reports: sw-reports            # counts only
      officials: sw-officials        # papers that name households and persons

Without the section, a published folder stays with the product's own account and group.
"""

from __future__ import annotations

import grp
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from pipelines.county import County
from pipelines.errors import MistakeError

REPORTS, OFFICIALS = "reports", "officials"
_PARTS = {
    "warehouse.duckdb": "analysts",
    "postings": "postings",
    REPORTS: "reports",
    OFFICIALS: "officials",
    "households": "officials",
}
_TOWNSHIPS = "townships"
_NAMING = frozenset({"household_no", "head_name", "head_id", "person_name", "person_id", "phone", "warning_no"})


@dataclass(frozen=True)
class Audiences:
    """Group numbers by audience, and by township code; an audience without a group sees nothing."""

    groups: dict[str, int] = field(default_factory=dict)
    townships: dict[str, int] = field(default_factory=dict)

    def group_of(self, path: Path) -> int | None:
        """The group that may open a file or folder (relative to a published folder), or None for nobody."""
        if path.parts[0] == _TOWNSHIPS and len(path.parts) > 1:
            return self.townships.get(path.parts[1].split("-")[0])
        return self.groups.get(_PARTS.get(path.parts[0], ""))


def paper_folder(columns: Iterable[str]) -> str:
    """The folder of a report with these columns: officials' when it names a household or person, else reports'."""
    return OFFICIALS if _NAMING & set(columns) else REPORTS


def read_audiences(county: County) -> Audiences | None:
    """The audiences section of county.yml; None when there is none.

    Raises MistakeError naming every entry that is unknown, no group of this machine, or not ours to give to.
    """
    content = yaml.safe_load((county.home / "county.yml").read_text(encoding="utf-8"))
    section: Any = content.get("audiences")
    if section is None:
        return None
    if not isinstance(section, dict) or not isinstance(section.get(_TOWNSHIPS) or {}, dict):
        raise MistakeError("county.yml 的 audiences 应为若干“读者: 用户组”，其中 townships 为若干“乡镇代码: 用户组”。")
    townships = {str(code): str(name) for code, name in (section.get(_TOWNSHIPS) or {}).items()}
    named = {str(audience): str(name) for audience, name in section.items() if audience != _TOWNSHIPS}
    problems = [f"不认识读者 {audience}" for audience in named if audience not in _PARTS.values()]
    numbers = {name: _number(name, problems) for name in sorted({*named.values(), *townships.values()})}
    if problems:
        raise MistakeError(f"county.yml 的 audiences 有 {len(problems)} 处问题：" + "；".join(problems) + "。")
    return Audiences(
        {audience: numbers[name] for audience, name in named.items()},
        {code: numbers[name] for code, name in townships.items()},
    )


def _number(name: str, problems: list[str]) -> int:
    """A group's number; what stands against using it is added to the problems."""
    try:
        number = grp.getgrnam(name).gr_gid
    except KeyError:
        problems.append(f"本机没有用户组 {name}（请先 groupadd {name}）")
        return -1
    if os.geteuid() != 0 and number not in {os.getegid(), *os.getgroups()}:
        problems.append(f"运行守望的账户不在用户组 {name} 中，不能把文件交给它（请 usermod -aG 后重新登录）")
    return number


def grant(county: County, folder: Path) -> None:
    """Give every part of a published folder to its audience, and what is nobody's to the product alone.

    All of the county's folder but `published` is closed to strangers too: lake, landing, keys, logs, county.yml.
    """
    audiences = read_audiences(county)
    if audiences is None:
        return
    for path in county.home.iterdir():
        if path != county.published and not path.is_symlink() and path.stat().st_uid == os.geteuid():
            path.chmod(stat.S_IMODE(path.stat().st_mode) & ~stat.S_IRWXO)
    county.published.chmod(0o711)
    for path, group, mode in _expected(audiences, folder):
        os.chown(path, -1, group, follow_symlinks=False)
        path.chmod(mode)


def audience_problems(county: County, folder: Path) -> list[str]:
    """What of a published folder is open to others than its audience, in Chinese."""
    audiences = read_audiences(county)
    if audiences is None:
        return []
    return [
        f"{path.relative_to(county.published)} 的属组或权限不是所定读者的"
        for path, group, mode in _expected(audiences, folder)
        if (path.stat().st_gid, stat.S_IMODE(path.stat().st_mode)) != (group, mode)
    ]


def _expected(audiences: Audiences, folder: Path) -> Iterator[tuple[Path, int, int]]:
    """Each path of a published folder with the group and mode it should have; folders before what lies in them."""
    own = os.getegid()
    yield folder, own, 0o711
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        group = audiences.group_of(inside)
        if path.is_dir():
            passed_through = inside.parts == (_TOWNSHIPS,)
            yield path, own if group is None else group, 0o711 if passed_through else 0o700 if group is None else 0o750
        else:
            yield path, own if group is None else group, 0o400 if group is None else 0o440

"""The folder of a prefecture or province: whose nights are summed up, and under which name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

from pipelines.county import County, CountyFolderError
from pipelines.errors import MistakeError

REGION_FILE = "rollup.yml"
_EXAMPLE = "name: 某某市\nunit: 某某市乡村振兴局\ncounties:\n- ../某某县\n- ../某某区"


@dataclass(frozen=True)
class Region:
    """A region's folder and what its `rollup.yml` says of it; `unit` fills in its papers (填报单位)."""

    home: Path
    name: str
    unit: str
    counties: tuple[County, ...]

    @property
    def published(self) -> Path:
        """One folder per roll-up, and the link `current`."""
        return self.home / "published"

    @staticmethod
    def open(home: Path) -> Region:
        """Read `rollup.yml`. Raises MistakeError with every problem of the file and of the counties' folders at once."""
        home = home.resolve()
        file = home / REGION_FILE
        if not file.is_file():
            raise MistakeError(f"{home} 中没有 {REGION_FILE}。请在其中写明汇总地区和各县目录，例如：\n{_EXAMPLE}")
        try:
            content = yaml.safe_load(file.read_text(encoding="utf-8"))
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            raise MistakeError(f"{file} 无法读取：应为 UTF-8 编码的 YAML 文件，例如：\n{_EXAMPLE}") from error
        content = content if isinstance(content, dict) else {}
        name, listed = str(content.get("name") or ""), content.get("counties")
        problems = [] if name else ["缺少 name（汇总地区名称）"]
        if not isinstance(listed, list) or not listed:
            problems.append("counties 应列出各县目录")
            listed = []
        counties: list[County] = []
        for entry in listed:
            try:
                counties.append(County.open(home / str(entry)))
            except CountyFolderError as error:
                problems.append(str(error))
        codes = [county.region for county in counties]
        twice = sorted({code for code in codes if codes.count(code) > 1})
        problems += [f"行政区划代码 {code} 出现在几个县级目录中" for code in twice]
        if problems:
            raise MistakeError(f"{file} 有 {len(problems)} 处问题：" + "；".join(problems))
        unit = str(content.get("unit") or f"{name}乡村振兴局")
        return Region(home, name, unit, tuple(sorted(counties, key=lambda county: county.region)))

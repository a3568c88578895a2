"""A county folder: where one county's files come in, are kept and are published."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import yaml

DOCUMENTS = ("LY", "FQ", "LS", "FX", "TR")


class CountyFolderError(Exception):
    """A county folder that cannot be used; the message (Chinese) says what is wrong and what to do."""


class Home(Protocol):
    """A folder with one writer at a time that publishes: a county's, or that of a region above counties."""

    @property
    def home(self) -> Path:
        """The folder itself."""

    @property
    def published(self) -> Path:
        """One folder per publication, and the link `current`."""


@dataclass(frozen=True)
class County:
    """One county's folder and what its `county.yml` says of it."""

    home: Path
    name: str
    region: str
    documents: tuple[str, ...]

    @property
    def landing(self) -> Path:
        """Where departments' files arrive, one folder per form."""
        return self.home / "landing"

    @property
    def lake(self) -> Path:
        """What was ever received: Parquet, originals and the ledger. Only ever added to."""
        return self.home / "lake"

    @property
    def returned(self) -> Path:
        """退回清单: the rejected rows, for their departments to correct; written anew by every night."""
        return self.home / "returned"

    @property
    def policy(self) -> Path:
        """The county's own policy values."""
        return self.home / "policy"

    @property
    def published(self) -> Path:
        """One folder per published night, and the link `current`."""
        return self.home / "published"

    @property
    def history(self) -> Path:
        """Counts of past month ends, as `shouwang history` last worked them out."""
        return self.home / "history.parquet"

    @property
    def keys(self) -> Path:
        """The county's secret keys; readable by the product's own user only."""
        return self.home / "keys"

    @property
    def logs(self) -> Path:
        """Run logs, without any person's data."""
        return self.home / "logs"

    @property
    def work(self) -> Path:
        """Unfinished nights; anything here may be deleted while no run is on."""
        return self.home / "work"

    @staticmethod
    def open(home: Path) -> County:
        """Read `county.yml` of a county folder.

        Raises CountyFolderError with every problem of the file at once.
        """
        home = Path(home).resolve()
        file = home / "county.yml"
        if not file.is_file():
            raise CountyFolderError(
                f"{home} 中没有 county.yml。请先运行 shouwang init 建立县级目录，或检查 --home 是否写对。"
            )
        try:
            content = yaml.safe_load(file.read_text(encoding="utf-8"))
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            raise CountyFolderError(f"{file} 无法读取：应为 UTF-8 编码的 YAML 文件。") from error
        content = content if isinstance(content, dict) else {}
        problems = []
        name, region = str(content.get("name") or ""), str(content.get("region") or "")
        documents = tuple(str(d) for d in content.get("documents") or ())
        if not name:
            problems.append("缺少 name（县名）")
        if not (region.isdigit() and len(region) == 6):
            problems.append("region 应为 6 位县级行政区划代码，并加引号")
        unknown = [d for d in documents if d not in DOCUMENTS]
        if not documents or unknown:
            problems.append(
                f"documents 应为 {'、'.join(DOCUMENTS)} 中的一个或几个"
                + (f"，不认识 {'、'.join(unknown)}" if unknown else "")
            )
        if problems:
            raise CountyFolderError(f"{file} 有 {len(problems)} 处问题：" + "；".join(problems) + "。")
        return County(home=home, name=name, region=region, documents=documents)

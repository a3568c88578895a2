"""What several commands take: the county folder and days, as users write them."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from pipelines.county import County
from pipelines.errors import MistakeError
from pipelines.settings import Settings
from pipelines.warehouse.lock import SHANGHAI

HomeOption = Annotated[
    Path | None,
    typer.Option("--home", help="县级目录；不写则用环境变量 SHOUWANG_HOME，再不然用当前目录。", show_default=False),
]
AsOfOption = Annotated[
    str | None, typer.Option("--as-of", help="基准日，如 2020-11-25；不写则为昨天（北京时间）。", show_default=False)
]
KnownOnOption = Annotated[
    str | None,
    typer.Option("--known-on", help="只用这一天及以前收到的文件；不写则用全部已收文件。", show_default=False),
]


def open_county(home: Path | None) -> County:
    """The county folder that the user means. Raises CountyFolderError when it is none."""
    return County.open(home or Settings.from_environment().home or Path.cwd())


def parse_day(text: str | None, option: str) -> date | None:
    """A day as the user types it: 2020-11-25, 20201125, 2020/11/25 or 2020年11月25日.

    Raises MistakeError, naming the option, for anything else.
    """
    if text is None:
        return None
    found = re.fullmatch(r"(\d{4})([-/.年]?)(\d{2}|(?<=[-/.年])\d)[-/.月]?(\d{1,2})日?", text.strip())
    try:
        if found:
            return date(int(found[1]), int(found[3]), int(found[4]))
    except ValueError:
        pass
    raise MistakeError(f"{option} 的值“{text}”不是一个日期。请写成 2020-11-25 这样的形式。")


def show_step(line: str) -> None:
    """Show one step of a run on the error stream, with the time of day."""
    typer.echo(f"{datetime.now(SHANGHAI):%H:%M:%S}  {line}", err=True)

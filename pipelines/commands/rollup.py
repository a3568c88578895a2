"""`shouwang rollup`: the counties of a prefecture or province as one report of counts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.options import AsOfOption, parse_day, show_step
from pipelines.rollup.region import Region
from pipelines.rollup.roll_up import roll_up
from pipelines.settings import Settings


def rollup(
    folder: Annotated[
        Path, typer.Argument(help="汇总目录，其中的 rollup.yml 写明地区名称和各县目录。", metavar="汇总目录")
    ],
    as_of: AsOfOption = None,
) -> None:
    """Sum up and publish; without a day it is the latest one that any county published."""
    done = roll_up(Region.open(folder), parse_day(as_of, "--as-of"), Settings.from_environment(), show_step)
    reported = [night for night in done.nights if night.folder]
    typer.echo(f"汇总完成：基准日 {done.as_of}，{len(done.nights)} 个县中已报 {len(reported)} 个。")
    for night in done.nights:
        if not night.folder:
            newest = f"最近一期为 {night.newest}" if night.newest else "还没有发布过数据"
            typer.echo(f"  未报：{night.county.name}（{newest}）")
    typer.echo(f"结果位置  {done.folder}")

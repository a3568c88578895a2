"""`shouwang rollback`, `verify` and `restore`."""

from __future__ import annotations

from typing import Annotated

import typer

from pipelines.commands.night import report_lines
from pipelines.commands.options import HomeOption, open_county, show_step
from pipelines.errors import DamageError
from pipelines.recovery import mend, roll_back
from pipelines.recovery import restore as restore_county
from pipelines.recovery import verify as verify_county
from pipelines.settings import Settings


def rollback(
    run: Annotated[
        str | None,
        typer.Argument(help="回退到哪一夜（shouwang status 列出的名称）；不写则为上一次发布的。", show_default=False),
    ] = None,
    home: HomeOption = None,
) -> None:
    """Make an earlier night current again."""
    folder = roll_back(open_county(home), run)
    typer.echo(f"已回退：current 现在指向 {folder.name}。收件和台账没有变动，下一次夜间任务会重新发布。")


def verify(
    home: HomeOption = None,
    repair: Annotated[
        bool, typer.Option("--mend", help="先修复：按原件重做损坏的入湖数据，移除损坏的已发布文件夹。")
    ] = False,
) -> None:
    """Check every hash, account and signature; raises DamageError with the list of what is wrong."""
    county = open_county(home)
    if repair:
        mend(county, show_step)
    problems = verify_county(county, Settings.from_environment(), show_step)
    for problem in problems:
        typer.echo(f"  ✗ {problem}")
    if problems:
        raise DamageError(
            f"发现 {len(problems)} 处问题。入湖数据和已发布数据可用 shouwang verify --mend 修复；台账、原件、审计记录请从备份恢复。"
        )
    typer.echo("核对无误：审计记录、台账、入湖数据、原件和已发布的各夜都与写下时一致。")


def restore(
    home: HomeOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="不再询问，直接重做。")] = False,
) -> None:
    """Make the last published night again from the lake, the ledger and the keys alone."""
    county = open_county(home)
    if not yes:
        typer.confirm(f"将删除 {county.published} 下的全部内容，再从数据湖重做最近一夜。继续吗？", abort=True)
    restored = restore_county(county, Settings.from_environment(), show_step)
    for line in report_lines(restored.report):
        typer.echo(line)
    if restored.report.state == restored.expected:
        typer.echo("重做的各表与审计记录中当时发布的完全一致。")
    elif not restored.changed:
        raise DamageError("重做的各表与审计记录中当时发布的不一致，而程序没有变过。请保留现场并联系系统管理员。")
    else:
        typer.echo(f"{restored.changed}，重做的各表与当时发布的有不同。")

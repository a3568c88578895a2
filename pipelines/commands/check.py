"""`shouwang check` and `shouwang forms`: what a department wants to know before and after it sends."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.options import HomeOption, open_county, parse_day
from pipelines.errors import IntakeError
from pipelines.intake.check import check_files
from pipelines.intake.check import render as render_answers
from pipelines.intake.monthly_status import monthly_status
from pipelines.intake.monthly_status import render as render_month
from pipelines.warehouse.lock import SHANGHAI


def check(
    files: Annotated[list[Path], typer.Argument(help="要试收的文件或文件夹，一个或多个。", metavar="文件...")],
) -> None:
    """Read files as intake would and keep nothing; raises IntakeError when something would not be taken."""
    answers = check_files(files)
    typer.echo(render_answers(answers))
    faulty = sum(answer.verdict != "taken" for answer in answers)
    if faulty:
        raise IntakeError(f"{faulty} 份文件有不能接收的内容，见上。没有保存任何内容。")


def forms(
    month: Annotated[str | None, typer.Argument(help="月份，如 2020-06；不写则为本月。", show_default=False)] = None,
    home: HomeOption = None,
) -> None:
    """Print which forms of a month are here, late or faulty, by department."""
    today = datetime.now(SHANGHAI).date()
    day = parse_day(f"{month}-01" if month else None, "月份") or today
    county = open_county(home)
    typer.echo(render_month(monthly_status(county, day, today)))
    if county.returned.is_dir():
        typer.echo(f"退回清单（改正后放入 landing/ 对应的文件夹）：{county.returned}")

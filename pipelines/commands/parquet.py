"""`shouwang parquet`: the published tables for other tools."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.audit import record
from pipelines.commands.options import HomeOption, open_county
from pipelines.errors import MistakeError
from pipelines.settings import Settings
from pipelines.warehouse.parquet import write_parquet
from pipelines.warehouse.publish import current_folder


def parquet(
    folder: Annotated[Path, typer.Argument(help="写到哪个新文件夹。", metavar="文件夹")], home: HomeOption = None
) -> None:
    """Write the tables of the current night as Parquet files."""
    county = open_county(home)
    night = current_folder(county)
    if night is None:
        raise MistakeError("还没有发布过数据，请先运行 shouwang run。")
    tables = write_parquet(night, folder.resolve(), Settings.from_environment())
    record(county, "export_parquet", night.name, tables=tables)
    typer.echo(f"已写出 {tables} 张表到 {folder}。含农户数据（没有姓名和证件号码），请按规定保管。")

"""`shouwang sample`: a synthetic county."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.options import show_step
from pipelines.errors import MistakeError
from pipelines.sample_county import AS_OF, write_county


def sample(
    folder: Annotated[Path, typer.Argument(help="写到哪个文件夹；应为空或不存在。")],
    households: Annotated[int, typer.Option("--households", min=1, help="户数。")] = 2000,
    seed: Annotated[int, typer.Option("--seed", help="随机种子：同样的种子得到同样的县。")] = 1,
) -> None:
    """Write a synthetic county's messy department files."""
    if folder.exists() and any(folder.iterdir()):
        raise MistakeError(f"{folder} 不是空文件夹，没有写入任何文件。")
    show_step(f"正在写出 {households} 户的虚构县")
    write_county(folder, households, seed)
    typer.echo(f"已写出 {folder}。下一步：shouwang run --home {folder} --as-of {AS_OF}")

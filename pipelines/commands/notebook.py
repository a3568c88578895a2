"""`shouwang notebook`: the analysts' notebooks over what is published."""

from __future__ import annotations

import secrets
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.options import HomeOption, open_county
from pipelines.errors import MistakeError
from pipelines.settings import PROJECT, child_environment
from pipelines.warehouse.publish import current_folder

_SHIPPED = PROJECT / "notebooks"
_NOT_NOTEBOOKS = ("chart_style",)


def notebook(
    name: Annotated[
        str | None, typer.Argument(help="笔记本名称；不写则列出全部。", metavar="名称", show_default=False)
    ] = None,
    home: HomeOption = None,
    port: Annotated[int, typer.Option("--port", help="本机端口。")] = 2718,
) -> None:
    """List the notebooks, or open one on this machine; the county's own copy is opened, so that changes stay its own."""
    county = open_county(home)
    names = notebook_names()
    if name is None:
        typer.echo("笔记本：" + "、".join(names) + "。打开一个：shouwang notebook 名称")
        return
    if name not in names:
        raise MistakeError(f"没有名为“{name}”的笔记本。现有：{'、'.join(names)}。")
    if current_folder(county) is None:
        raise MistakeError("还没有发布过数据，请先运行 shouwang run。")
    own = own_copies(county.home / "notebooks")
    token = secrets.token_urlsafe(16)  # the notebook's own page asks for it: other users of this machine have none
    typer.echo(f"正在打开 {own / f'{name}.py'}，按 Ctrl+C 结束。改动只存在本县目录中。")
    typer.echo(f"浏览器没有自动打开时，请在本机的浏览器中打开 http://127.0.0.1:{port}/?access_token={token}")
    subprocess.run(
        [
            sys.executable, "-m", "marimo", "--quiet", "edit", str(own / f"{name}.py"),
            "--host", "127.0.0.1", "--port", str(port), "--token-password-file", "-", "--skip-update-check",
        ],
        input=token,
        text=True,
        env=child_environment(SHOUWANG_HOME=str(county.home)),
        check=False,
    )  # fmt: skip


def notebook_names() -> list[str]:
    """The notebooks that come with the product."""
    return sorted(file.stem for file in _SHIPPED.glob("*.py") if file.stem not in _NOT_NOTEBOOKS)


def own_copies(folder: Path) -> Path:
    """Copy what the county does not have yet into its notebook folder; what it has stays as it is. Returns the folder."""
    folder.mkdir(exist_ok=True)
    for file in _SHIPPED.glob("*.py"):
        if not (folder / file.name).exists():
            shutil.copyfile(file, folder / file.name)
    return folder

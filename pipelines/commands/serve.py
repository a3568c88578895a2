"""`shouwang serve`: the county's pages."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.options import HomeOption, open_county
from pipelines.errors import MistakeError
from pipelines.serve.users import read_users
from pipelines.settings import Settings


def serve(
    *,
    home: HomeOption = None,
    address: Annotated[str, typer.Option("--address", help="监听的地址；默认只限本机。")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="端口。")] = 8433,
    names: Annotated[
        list[str] | None,
        typer.Option("--name", help="浏览器里用的主机名，可写多次；其他主机名一律拒绝。", show_default=False),
    ] = None,
    certificate: Annotated[
        Path | None, typer.Option("--certificate", help="TLS 证书（PEM）。", show_default=False)
    ] = None,
    key: Annotated[Path | None, typer.Option("--key", help="TLS 私钥（PEM）。", show_default=False)] = None,
) -> None:
    """Serve the pages of a county until interrupted."""
    # Only this command needs a web server: no night has to load one.
    from pipelines.serve import app  # noqa: PLC0415

    county = open_county(home)
    if not read_users(county):
        raise MistakeError("还没有用户。请先添加：shouwang user add 用户名 --role analyst")
    if (certificate is None) != (key is None):
        raise MistakeError("--certificate 和 --key 要一起写。")
    tls = (certificate, key) if certificate and key else None
    told = f"{county.name}：{'https' if tls else 'http'}://{address}:{port}/  按 Ctrl+C 结束"
    place = app.Place(address, port, tuple(names or ()), tls)
    app.serve(county, Settings.from_environment(), place, lambda: typer.echo(told))

"""`shouwang user`: who may log in to the pages."""

from __future__ import annotations

from typing import Annotated

import typer

from pipelines.audit import record
from pipelines.commands.options import HomeOption, open_county
from pipelines.serve.users import ROLES, add_user, read_users, remove_user, reset_password

app = typer.Typer(no_args_is_help=True)
_NameArgument = Annotated[str, typer.Argument(help="用户名。", metavar="用户名")]


@app.command(help="添加用户，打印初始密码；首次登录须改。")
def add(
    name: _NameArgument,
    role: Annotated[str, typer.Option("--role", help="、".join(f"{role} {label}" for role, label in ROLES.items()))],
    township: Annotated[str, typer.Option("--township", help="乡镇用户所属乡镇的 9 位代码。")] = "",
    home: HomeOption = None,
) -> None:
    """Add a user and print the first password, once."""
    county = open_county(home)
    password = add_user(county, name, role, township)
    record(county, "user_add", name, role=role, township=township)
    typer.echo(f"已添加{ROLES[role]}用户 {name}。初始密码（只显示这一次，首次登录须改）：{password}")


@app.command(help="重置密码，打印新的初始密码；原来的登录随即失效。")
def reset(name: _NameArgument, home: HomeOption = None) -> None:
    """Give a user a fresh password and print it, once."""
    county = open_county(home)
    password = reset_password(county, name)
    record(county, "user_reset", name)
    typer.echo(f"{name} 的新初始密码（只显示这一次，首次登录须改）：{password}")


@app.command(help="删除用户；正在登录的随即失效。")
def remove(name: _NameArgument, home: HomeOption = None) -> None:
    """Remove a user."""
    county = open_county(home)
    remove_user(county, name)
    record(county, "user_remove", name)
    typer.echo(f"已删除用户 {name}。")


@app.command("list", help="列出用户。")
def show(home: HomeOption = None) -> None:
    """Print the users with their roles."""
    for user in read_users(open_county(home)).values():
        typer.echo(f"{user.name}  {ROLES[user.role]}  {user.township}".rstrip())

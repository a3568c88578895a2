"""The command `shouwang`: every mistake ends in one Chinese sentence with a code, never in a traceback."""

from __future__ import annotations

import sys

import typer

from pipelines.commands import folder, night, safety
from pipelines.errors import explain

app = typer.Typer(
    name="shouwang",
    help="守望：县级农户收入监测与返贫预警。各部门报表放入 landing/，每晚运行一次，结果在 published/current/。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command(help="建立一个县级目录：county.yml、每种报表一个收件文件夹、空的政策参数表。")(folder.init)
app.command(help="运行一夜：收件、计算、预警、检查、发布。任何时候中断都不会丢数，再运行一次即可。")(night.run)
app.command(help="查看现在发布的是哪一夜的数据，以及保留了哪些夜。")(night.status)
app.command(help="回退：让 current 重新指向以前发布的一夜。")(safety.rollback)
app.command(help="核对全部散列、行数账和审计记录，指出任何缺失、改动或损坏；不改动任何东西。")(safety.verify)
app.command(help="从数据湖、台账和密钥重做最近发布的一夜，并与当时的散列比对。")(safety.restore)


def main() -> None:
    """Entry point of the command."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command line; returns its exit status: 0 well, 2 the user's mistake, others by class of error."""
    try:
        status = typer.main.get_command(app).main(arguments, prog_name="shouwang", standalone_mode=False)
        return status if isinstance(status, int) else 0
    except (typer.Abort, KeyboardInterrupt):
        return _tell("[SW-9] 已中断。没有发布任何新数据；再次运行会从头做起。", 130)
    except Exception as error:  # the last net: no traceback, whatever happened
        usage = getattr(error, "format_message", None)
        if usage is not None:
            return _tell(f"[SW-2] 命令写得不对：{usage()} 用 shouwang --help 查看用法。", 2)
        return _tell(*explain(error))


def _tell(sentence: str, status: int) -> int:
    """Print a sentence to the error stream; returns the status."""
    typer.echo(sentence, err=True)
    return status

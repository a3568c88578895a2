"""The command `shouwang`: every mistake ends in one Chinese sentence with a code, never in a traceback."""

from __future__ import annotations

import sys

import typer

from pipelines.commands import (
    check,
    folder,
    history,
    household,
    identity,
    night,
    notebook,
    parquet,
    rollup,
    safety,
    sample,
    scorer,
    serve,
    user,
    what_if,
)
from pipelines.errors import explain

app = typer.Typer(
    name="shouwang",
    help="守望：县级农户收入监测与返贫预警。各部门报表放入 landing/，每晚运行一次，结果在 published/current/。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command(help="建立一个县级目录（county.yml、收件文件夹、政策参数表）。")(folder.init)
app.command(help="运行一夜：收件、计算、预警、检查、发布；中断了再运行即可。")(night.run)
app.command(help="查看现在发布的是哪一夜的数据，以及保留了哪些夜。")(night.status)
app.command(help="用本县历史训练返贫风险评分模型；评审通过才会用于以后的夜间任务。")(scorer.train)
app.command(help="用已到期的结果检查评分模型：继续使用、重新校准或重新训练；每月一次。")(scorer.refresh)
app.command(help="算账单：一户的全部收支、标准、认定和预警，每一分钱追到文件和行。")(household.explain)
app.command(name="what-if", help="试算：换一个参数或标准线，谁进谁出、要多少钱；不发布。")(what_if.what_if)
app.command(help="历史：一次算出最近若干个月末的收入和人数，看趋势；不发布。")(history.history)
app.command(help="打开分析笔记本（SQL 和图表），只读已发布的数据。")(notebook.notebook)
app.command(help="打开网页工作台：登录后查看发布的结果；默认只限本机。")(serve.serve)
app.add_typer(user.app, name="user", help="网页工作台的用户：添加、重置密码、删除、列出。")
app.command(help="把现在发布的各表另存为 Parquet，供其他工具使用。")(parquet.parquet)
app.command(help="汇总：把几个县同一基准日的数据汇成一份，只有户数人数，供市、省使用。")(rollup.rollup)
app.command(help="试收：报送前检查文件能不能收，逐行说明要改什么；不保存。")(check.check)
app.command(help="某月各部门报表的收件情况：已收、退回、逾期。")(check.forms)
app.command(help="预先解析计算模型，装好或升级后运行一次，以后每夜省几秒。")(night.prepare)
app.command(help="写出一个虚构的县：各部门格式不一的报表，供试用；人和钱都是编的。")(sample.sample)
app.command(help="回退：让 current 重新指向以前发布的一夜。")(safety.rollback)
app.command(help="核对散列、行数账和审计记录，指出缺失、改动或损坏。")(safety.verify)
app.command(help="仅凭数据湖、台账和密钥重做最近发布的一夜并比对。")(safety.restore)
app.command(help="更换人员密钥：全部人员键和密文重做，结果不变。")(identity.rotate)
app.command(help="依法删除一个人：原始数据、保险库、原件和已发布各夜，收件账注明。")(identity.erase)


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
        if hasattr(error, "format_message"):
            return _tell(_usage_sentence(error), 2)
        return _tell(*explain(error))


def _usage_sentence(error: Exception) -> str:
    """What is wrong with the command line itself, of an error raised by the command parser."""
    option, parameter = getattr(error, "option_name", None), getattr(error, "param", None)
    if type(error).__name__ == "NoArgsIsHelpError":
        return "[SW-2] 请写明要做什么，见上。"
    if type(error).__name__ == "NoSuchOption":
        near = "、".join(getattr(error, "possibilities", None) or [])
        problem = f"没有 {option} 这个选项" + (f"，是不是 {near}？" if near else "。")
    elif type(error).__name__ == "MissingParameter" and parameter is not None:
        name = parameter.opts[0] if parameter.opts[0].startswith("-") else parameter.name
        problem = f"缺少 {name}（{parameter.help}）。"
    else:
        problem = f"{error}。"
    return f"[SW-2] 命令写得不对：{problem}用法见 shouwang --help。"


def _tell(sentence: str, status: int) -> int:
    """Print a sentence to the error stream; returns the status."""
    typer.echo(sentence, err=True)
    return status

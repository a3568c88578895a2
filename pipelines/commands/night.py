"""`shouwang run` and `shouwang status`: one night, and what is published."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import typer

from pipelines.commands.options import AsOfOption, HomeOption, KnownOnOption, open_county, parse_day, show_step
from pipelines.errors import DamageError, MistakeError
from pipelines.intake.monthly_status import monthly_status, render
from pipelines.night import NightReport, run_night, yesterday
from pipelines.settings import Settings
from pipelines.warehouse.build import prepare_models
from pipelines.warehouse.gates import ANALYST_FILE
from pipelines.warehouse.lock import SHANGHAI
from pipelines.warehouse.manifest import Manifest
from pipelines.warehouse.publish import current_folder, published_folders
from pipelines.warehouse.summary import NightSummary, summarise


def run(home: HomeOption = None, as_of: AsOfOption = None, known_on: KnownOnOption = None) -> None:
    """Run one night and print its account."""
    day = parse_day(as_of, "--as-of") or yesterday()
    report = run_night(open_county(home), day, parse_day(known_on, "--known-on"), progress=show_step)
    for line in report_lines(report):
        typer.echo(line)


def prepare() -> None:
    """Parse the models once, after installing or upgrading."""
    prepare_models(Settings.from_environment())


def status(home: HomeOption = None) -> None:
    """Print which nights are kept, which one is current, and its figures."""
    county = open_county(home)
    current = current_folder(county)
    if current is None:
        raise MistakeError(f"{county.name}还没有发布过数据。请先运行 shouwang run。")
    settings = Settings.from_environment()
    typer.echo(f"{county.name}（{county.region}，适用文件 {'、'.join(county.documents)}）")
    for folder in published_folders(county):
        typer.echo(f" {'→' if folder == current else ' '} {folder.name}  {_folder_line(folder)}")
    for line in summary_lines(summarise(current / ANALYST_FILE, county.work / "status", settings)):
        typer.echo(line)
    today = datetime.now(SHANGHAI).date()
    month = date.fromisoformat(Manifest.read(current).as_of).replace(day=1) - timedelta(days=1)
    typer.echo(render(monthly_status(county, month, today)))


def _folder_line(folder: Path) -> str:
    """Days, time and warnings of one published folder."""
    try:
        manifest = Manifest.read(folder)
    except DamageError:
        return "清单缺失或损坏，请运行 shouwang verify"
    return (
        f"基准日 {manifest.as_of}  文件收到截止 {manifest.known_on}"
        f"  发布于 {manifest.published_at[:19].replace('T', ' ')}  预警 {manifest.counts.get('warnings', 0)} 条"
    )


def report_lines(report: NightReport) -> list[str]:
    """The Chinese account of one night that a county officer reads."""
    folder = report.folder
    lines = [
        "",
        f"守望夜间任务完成：基准日 {report.identity.as_of}，采用 {report.identity.known_on} 及以前收到的文件，用时 {report.seconds:.0f} 秒。",
        *summary_lines(report.summary),
        "结果位置",
        f"  分析数据  {folder / ANALYST_FILE}",
    ]
    for place, label in (
        ("townships", "乡镇清单"),
        ("reports", "报表"),
        ("officials", "名册和部门清单"),
        ("postings", "公示"),
    ):
        if (folder / place).is_dir():
            lines.append(f"  {label}  {folder / place}")
    return [*lines, f"  始终指向最新  {folder.parent / 'current'}"]


def summary_lines(summary: NightSummary) -> list[str]:
    """Files, rows, classes, warnings and remarks of one night, one Chinese line each."""
    lines = [
        "收件",
        f"  文件 {summary.files} 个，其中整份退回 {summary.refused} 个",
        f"  数据 {summary.rows} 行 = 入库 {summary.loaded} + 退回 {summary.rejected} + 重复 {summary.repeats}"
        + (f" + 依法删除 {summary.erased}" if summary.erased else ""),
        "认定",
        f"  计算收入的家庭 {summary.households} 户",
    ]
    lines += [f"  {document} {name} {households} 户" for document, name, households in summary.classes]
    lines += ["预警", f"  待核实 {summary.warnings} 条"]
    if summary.remarks:
        lines += ["提醒", *(f"  {remark}" for remark in summary.remarks)]
    return lines

"""`shouwang what-if`: a policy value tried out before it is published."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.options import HomeOption, KnownOnOption, open_county, parse_day, show_step
from pipelines.county import County
from pipelines.errors import MistakeError
from pipelines.explain.amounts import yuan
from pipelines.explain.console import pad
from pipelines.explain.private_night import private_folder
from pipelines.settings import Settings
from pipelines.warehouse.manifest import Manifest
from pipelines.warehouse.publish import current_folder
from pipelines.what_if.change import Changes, parse_line, parse_parameter
from pipelines.what_if.comparison import Comparison, write_households
from pipelines.what_if.trial import try_out

_WIDTHS = (24, 20, 20, 16, 16, 36)
_HEADERS = ("类别、乡镇", "户数", "人数", "进", "出", "补到标准线每年需要（元）")


def what_if(
    *,
    parameters: Annotated[
        list[str] | None,
        typer.Option("--set", help="条款.参数=值，如 FQ-range.fall_share=0.2；可写多次。", show_default=False),
    ] = None,
    lines: Annotated[
        list[str] | None,
        typer.Option(
            "--line", help="标准=全年金额，如 农村低保标准=9000；全县自基准日起；可写多次。", show_default=False
        ),
    ] = None,
    line_file: Annotated[
        Path | None, typer.Option("--lines", help="一份《各类标准线公布表》（xlsx、csv）。", show_default=False)
    ] = None,
    home: HomeOption = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="基准日；不写则用现在发布的一夜。", show_default=False)
    ] = None,
    known_on: KnownOnOption = None,
    out: Annotated[Path | None, typer.Option("--out", help="把进出的户另存为 CSV。", show_default=False)] = None,
) -> None:
    """Print who would enter and leave each class under other values; nothing is published."""
    county = open_county(home)
    changes = Changes(
        parameters=tuple(parse_parameter(text) for text in parameters or ()),
        lines=tuple(parse_line(text) for text in lines or ()),
        line_file=line_file,
    )
    if changes == Changes():
        raise MistakeError("请用 --set、--line 或 --lines 写明要试算的参数或标准线。")
    days = _days(county, parse_day(as_of, "--as-of"), parse_day(known_on, "--known-on"))
    show_step("正在另行计算（不发布，不改动已发布的数据）")
    with private_folder() as folder:
        comparison = try_out(county, changes, days, folder, Settings.from_environment())
    for line in comparison_lines(comparison):
        typer.echo(line)
    if out is not None:
        write_households(comparison, out)
        typer.echo(f"进出的户已写出 {out}。")


def comparison_lines(comparison: Comparison) -> Iterator[str]:
    """The comparison as a Chinese table: each class for the county, then the townships where something changes."""
    yield f"试算：基准日 {comparison.as_of}，左为现行，右为试算后"
    yield _row(_HEADERS)
    for change in comparison.classes:
        moved = change.entering_households or change.leaving_households or change.cost_before != change.cost_after
        if change.township and not moved:
            continue
        name = f"  {change.township}" if change.township else f"{change.document} {change.class_name}"
        yield _row((
            name,
            f"{change.households_before} → {change.households_after}",
            f"{change.people_before} → {change.people_after}",
            f"{change.entering_households} 户 {change.entering_people} 人",
            f"{change.leaving_households} 户 {change.leaving_people} 人",
            f"{yuan(change.cost_before)} → {yuan(change.cost_after)}",
        ))  # fmt: skip
    if not comparison.households:
        yield "没有一户进出。"


def _row(cells: tuple[str, ...]) -> str:
    """One line of the table."""
    return "  ".join(pad(cell, columns) for cell, columns in zip(cells, _WIDTHS, strict=True)).rstrip()


def _days(county: County, as_of: date | None, known_on: date | None) -> tuple[date, date]:
    """The days asked about; where not given, those of the night that is current.

    Raises MistakeError when nothing was ever published and no day is given.
    """
    current = current_folder(county)
    if current is None and (as_of is None or known_on is None):
        raise MistakeError("还没有发布过数据，请先运行 shouwang run，或同时用 --as-of 和 --known-on 指定日期。")
    manifest = Manifest.read(current) if current else None
    day = as_of or date.fromisoformat(manifest.as_of if manifest else "")
    return day, known_on or date.fromisoformat(manifest.known_on if manifest else "")

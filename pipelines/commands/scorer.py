"""`shouwang train` and `shouwang refresh`: a scorer of the county's own, from its own history, kept true to its outcomes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import typer

from pipelines.commands.options import AsOfOption, HomeOption, KnownOnOption, open_county, parse_day, show_step
from pipelines.night import today, yesterday
from pipelines.settings import Settings

if TYPE_CHECKING:
    from pipelines.risk.train import TrainingReport


def train(home: HomeOption = None, as_of: AsOfOption = None, known_on: KnownOnOption = None) -> None:
    """Train on what was known, judge, and release the scorer for the nights after the training day."""
    from pipelines.risk.train import train_county  # noqa: PLC0415 - scikit-learn takes longer to load than all else

    day, known = _days(as_of, known_on)
    _tell(train_county(open_county(home), day, known, Settings.from_environment(), show_step))


def refresh(home: HomeOption = None, as_of: AsOfOption = None, known_on: KnownOnOption = None) -> None:
    """Check the scorer in use on outcomes closed since; keep it, recalibrate it or train anew."""
    from pipelines.risk.refresh import refresh_county  # noqa: PLC0415 - as above

    day, known = _days(as_of, known_on)
    found = refresh_county(open_county(home), day, known, Settings.from_environment(), show_step)
    typer.echo(found.told)
    if found.report is not None:
        _tell(found.report)


def _days(as_of: str | None, known_on: str | None) -> tuple[date, date]:
    """The training day (the day before yesterday unless said) and the day of what is known (today unless said)."""
    day = parse_day(as_of, "--as-of") or yesterday() - timedelta(days=1)
    return day, parse_day(known_on, "--known-on") or today()


def _tell(report: TrainingReport) -> None:
    """Print the Chinese account of one training or recalibration: gate, figures with their 95% intervals, card."""
    from models.card import figure_lines  # noqa: PLC0415 - so do charts

    facts = report.release.facts
    typer.echo(f"训练完成：{report.release.model_id}，{facts['rows']} 户次，不同事件 {facts['events']} 起")
    if report.decision is None:
        typer.echo(facts["why"])
    else:
        for item in report.decision.criteria:
            typer.echo(f"  {'✓' if item.passed else '✗'} {item.name}：{item.found}")
        verdict = (
            "评审通过，训练日之后的夜间任务使用该模型。" if report.promoted else "评审未通过，夜间任务不使用该模型。"
        )
        typer.echo(verdict)
    for line in figure_lines(facts):
        typer.echo(f"  {line}")
    typer.echo(f"模型说明  {report.card}")

"""`shouwang train`: a scorer of the county's own, from its own history."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import typer

from pipelines.commands.options import AsOfOption, HomeOption, KnownOnOption, open_county, parse_day, show_step
from pipelines.night import yesterday
from pipelines.settings import Settings
from pipelines.warehouse.lock import SHANGHAI

if TYPE_CHECKING:
    from pipelines.risk.train import TrainingReport


def train(home: HomeOption = None, as_of: AsOfOption = None, known_on: KnownOnOption = None) -> None:
    """Train on what was known, judge, and release the scorer for the nights after the training day."""
    from pipelines.risk.train import train_county  # noqa: PLC0415 - scikit-learn takes longer to load than all else

    day = parse_day(as_of, "--as-of") or yesterday() - timedelta(days=1)
    known = parse_day(known_on, "--known-on") or datetime.now(SHANGHAI).date()
    report = train_county(open_county(home), day, known, Settings.from_environment(), show_step)
    for line in report_lines(report):
        typer.echo(line)


def report_lines(report: TrainingReport) -> list[str]:
    """The Chinese account of one training."""
    facts = report.release.facts
    lines = [f"训练完成：{report.release.model_id}，{facts['rows']} 户次，不同事件 {facts['events']} 起"]
    if report.decision is None:
        lines.append(facts["why"])
    else:
        lines += [f"  {'✓' if item.passed else '✗'} {item.name}：{item.found}" for item in report.decision.criteria]
        lines.append(
            "评审通过，训练日之后的夜间任务使用该模型。" if report.promoted else "评审未通过，夜间任务不使用该模型。"
        )
    return [*lines, f"模型说明  {report.card}"]

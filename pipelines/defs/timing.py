"""When things run: the night at 01:30 Chinese time, the scorer's check once a month, the intake when new files have landed."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import dagster as dg

from expectations.contract import all_contracts
from pipelines.county import CountyFolderError
from pipelines.defs.forms import RECEIPTS, form_key
from pipelines.defs.resources import configured_county
from pipelines.defs.scorer import SCORER
from pipelines.intake.landing import landing_files

FORM_KEYS = [form_key(form) for form in all_contracts()]
FORMS = dg.AssetSelection.assets(*FORM_KEYS)
SCORER_ONLY = dg.AssetSelection.assets(SCORER)
NIGHT = dg.define_asset_job(
    "night",
    selection=(dg.AssetSelection.all() - FORMS - SCORER_ONLY) | dg.AssetSelection.checks_for_assets(*FORM_KEYS),
    description="夜间任务：收件、计算、预警、检查、发布；与 shouwang run 相同",
)
RECEIVE = dg.define_asset_job(
    "receive", selection=dg.AssetSelection.assets(RECEIPTS), description="只收件：新文件入湖或退回，不重算"
)

REFRESH = dg.define_asset_job(
    "refresh", selection=SCORER_ONLY, description="检查评分模型：继续使用、重新校准或重新训练；与 shouwang refresh 相同"
)


@dg.schedule(
    job=NIGHT,
    cron_schedule="30 1 * * *",
    execution_timezone="Asia/Shanghai",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="每天 01:30（北京时间），基准日为前一天",
)
def every_night(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """The night of the day before the scheduled one, also when it is made up for later."""
    day = context.scheduled_execution_time.date() - timedelta(days=1)
    return dg.RunRequest(run_key=day.isoformat(), run_config=night_config(day.isoformat()))


@dg.schedule(
    job=REFRESH,
    cron_schedule="0 4 6 * *",
    execution_timezone="Asia/Shanghai",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="每月 6 日 04:00（北京时间），训练日为上月最后一天",
)
def every_month(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """The scorer by the last day of the month before the scheduled one."""
    day = context.scheduled_execution_time.date().replace(day=1) - timedelta(days=1)
    return dg.RunRequest(run_key=day.isoformat(), run_config=scorer_config(day.isoformat()))


def scorer_config(as_of: str) -> dict[str, Any]:
    """The run config of one refresh; the date is ISO text."""
    return {"ops": {SCORER.to_python_identifier(): {"config": {"as_of": as_of}}}}


def night_config(as_of: str, known_on: str = "") -> dict[str, Any]:
    """The run config of one night; dates are ISO text."""
    return {"resources": {"night": {"config": {"as_of": as_of, "known_on": known_on}}}}


@dg.sensor(
    job=RECEIVE,
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="landing/ 有新文件且已停止变化时收件",
)
def new_landing_files(context: dg.SensorEvaluationContext) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """Ask for an intake when the landing folder differs from what was taken in, and has been still for a tick."""
    try:
        files = landing_files(configured_county())
    except CountyFolderError as error:
        yield dg.SkipReason(str(error))
        return
    stamps = [f"{file}|{file.stat().st_size}|{file.stat().st_mtime_ns}" for file in files]
    now = hashlib.sha256("\n".join(stamps).encode()).hexdigest()[:16]
    seen, _, asked = (context.cursor or "|").partition("|")
    still = now == seen
    context.update_cursor(f"{now}|{now if still else asked}")
    if not files or now == asked:
        yield dg.SkipReason("没有新文件")
    elif not still:
        yield dg.SkipReason("文件还在变化，下一次再看")
    else:
        yield dg.RunRequest(run_key=now)


@dg.definitions
def defs() -> dg.Definitions:
    """Jobs, schedule and sensor."""
    return dg.Definitions(
        jobs=[NIGHT, RECEIVE, REFRESH], schedules=[every_night, every_month], sensors=[new_landing_files]
    )

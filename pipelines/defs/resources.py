"""One run's night and its county, as Dagster resources; and errors without a person's data in them."""

import contextlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import dagster as dg

from pipelines.county import County
from pipelines.errors import explain
from pipelines.night import Night, open_night, yesterday
from pipelines.settings import Settings


@contextlib.contextmanager
def told_in_chinese() -> Iterator[None]:
    """Turn any error of the block into a dg.Failure with one Chinese sentence: run logs must quote no cell."""
    try:
        yield
    except dg.Failure:
        raise
    except Exception as error:
        raise dg.Failure(description=explain(error)[0]) from None


def configured_county() -> County:
    """The county folder of this machine: SHOUWANG_HOME, else the working folder."""
    return County.open(Settings.from_environment().home or Path.cwd())


@dg.resource(
    config_schema={
        "as_of": dg.Field(str, default_value="", description="基准日，如 2020-11-25；空着为昨天"),
        "known_on": dg.Field(str, default_value="", description="只用这一天及以前收到的文件；空着为全部"),
    },
    description="一次夜间任务：持有县级目录的写入锁，直到任务结束",
)
def night(context: dg.InitResourceContext) -> Iterator[Night]:
    """The night that all steps of one run share; it holds the county's lock until the run ends."""
    config = context.resource_config
    log = context.log
    as_of = date.fromisoformat(config["as_of"]) if config["as_of"] else yesterday()
    known_on = date.fromisoformat(config["known_on"]) if config["known_on"] else None

    def show(line: str) -> None:
        if log is not None:
            log.info(line)

    with contextlib.ExitStack() as stack:
        with told_in_chinese():
            opened = open_night(configured_county(), as_of, known_on, Settings.from_environment(), show)
            running = stack.enter_context(opened)
        yield running


@dg.definitions
def defs() -> dg.Definitions:
    """The resources by name."""
    return dg.Definitions(resources={"night": night})

"""The models: one `dbt build` as a child process on a fresh DuckDB file."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pipelines.errors import BuildError, DiskError, text_tells_disk_full
from pipelines.settings import Settings, child_environment
from pipelines.warehouse import leash

PARSED = "partial_parse.msgpack"
_LONGEST = timedelta(hours=12)  # a night that takes longer holds up the next; Spark can stand still without an error
DUCKDB = "duckdb"


@dataclass(frozen=True)
class NodeResult:
    """What one dbt node came to: a seed, model or test.

    status is dbt's word (success, pass, warn, fail, error, skipped); failures counts rows a test disliked.
    """

    unique_id: str
    status: str
    failures: int
    seconds: float

    @property
    def name(self) -> str:
        """The node's own name, without project and kind."""
        return self.unique_id.split(".")[2]

    @property
    def is_test(self) -> bool:
        """Whether the node is a data test."""
        return self.unique_id.startswith("test.")


@dataclass(frozen=True)
class BuildResult:
    """All nodes of one build, and the folder with dbt's own artefacts (manifest.json, run_results.json)."""

    nodes: tuple[NodeResult, ...]
    target: Path

    @property
    def failed_tests(self) -> tuple[NodeResult, ...]:
        """Tests whose rows must not be published."""
        return tuple(node for node in self.nodes if node.is_test and node.status in ("fail", "error"))

    @property
    def warned_tests(self) -> tuple[NodeResult, ...]:
        """Tests that found something an officer should look at."""
        return tuple(node for node in self.nodes if node.is_test and node.status == "warn")


def prepare_models(settings: Settings) -> None:
    """Parse the models once, so that each night starts from what dbt already knows of them.

    A night without it, or after a change of the models, parses what it needs itself and is only slower.
    Raises BuildError when the models cannot be parsed.
    """
    target = settings.dbt_project / "target"
    target.mkdir(exist_ok=True)
    status = _run_child(_command("parse", settings, target), _environment(settings), target / "prepare.log", target)
    if status != 0:
        raise BuildError(f"模型定义无法解析（状态 {status}）。详情见 {target / 'prepare.log'}。")


def run_dbt(
    warehouse: Path,
    work: Path,
    settings: Settings,
    lock: int | None = None,
    *,
    target: str = DUCKDB,
    environment: Mapping[str, str] = MappingProxyType({}),
) -> BuildResult:
    """Build and test every model into `warehouse`, a file named warehouse.duckdb; dbt's own files and log go to `work`.

    Another `target` of profiles.yml builds elsewhere, as `environment` tells it.

    The child is a process group of its own that inherits the lock `lock` and dies with us. A failing test is part
    of the result, for the gates to judge. Raises BuildError when a model could not be computed, DiskError when
    the disk was full.
    """
    artefacts, log = work / "dbt", work / "dbt.log"
    artefacts.mkdir(parents=True, exist_ok=True)
    parsed = settings.dbt_project / "target" / PARSED
    if parsed.is_file() and target == DUCKDB:
        shutil.copyfile(parsed, artefacts / PARSED)
    command = [*_command("build", settings, artefacts, target), "--exclude-resource-type", "unit_test"]
    status = _run_child(command, _environment(settings, environment), log, warehouse.parent, lock)
    nodes = tuple(_read_results(artefacts))
    broken = [node for node in nodes if not node.is_test and node.status == "error"]
    if not nodes or broken:
        raise _explain(status, broken, log, artefacts)
    if status not in (0, 1):
        raise BuildError(f"计算程序异常退出（状态 {status}）。详情见 {log}。")
    return BuildResult(nodes=nodes, target=artefacts)


def _environment(settings: Settings, added: Mapping[str, str] = MappingProxyType({})) -> dict[str, str]:
    """The same for every night of a machine on DuckDB: dbt parses anew when what its profile reads has changed."""
    return child_environment(SHOUWANG_MEMORY_LIMIT=settings.memory_limit, **added)


def _command(task: str, settings: Settings, artefacts: Path, target: str = DUCKDB) -> list[str]:
    """The dbt command line of one task; unit tests run in the project's tests, not at night."""
    return [
        sys.executable, "-m", "dbt.cli.main", "--no-use-colors", "--no-version-check", "--no-send-anonymous-usage-stats",
        "--log-level-file", "none", task, "--project-dir", str(settings.dbt_project), "--profiles-dir", str(settings.dbt_project),
        "--target", target, "--target-path", str(artefacts), "--log-path", str(artefacts),
        "--threads", str(settings.threads),
    ]  # fmt: skip


def _run_child(
    command: list[str], environment: dict[str, str], log: Path, folder: Path, lock: int | None = None
) -> int:
    """Run the command on a leash in `folder`; its exit status. The whole group is killed when we are interrupted.

    Raises BuildError when it does not end.
    """
    leashed = [sys.executable, "-I", leash.__file__, str(os.getpid()), *command]
    with log.open("wb") as output:
        child = subprocess.Popen(
            leashed,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd=folder,
            start_new_session=True,
            pass_fds=() if lock is None else (lock,),
        )
        try:
            return child.wait(_LONGEST.total_seconds())
        except BaseException as stop:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
            if isinstance(stop, subprocess.TimeoutExpired):
                raise BuildError(_told_late(log)) from stop
            raise


def _told_late(log: Path) -> str:
    """What is said of a build that was stopped because it did not end."""
    hours = int(_LONGEST.total_seconds() // 3600)
    return (
        f"计算超过 {hours} 小时没有结束，已停止。已发布的数据没有变动。"
        f"用 Spark 计算时多为执行进程内存不足、任务停住不动，请按用户指南“数据量大时：在 Spark 上运行”一页核对设置；停在哪一步见 {log}。"
    )


def _read_results(target: Path) -> Iterator[NodeResult]:
    """The nodes in dbt's run_results.json; nothing when dbt stopped before writing one."""
    file = target / "run_results.json"
    if not file.is_file():
        return
    results: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))["results"]
    for result in results:
        if result["unique_id"].startswith("operation.") and result["status"] == "success":
            continue  # a hook that went well is no table; one that did not has to stop the night
        yield NodeResult(
            unique_id=result["unique_id"],
            status=result["status"],
            failures=int(result.get("failures") or 0),
            seconds=float(result.get("execution_time") or 0),
        )


def _explain(status: int, broken: list[NodeResult], log: Path, target: Path) -> BuildError | DiskError:
    """A short Chinese fault for a build that did not get through; the log keeps dbt's words."""
    text = log.read_text(encoding="utf-8", errors="replace")
    if text_tells_disk_full(text):
        return DiskError("计算过程中磁盘空间不足。已发布的数据没有变动；请清出空间后再运行一次。")
    if broken:
        names = "、".join(node.name for node in broken[:5])
        return BuildError(f"有 {len(broken)} 张表没有算出来：{names}。详情见 {log}。")
    started = (target / "manifest.json").is_file()
    stage = "模型没有开始计算" if started else "模型定义无法解析"
    return BuildError(f"{stage}（状态 {status}）。详情见 {log}。")

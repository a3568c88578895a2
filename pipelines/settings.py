"""What the machine's administrator may set: the only place that reads the environment."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
ENGINES = ("duckdb", "spark", "spark_connect", "spark_thrift")

# No part of a night may phone home; these reach every child process.
_QUIET = {
    "DO_NOT_TRACK": "1",
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "DBT_VERSION_CHECK": "false",
    "GX_ANALYTICS_ENABLED": "false",
    "PYTHONUTF8": "1",
    "TZ": "Asia/Shanghai",
}


class SettingsError(Exception):
    """An environment variable with an impossible value; the message (Chinese) names it."""


@dataclass(frozen=True)
class Settings:
    """Where the county lies and how much of the machine a night may take.

    memory_limit is DuckDB's notation ("4GB"); threads counts worker threads of DuckDB and dbt; engine is the target
    of dbt_project/profiles.yml that a night's models are built on.
    """

    home: Path | None
    memory_limit: str
    threads: int
    dbt_project: Path = PROJECT / "dbt_project"
    full_faults: bool = False
    engine: str = ENGINES[0]

    @staticmethod
    def from_environment() -> Settings:
        """Read SHOUWANG_HOME, SHOUWANG_MEMORY, SHOUWANG_THREADS, SHOUWANG_ENGINE and SHOUWANG_FULL.

        Raises SettingsError with a Chinese message for a value that cannot be used.
        """
        home = os.environ.get("SHOUWANG_HOME", "")
        memory = os.environ.get("SHOUWANG_MEMORY", "") or _half_of_memory()
        threads = os.environ.get("SHOUWANG_THREADS", "") or str(os.cpu_count() or 1)
        if not re.fullmatch(r"[1-9][0-9]*(\.[0-9]+)?\s*[MG]B", memory):
            raise SettingsError(f"环境变量 SHOUWANG_MEMORY 的值“{memory}”不对：应写成 4GB、800MB 这样的形式。")
        if not re.fullmatch(r"[1-9][0-9]{0,2}", threads):
            raise SettingsError(f"环境变量 SHOUWANG_THREADS 的值“{threads}”不对：应为 1 到 999 的整数。")
        engine = os.environ.get("SHOUWANG_ENGINE", "") or ENGINES[0]
        if engine not in ENGINES:
            raise SettingsError(f"环境变量 SHOUWANG_ENGINE 的值“{engine}”不对：应为 {'、'.join(ENGINES)} 中的一个。")
        return Settings(
            home=Path(home) if home else None,
            memory_limit=memory,
            threads=int(threads),
            full_faults=os.environ.get("SHOUWANG_FULL", "") == "1",
            engine=engine,
        )


def child_environment(**added: str) -> dict[str, str]:
    """The environment of a child process: ours, with every telemetry switched off, plus `added`."""
    return {**os.environ, **_QUIET, **added}


def _half_of_memory() -> str:
    """Half of the machine's memory, at least 1 GB, in DuckDB's notation."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{max(1024, total // 2 // 2**20)}MB"

"""What can go wrong in a night, each with one code, one Chinese sentence and one exit status."""

from __future__ import annotations

import errno
import shutil
import traceback
from pathlib import Path

import duckdb

from pipelines.county import CountyFolderError
from pipelines.settings import SettingsError


class ShouwangError(Exception):
    """Something stopped the night; yesterday's warehouse stays published.

    `code` is for the handbook, `message` (Chinese) says what happened and what to do, `exit_status` is the
    command's. No message repeats a cell of a person's data.
    """

    code = "SW-1"
    exit_status = 1

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return f"[{self.code}] {self.message}"


class MistakeError(ShouwangError):
    """The person at the keyboard asked for something impossible."""

    code, exit_status = "SW-2", 2


class LockedError(ShouwangError):
    """Another run holds the county's lock."""

    code, exit_status = "SW-3", 3


class IntakeError(ShouwangError):
    """Department files could not be taken in at all."""

    code, exit_status = "SW-4", 4


class BuildError(ShouwangError):
    """The warehouse could not be computed."""

    code, exit_status = "SW-5", 5


class GateError(ShouwangError):
    """The warehouse was computed but may not be published."""

    code, exit_status = "SW-6", 6


class DiskError(ShouwangError):
    """The disk is full, or a file may not grow further."""

    code, exit_status = "SW-7", 7


class DamageError(ShouwangError):
    """A published or received file is not what it was when it was written."""

    code, exit_status = "SW-8", 8


def explain(error: BaseException) -> tuple[str, int]:
    """One Chinese sentence for any error, and its exit status.

    Of an unforeseen error only its kind and place are told, never its text: a library's may quote a person's cell.
    """
    if isinstance(error, ShouwangError):
        return str(error), error.exit_status
    if isinstance(error, (CountyFolderError, SettingsError)):
        return f"[{MistakeError.code}] {error}", MistakeError.exit_status
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if frame.filename.startswith(str(Path(__file__).parents[1]))] or frames
    place = f"{Path(ours[-1].filename).name} 第 {ours[-1].lineno} 行" if ours else "位置不明"
    return f"[{ShouwangError.code}] 程序内部出错（{type(error).__name__}，{place}）。请把这一行交给系统管理员。", 1


def disk_error(error: BaseException, home: Path) -> DiskError | None:
    """The DiskError behind an operating-system or DuckDB error, or None when the disk is not the cause."""
    os_full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    duckdb_full = isinstance(error, duckdb.Error) and text_tells_disk_full(str(error))
    if not (os_full or duckdb_full):
        return None
    free = shutil.disk_usage(home).free / 2**20
    return DiskError(
        f"磁盘空间不足，{home} 所在磁盘剩余 {free:.0f} MB。已发布的数据没有变动；请清出空间后再运行一次，不会重复也不会缺数。"
    )


def text_tells_disk_full(text: str) -> bool:
    """Whether an error text of DuckDB or dbt says that nothing more could be written."""
    signs = ("No space left on device", "File too large", "Disk quota exceeded", "max_temp_directory_size")
    return any(sign in text for sign in signs)

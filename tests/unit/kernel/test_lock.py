"""One writer for a county; the second is told who the first is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from pipelines.county import County
from pipelines.errors import LockedError
from pipelines.warehouse.lock import hold, lock_file, read_lake, rewrite_lake


@pytest.fixture
def county(tmp_path: Path) -> County:
    return County(home=tmp_path, name="样例县", region="350123", documents=("LY",))


def test_second_holder_is_told_who_what_and_since_when(county: County) -> None:
    with hold(county, "运行夜间任务"), pytest.raises(LockedError) as caught, hold(county, "回退"):
        pass
    assert f"进程号 {os.getpid()}" in str(caught.value)
    assert "运行夜间任务" in str(caught.value) and "[SW-3]" in str(caught.value)


def test_lock_is_free_after_the_block_and_after_an_exception(county: County) -> None:
    with pytest.raises(ZeroDivisionError), hold(county, "一"):
        raise ZeroDivisionError
    with hold(county, "二"):
        assert json.loads(lock_file(county).read_text(encoding="utf-8"))["action"] == "二"


def test_child_that_outlives_its_parent_still_holds_the_lock(county: County) -> None:
    with hold(county, "父进程") as descriptor:
        child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=(descriptor,))
    with pytest.raises(LockedError), hold(county, "另一个"):
        pass
    child.communicate(b"\n", timeout=10)
    with hold(county, "另一个"):
        pass


def test_dead_holder_whose_child_lives_is_said_so(county: County) -> None:
    with hold(county, "父进程") as descriptor:
        holder = json.loads(os.pread(descriptor, 4096, 0)) | {"pid": 2**22 + 1}
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(holder).encode(), 0)
        with pytest.raises(LockedError, match="已中断"), hold(county, "另一个"):
            pass


def test_the_lake_is_read_by_many_and_rewritten_by_one_alone(county: County) -> None:
    with read_lake(county, "试算一"), read_lake(county, "试算二"), hold(county, "运行夜间任务"):
        assert "试算二" in _refused(rewrite_lake(county, "更换密钥"))
    with rewrite_lake(county, "更换密钥"):
        assert "更换密钥" in _refused(read_lake(county, "试算"))
    with read_lake(county, "试算"):
        pass


def _refused(lock: AbstractContextManager[None]) -> str:
    """What is told when the lock cannot be had."""
    with pytest.raises(LockedError) as caught, lock:
        pass
    return str(caught.value)

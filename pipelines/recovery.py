"""Going back to an earlier night, proving that all is whole, and making the warehouse again from the lake alone."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipelines.audiences import audience_problems, grant
from pipelines.audit import audit_problems, record, records
from pipelines.county import County
from pipelines.errors import DamageError, MistakeError, ShouwangError
from pipelines.night import NightReport, Progress, run_night
from pipelines.settings import Settings
from pipelines.vault.rewrite import UNFINISHED, finish, is_pending
from pipelines.warehouse.extract import read_contents
from pipelines.warehouse.gates import ANALYST_FILE
from pipelines.warehouse.identity import code_version
from pipelines.warehouse.invariants import broken
from pipelines.warehouse.lake_check import lake_problems, mend_lake
from pipelines.warehouse.lock import hold
from pipelines.warehouse.manifest import Manifest, folder_damage
from pipelines.warehouse.publish import CURRENT, current_folder, make_current, published_folders


@dataclass(frozen=True)
class Restored:
    """A warehouse made again: the night's report, and how its state compares with the one on record.

    expected is the recorded state hash; changed says (Chinese) what has changed since the recorded state was made
    and may make the tables differ, "" for nothing.
    """

    report: NightReport
    expected: str
    changed: str


def roll_back(county: County, run_id: str | None = None) -> Path:
    """Make an earlier published night current again: the one named, or the one published before the current.

    Raises MistakeError when there is none, DamageError when it is damaged, LockedError when a run is on.
    """
    with hold(county, "回退到以前的一夜"):
        target = _rollback_target(county, run_id)
        damage = folder_damage(target)
        if damage:
            raise DamageError(f"{target.name} 已损坏，不能回退到它：{'；'.join(damage)}。")
        record(county, "rollback", target.name, state=Manifest.read(target).state)
        grant(county, target)
        make_current(county, target)
    return target


def _rollback_target(county: County, run_id: str | None) -> Path:
    """The folder to go back to."""
    folders = published_folders(county)
    if run_id is not None:
        named = [folder for folder in folders if folder.name == run_id]
        if not named:
            kept = "、".join(folder.name for folder in folders) or "无"
            raise MistakeError(f"没有名为“{run_id}”的一夜。现有：{kept}。")
        return named[0]
    current = current_folder(county)
    by_time = sorted((folder for folder in folders if not folder_damage(folder)), key=_published_at)
    earlier = [folder for folder in by_time if current is None or _published_at(folder) < _published_at(current)]
    if not earlier:
        raise MistakeError("没有更早的、完好的一夜可以回退。用 shouwang status 查看现有的各夜。")
    return earlier[-1]


def _published_at(folder: Path) -> str:
    """When a folder was published; a damaged manifest counts as never."""
    try:
        return Manifest.read(folder).published_at
    except DamageError:
        return ""


def verify(county: County, settings: Settings, progress: Progress) -> list[str]:
    """Every hash, account and signature the county has; returns what is wrong, in Chinese. Changes nothing."""
    progress("核对审计记录")
    problems = audit_problems(county)
    if is_pending(county):
        problems.append(UNFINISHED)
    progress("核对台账、入湖数据和原件")
    try:
        problems += [*broken(county), *lake_problems(county)]
    except ShouwangError as error:
        problems.append(error.message)
    current = current_folder(county)
    for folder in published_folders(county):
        progress(f"核对已发布的 {folder.name}")
        damage = folder_damage(folder)
        if folder != current:  # the current one's damage is among what is broken
            problems += [f"{folder.name}：{told}" for told in damage]
        elif not damage:
            manifest = Manifest.read(folder)
            if manifest.code_version == code_version(settings.dbt_project):
                progress("逐表读回当前数据")  # another version may hash rows otherwise; its files were compared above
                if read_contents(folder / ANALYST_FILE, county.work / "verify", settings) != manifest.tables:
                    problems.append(f"{folder.name}：各表内容与清单不一致")
        problems += audience_problems(county, folder)
    return problems


def mend(county: County, progress: Progress) -> None:
    """Make damaged lake files again from their originals, and drop damaged published folders.

    When the current one is damaged, the one published before it becomes current. Raises DamageError when an
    original is gone too, LockedError when a run is on.
    """
    with hold(county, "修复损坏的文件"):
        finish(county)
        for file in mend_lake(county, set()):
            progress(f"已按原件重做 {file} 的入湖数据")
        damaged = [folder for folder in published_folders(county) if folder_damage(folder)]
        if current_folder(county) in damaged:
            whole = sorted((folder for folder in published_folders(county) if folder not in damaged), key=_published_at)
            if whole:
                make_current(county, whole[-1])
                progress(f"current 现在指向完好的 {whole[-1].name}")
            else:
                (county.published / CURRENT).unlink()
        for folder in damaged:
            record(county, "discard", folder.name)
            shutil.rmtree(folder)
            progress(f"已移除损坏的 {folder.name}；再运行一次该日的夜间任务即可重做")


def restore(county: County, settings: Settings, progress: Progress) -> Restored:
    """Throw away published/ and work/ and make the last recorded night again from lake, ledger and keys.

    Raises MistakeError when nothing was ever published, and whatever a night raises.
    """
    published = [entry for entry in records(county) if entry["action"] == "publish"]
    if not published:
        raise MistakeError("审计记录中没有发布过的一夜，无从重做。请用 shouwang run 运行一夜。")
    last = published[-1]["facts"]
    with hold(county, "从数据湖重做"):
        shutil.rmtree(county.published, ignore_errors=True)
        shutil.rmtree(county.work, ignore_errors=True)
    as_of, known_on = date.fromisoformat(last["as_of"]), date.fromisoformat(last["known_on"])
    report = run_night(county, as_of, known_on, progress, settings)
    changed = "程序已不是当时的版本" if last["code"] != code_version(settings.dbt_project) else _rewritten_since(county)
    return Restored(report=report, expected=last["state"], changed=changed)


def _rewritten_since(county: County) -> str:
    """Whether the lake was rewritten on purpose between the last two publishes: by a new key, or for an erasure."""
    actions = [entry["action"] for entry in records(county)]
    *_, last, _ = [place for place, action in enumerate(actions) if action == "publish"]
    told = {"rotate": "其后更换过密钥", "erase": "其后依法删除过个人信息"}
    return "，".join(told[action] for action in dict.fromkeys(actions[last:]) if action in told)

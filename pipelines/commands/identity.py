"""`shouwang rotate` and `shouwang erase`: a new key, and a person taken out."""

from __future__ import annotations

from typing import Annotated

import typer

from pipelines.commands.options import HomeOption, open_county, show_step
from pipelines.county import County
from pipelines.errors import MistakeError
from pipelines.intake.person_key import county_key, pseudonym
from pipelines.intake.resident_id import canonical_id
from pipelines.settings import Settings
from pipelines.vault.erasure import erase as erase_person
from pipelines.vault.rotation import rotate as rotate_key


def rotate(home: HomeOption = None) -> None:
    """Make a new version of the county's key; the lake is keyed and sealed anew."""
    rotated = rotate_key(open_county(home))
    typer.echo(
        f"已启用第 {rotated.version} 版密钥，{rotated.files} 份文件的人员键和密文已重做。请立即备份 keys/。"
        "下一次夜间任务起，发布数据使用新的人员键；以前发布的各夜不变，仍可核对。"
    )


def erase(
    reason: Annotated[str, typer.Option("--reason", help="依据：申请编号或文号，记入台账和审计记录；不要写姓名。")],
    key: Annotated[
        str | None,
        typer.Option(
            "--key", help="人员键；不写则询问证件号码（输入时不显示，也不留在命令记录里）。", show_default=False
        ),
    ] = None,
    home: HomeOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="不再询问，直接删除。")] = False,
) -> None:
    """Erase one person from lake, vault, originals and published nights."""
    county = open_county(home)
    person_key = key or _asked_key(county)
    if not yes:
        typer.confirm(
            f"将永久删除人员键 {person_key} 的全部原始数据行、保险库内容和含该人的已发布各夜，不能恢复。继续吗？",
            abort=True,
        )
    erased = erase_person(county, person_key, reason, Settings.from_environment(), show_step)
    typer.echo(
        f"已删除 {erased.rows} 行，另有 {erased.blanked} 行抹去户主身份，涉及 {erased.files} 份文件；"
        f"移除含该人的已发布各夜 {len(erased.nights)} 个。收件账已注明“依法删除”。备份中的旧副本须另行删除。"
    )


def _asked_key(county: County) -> str:
    """The key of the person whose id number is asked for."""
    number = canonical_id(str(typer.prompt("证件号码", hide_input=True)).strip().upper())
    if not number:
        raise MistakeError("证件号码不对：应为 18 位（旧证 15 位）。请核对后重新输入。")
    return pseudonym(county_key(county), number)

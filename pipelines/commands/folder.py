"""`shouwang init`: making a county folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
import yaml

from expectations.contract import all_contracts
from pipelines.county import DOCUMENTS, County
from pipelines.errors import MistakeError

_PARAMETER_HEADER = "region_code,clause,parameter,value,unit,effective_from,effective_to,reference\n"


def init(
    folder: Annotated[Path, typer.Argument(help="要建立的县级目录。")],
    name: Annotated[str, typer.Option("--name", help="县（市、区）名称。")],
    region: Annotated[str, typer.Option("--region", help="6 位县级行政区划代码。")],
    documents: Annotated[
        str, typer.Option("--documents", help=f"适用文件，用逗号分开：{'、'.join(DOCUMENTS)} 中的一个或几个。")
    ],
) -> None:
    """Make a county folder: county.yml, one landing folder per form, an empty parameter file."""
    if (folder / "county.yml").exists():
        raise MistakeError(f"{folder} 已经是一个县级目录，没有改动它。")
    content = {
        "name": name,
        "region": region,
        "documents": [part for part in documents.replace("，", ",").split(",") if part],
    }
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / ".county.yml"
    draft.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    draft.rename(folder / "county.yml")
    try:
        county = County.open(folder)
    except Exception:
        (folder / "county.yml").unlink()
        raise
    for form in all_contracts():
        (county.landing / form).mkdir(parents=True, exist_ok=True)
    county.landing.chmod(0o750)  # department files name people; who may put them there is the administrator's to say
    county.policy.mkdir(exist_ok=True)
    (county.policy / "parameters.csv").write_text(_PARAMETER_HEADER, encoding="utf-8")
    typer.echo(
        f"已建立 {county.home}。请把各部门报表放入 {county.landing} 下对应的文件夹，然后运行 shouwang run --home {county.home}"
    )

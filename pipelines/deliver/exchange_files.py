"""FX-exchange: the lists that civil affairs, the poverty office and the disabled persons' federation give one another."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.deliver.identity import People
from pipelines.deliver.options import PaperOptions
from pipelines.deliver.paper import PaperColumn, PaperSheet
from pipelines.deliver.report_papers import numbered, report_sheet
from pipelines.deliver.source import Source

LABEL = "信息交换名单"
_WHERE = (
    PaperColumn("place", "序号", 6), PaperColumn("township", "乡镇", 13), PaperColumn("village", "村（社区）", 13),
    PaperColumn("household_no", "户编号", 15),
)  # fmt: skip
_PERSON = (PaperColumn("person_name", "姓名", 12), PaperColumn("person_id", "证件号码", 22))
_MATCHED = PaperColumn("is_matched", "比对上", 9)


@dataclass(frozen=True)
class _List:
    """One list: sheet name, title, query with household_no (and person_key where it is of persons), last columns."""

    name: str
    title: str
    query: str
    columns: tuple[PaperColumn, ...]
    is_of_persons: bool = True


_LISTS = (
    _List(
        "民政提供",
        "低保对象和特困人员名单（民政提供乡村振兴）",
        "SELECT roster.household_no, roster.person_key, roster.category AS kind, house.is_registered_poor AS is_matched"
        " FROM intermediate.int_roster_at AS roster JOIN marts.dim_household AS house"
        " ON roster.as_of = house.as_of AND roster.household_no = house.household_no"
        " WHERE roster.category IN ('农村低保', '城市低保', '特困供养')",
        (PaperColumn("kind", "救助类别", 14), _MATCHED),
    ),
    _List(
        "乡村振兴提供",
        "建档立卡人口名单（乡村振兴提供民政）",
        "SELECT person.household_no, person.person_key, house.is_on_dibao OR house.is_on_tekun AS is_matched"
        " FROM marts.dim_person AS person JOIN marts.dim_household AS house ON person.household_no = house.household_no"
        " WHERE house.is_registered_poor",
        (_MATCHED,),
    ),
    _List(
        "脱贫低保户收入",
        "脱贫低保对象家庭人均收入名单（乡村振兴提供民政）",
        "SELECT house.household_no, income.members, income.disposable_income_per_capita_yuan, income.income_status"
        " FROM marts.dim_household AS house JOIN marts.fct_household_income AS income"
        " ON house.household_no = income.household_no WHERE house.is_lifted AND house.is_on_dibao",
        (
            PaperColumn("head_name", "户主姓名", 12), PaperColumn("members", "人口", 8),
            PaperColumn("disposable_income_per_capita_yuan", "人均可支配收入\n（元）", 18, "right"),
            PaperColumn("income_status", "收入状态", 12),
        ),
        is_of_persons=False,
    ),
    _List(
        "残联提供",
        "持证残疾人名单（残联提供民政、乡村振兴）",
        "SELECT person.household_no, person.person_key, person.disability_level AS kind,"
        " house.is_registered_poor OR house.is_on_dibao OR house.is_on_tekun AS is_matched"
        " FROM marts.dim_person AS person JOIN marts.dim_household AS house ON person.household_no = house.household_no"
        " WHERE person.is_disabled",
        (PaperColumn("kind", "残疾等级", 12), _MATCHED),
    ),
)  # fmt: skip


def exchange_lists(source: Source, options: PaperOptions, people: People) -> list[PaperSheet]:
    """The four lists, each with the number listed and matched on the other side; none where FX is not adopted.

    Ids are on them only where the county allows ids on papers.
    """
    if source.frame("SELECT document FROM raw.county_document WHERE document = 'FX'").is_empty():
        return []
    places = source.frame("SELECT household_no, township_code, township, village FROM marts.dim_household")
    sheets = []
    for entry in _LISTS:
        rows = source.frame(entry.query).join(places, on="household_no", how="left")
        columns = (*_WHERE, *entry.columns)
        if entry.is_of_persons:
            rows = people.with_members(rows.unique())
            columns = (*_WHERE, *(_PERSON if options.show_id else _PERSON[:1]), *entry.columns)
        rows = people.with_heads(rows).sort(
            "township_code", "village", "household_no", *(["person_key"] if entry.is_of_persons else [])
        )
        note = f"提供 {rows.height} 条" + (
            f"，比对上 {rows['is_matched'].sum()} 条。" if "is_matched" in rows.columns else "。"
        )
        sheets.append(
            report_sheet(source, options, entry.name, columns, numbered(rows), title=entry.title, notes=(note,))
        )
    return sheets

"""A lake of any size for benchmarks: clean, typed rows as intake would have written them, for the forms that income rests on.

Rows are spread like a county's: 90 a household over 24 months. Nothing here is a county's data.
"""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from expectations.contract import load_contract
from pipelines.county import County
from pipelines.intake.key_reach import key_day
from pipelines.intake.lake import forms_file, vault_file, vault_name
from pipelines.intake.ledger import read_receipts
from pipelines.vault.key_ring import KeyRing
from pipelines.vault.seal import seal

MONTHS = 24
FIRST_MONTH = date(2021, 12, 1)
AS_OF = date(2023, 11, 30)

_SETUP = """
create macro pick(a, b, n) as (hash(a, b) % n)::bigint;
create view household as select h from range({households}) as households(h);
create view person as
select h as household, p as place, printf('p%010d%d', h, p) as person_key, pick(h, p, 100) as luck
from household, range(3) as places(p);
create table month as select (date '2021-12-01' + interval (m) month)::date as month, m from range(24) as months(m);
"""

_FORMS = {
    "registry_household": """
        select printf('%010d', h) as household_no, '632301' || printf('%03d', 100 + pick(h, 1, 12)) || printf('%03d', 200 + pick(h, 2, 20)) as region_code,
            '某乡' as township, '某村' as village, true as has_head_name, printf('p%010d0', h) as head_key, '一般农户' as household_kind,
            pick(h, 3, 10) = 0 as registered_poor, case when pick(h, 3, 10) = 0 then date '2019-12-31' end as lifted_on,
            false as legacy_4600, '常住' as residence, true as has_phone, true as has_account_no
        from household""",
    "registry_member": """
        select printf('%010d', household) as household_no, true as has_person_name, person_key,
            date '1980-01-01' + luck::integer as born_on, '男' as sex, case place when 0 then '户主' when 1 then '配偶' else '之子' end as relation, true as co_living,
            case when luck < 3 then '患有大病' else '健康' end as health,
            case when place < 2 then '普通劳动力' else '无劳动力' end as labour_ability, '完全自理' as self_care,
            null::varchar as school_status, false as veteran, true as wants_job
        from person""",
    "employment": """
        select person_key, true as has_person_name, month, '某厂' as employer, '县内务工' as job_kind,
            (100000 + luck * 3000 + m * 100)::bigint as wage_fen, '在岗' as status, null::date as lost_job_on
        from person, month where place = 0 or (place = 1 and luck < 40)""",
    "pension_payment": """
        select person_key, month, 18000::bigint as basic_pension_fen, 2000::bigint as account_pension_fen
        from person, month where place = 1 and luck >= 70""",
    "subsidy_payment": """
        select person_key, case when luck < 10 then '低保金' when luck < 60 then '耕地地力保护补贴' else '高龄津贴' end as item,
            (2000 + luck * 10)::bigint as amount_fen, month + 9 as paid_on
        from person, month where place = 0 and (luck < 10 or luck % 2 = 0)""",
    "assistance_roster": """
        select printf('%010d', household) as household_no, person_key, '农村低保' as category, false as single_person,
            date '2020-01-01' as started_on, null::date as stopped_on, 30000::bigint as monthly_amount_fen
        from person where place = 0 and luck < 10""",
    "disability_register": """
        select person_key, '肢体' as kind, '三级' as level, date '2018-05-01' as certified_on, true as living_subsidy, false as nursing_subsidy
        from person where place = 1 and luck < 5""",
    "medical_settlement": """
        select printf('m%s%d', person_key, m) as settlement_no, person_key, month + 14 as settled_on, '普通门诊' as visit_kind,
            true as has_diagnosis, 20000::bigint as total_cost_fen, 10000::bigint as basic_paid_fen, 0::bigint as major_paid_fen,
            0::bigint as aid_paid_fen, 0::bigint as other_paid_fen, 5000::bigint as self_paid_fen, (6000 + luck)::bigint as self_total_fen,
            true as in_province
        from person, month where pick(person_key, m, 12) = 0""",
    "school_enrolment": """
        select person_key, term::date as term, '小学' as stage, '在读' as status, 50000::bigint as fees_fen, 20000::bigint as aid_fen,
            '一般困难' as aid_tier
        from person, (values (date '2022-03-01'), (date '2022-09-01'), (date '2023-03-01'), (date '2023-09-01')) as terms(term)
        where place = 2 and luck < 40""",
    "income_survey": """
        select printf('%010d', h) as household_no, (date '2021-10-01' + interval (q * 3) month)::date as quarter,
            (300000 + pick(h, q, 700000))::bigint as wage_fen, pick(h, q + 10, 300000)::bigint as business_gross_fen,
            pick(h, q + 20, 100000)::bigint as business_cost_fen, pick(h, q + 30, 1000)::bigint as property_fen,
            pick(h, q + 40, 20000)::bigint as transfer_family_fen, pick(h, q + 50, 90000)::bigint as transfer_other_fen,
            pick(h, q + 60, 10000)::bigint as transfer_paid_fen, pick(h, q + 70, 9000)::bigint as employment_cost_fen,
            0::bigint as education_spend_fen, pick(h, q + 80, 40000)::bigint as medical_spend_fen, 0::bigint as disaster_spend_fen,
            '调查员' as surveyor, (date '2021-10-20' + interval (q * 3) month)::date as surveyed_on
        from household, range(9) as quarters(q)""",
    "standard_line": """
        select * from (values
            ('632301', '农村低保标准', 44000::bigint, '元/月', date '2021-07-01', date '2021-06-25', '样例1号'),
            ('632301', '城市低保标准', 69000::bigint, '元/月', date '2021-07-01', date '2021-06-25', '样例2号'),
            ('0', '国家扶贫标准', 400000::bigint, '元/年', date '2020-01-01', date '2020-01-10', '样例3号')
        ) as lines(region_code, line, amount_fen, unit, effective_from, published_on, document)""",
}
_FULL_LISTS = ("registry_household", "registry_member", "disability_register")
_PERIODS = {"assistance_roster": "2021-12"}
_DAY_OF = {
    "employment": "month",
    "pension_payment": "month",
    "subsidy_payment": "paid_on",
    "medical_settlement": "settled_on",
    "school_enrolment": "term",
    "income_survey": "quarter",
}  # of the forms that come month by month: the column that says of which month a row is


def _last_months(count: int) -> list[str]:
    """The last `count` months up to AS_OF's, the earliest first."""
    numbers = range(AS_OF.year * 12 + AS_OF.month - count, AS_OF.year * 12 + AS_OF.month)
    return [f"{number // 12}-{number % 12 + 1:02d}" for number in numbers]


def write_lake(home: Path, households: int, lists: int = 1) -> County:
    """A county folder with `households` households in its lake, ready for a night on AS_OF; a Parquet file per form and month.

    The registry's full lists are the same in each of the last `lists` months, each month with a receipt of its own.
    """
    for folder in ("landing", "policy", "lake/forms"):
        (home / folder).mkdir(parents=True)
    (home / "county.yml").write_text("name: 基准测试县\nregion: '632301'\ndocuments: [LS]\n", encoding="utf-8")
    connection = duckdb.connect()
    connection.execute(_SETUP.format(households=households))
    receipts: list[dict[str, object]] = []
    for form in _FORMS:
        written = _write_form(connection, form, home / "lake" / "forms" / form)
        if form in _FULL_LISTS:
            ((content, (_, *of_file)),) = written.items()
            told = [(content, period, *of_file) for period in _last_months(lists)]
        else:
            told = [(content, *of_file) for content, of_file in written.items()]
        receipts += [_receipt(form, *file) for file in told]
    lines = (
        json.dumps(receipt | {"seq": place, "order": place}) + "\n" for place, receipt in enumerate(receipts, start=1)
    )
    (home / "lake" / "ledger.jsonl").write_text("".join(lines), encoding="utf-8")
    connection.close()
    return County.open(home)


def _write_form(
    connection: duckdb.DuckDBPyConnection, form: str, folder: Path
) -> dict[str, tuple[str, int, tuple[str | None, str | None]]]:
    """Write the files of one form; of each content the period, the number of rows, and between which days their keys lie."""
    folder.mkdir()
    day = key_day(load_contract(form)) or "null"
    columns = ", ".join(name for name, _ in load_contract(form).lake_columns)
    period = f"strftime({_DAY_OF[form]}, '%Y-%m')" if form in _DAY_OF else f"'{_PERIODS.get(form, '2023-11')}'"
    connection.execute(
        f"copy (select {columns}, md5('{form}' || {period}) as _content, null::varchar as _sheet, (row_number() over ())::integer as _row,"  # noqa: S608 - our own names
        f" (hash({columns}) >> 1)::bigint as _row_hash, {period} as period from ({_FORMS[form]})) to '{folder}' (format parquet, partition_by (period))"
    )
    files = {}
    for part in sorted(folder.iterdir()):
        (file,) = part.iterdir()  # one a period: rows are written by one thread
        content, rows, *key_days = connection.execute(
            f"select any_value(_content), count(*), min({day})::varchar, max({day})::varchar from '{file}'"  # noqa: S608 - our own names
        ).fetchall()[0]
        file.rename(folder / f"{content}.parquet")
        part.rmdir()
        files[content] = (part.name.removeprefix("period="), rows, tuple(key_days))
    return files


def _receipt(
    form: str, content: str, period: str, rows: int, key_days: tuple[str | None, str | None]
) -> dict[str, object]:
    return {
        "event": "receipt", "file": f"{form}/{period}.csv", "form": form, "label": "", "department": "",
        "period": period, "period_start": f"{period}-01", "period_end": f"{period}-28", "content": content,
        "digest": content, "received_on": "2023-11-30", "received_at": "2023-11-30T00:00:00",
        "rows": rows, "loaded": rows, "rejected": 0, "sheet": None, "encoding": "utf-8", "remarks": [], "refused": None,
        "key_first": key_days[0], "key_last": key_days[1], "repeats_keys": False,
    }  # fmt: skip


def write_vault(county: County) -> None:
    """The secret columns of every file of `write_lake`, sealed: an invented name and id for each person, blank phones and accounts."""
    keys = KeyRing.of(county)
    for receipt in read_receipts(county):
        secret, target = load_contract(receipt.form).secret_columns, vault_file(county, receipt.form, receipt.content)
        if not secret or target.exists():
            continue
        person = next(column.lake_name for column in secret if column.lake_name.endswith("_key"))
        told = {"id": pl.col(person), "name": pl.lit("样") + pl.col(person).str.tail(7)}
        rows = pl.scan_parquet(forms_file(county, receipt.form, receipt.content)).select(
            "_content", "_sheet", "_row",
            *(told.get(column.id.rsplit("_")[-1], pl.lit(None, pl.String)).alias(column.id) for column in secret),
        )  # fmt: skip
        stream = io.BytesIO()
        rows.collect().write_parquet(stream)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(seal(stream.getvalue(), keys, vault_name(receipt.content)))

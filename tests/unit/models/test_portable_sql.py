"""The lint that keeps DuckDB and Spark equal must see one planted fault of each kind, and leave plain SQL alone."""

import pytest

from pipelines.settings import PROJECT
from tests.portable_sql import faults, main

PLANTED = [
    ("select income_fen / members from t", "money is divided"),
    ("select a from t order by b", "nulls first"),
    ("select row_number() over (order by b asc) from t", "nulls first"),
    ("select day + 3 * interval '1' month as due from t", "cast to a date"),
    ("select date_trunc('month', day) from t", "date_trunc"),
    ("select a::bigint from t", "::"),
    ("select a from t qualify row_number() over (order by b desc) = 1", "one engine only"),
    ("select [a, b] from t", "one engine only"),
    ("select {'a': a} from t", "one engine only"),
    ("select list_transform(a, x -> x + 1) from t", "one engine only"),
    ("select unnest(a) from t", "one engine only"),
    ("select a from t where a ilike 'x%'", "one engine only"),
    ("select * exclude (a) from t", "columns are listed"),
    ("select a, count(*) from t group by all", "group by names"),
    ("select distinct on (a) a, b from t", "distinct on"),
    ("select t.a from t anti join u on t.a = u.a", "anti join"),
    ("select t.a from t asof join u on t.a >= u.a", "as-of"),
    ("select t.a from t join u on t.a = (select max(a) from u)", "no subquery"),
    ('select t."use" from t', "double-quoted"),
    ("select concat(a, b) from t", "not known to be the same"),
    ("select strftime(day, '%Y') from t", "not known to be the same"),
    ("select regexp_replace(a, 'x', 'y') from t", "not known to be the same"),
    ("select round(a, 2) from t", "not known to be the same"),
    ("select arg_max(a, b) from t", "not known to be the same"),
]


@pytest.mark.parametrize(("sql", "said"), PLANTED, ids=[said + ": " + sql[:40] for sql, said in PLANTED])
def test_planted_fault_is_seen(sql: str, said: str) -> None:
    assert any(said in fault for fault in faults(sql))


@pytest.mark.parametrize(
    "sql",
    [
        "select (2 * a + b) // (2 * b) from t",
        "select cast(a as double) / nullif(cast(b as double), 0) from t",
        "select cast(day + (-3) * interval '1' month as date) from t",
        "select cast(date_trunc('quarter', day) as date) from t",
        "select row_number() over (partition by a order by b desc, c nulls first, d nulls last) from t",
        "select string_agg(a, ';' order by b, c) from t",
        "select t.a from t inner join u on t.a = u.a where not exists (select 1 from v where v.a = t.a)",
        "select coalesce(a, '') || b, sum(c), max(d) from t group by a, b",
    ],
)
def test_plain_sql_is_left_alone(sql: str) -> None:
    assert list(faults(sql)) == []


def test_folder_without_models_is_no_clean_folder(tmp_path) -> None:
    with pytest.raises(SystemExit):
        main(tmp_path)


def test_types_are_spelled_as_both_engines_spell_them():
    files = [
        file for file in (PROJECT / "dbt_project").rglob("*.yml") if "target" not in file.relative_to(PROJECT).parts
    ]
    assert len(files) > 10
    assert [file.name for file in files if "varchar" in file.read_text("utf-8")] == []  # Spark asks for its length

"""The rules as one hand-written DuckDB query."""

from __future__ import annotations

from pathlib import Path

import duckdb

QUERY = """
with employment as (
    select person_key, month, wage_fen from read_parquet('{lake}/employment/*.parquet')
    {correction}row_number() over (partition by person_key, month, employer order by _content desc, _row desc) = 1
),
pension as (
    select person_key, month, basic_pension_fen + account_pension_fen as fen from read_parquet('{lake}/pension_payment/*.parquet')
    {correction}row_number() over (partition by person_key, month order by _content desc, _row desc) = 1
),
subsidy as (
    select person_key, date_trunc('month', paid_on)::date as month, item, amount_fen as fen from read_parquet('{lake}/subsidy_payment/*.parquet')
    {correction}row_number() over (partition by person_key, item, paid_on order by _content desc, _row desc) = 1
),
roster as (
    select person_key, monthly_amount_fen as fen from read_parquet('{lake}/assistance_roster/*.parquet')
    where category in ('农村低保', '城市低保') and started_on <= date '2023-11-30' and stopped_on is null
    {correction}row_number() over (partition by person_key, household_no, category, started_on order by _content desc, _row desc) = 1
),
medical as (
    select person_key, date_trunc('month', settled_on)::date as month, self_total_fen as fen
    from read_parquet('{lake}/medical_settlement/*.parquet')
    {correction}row_number() over (partition by settlement_no order by _content desc, _row desc) = 1
),
schooling as (
    select person_key, term as month, greatest(fees_fen - aid_fen, 0) as fen from read_parquet('{lake}/school_enrolment/*.parquet')
    {correction}row_number() over (partition by person_key, term order by _content desc, _row desc) = 1
),
disabled as (select distinct person_key from read_parquet('{lake}/disability_register/*.parquet')),
member as (
    select household_no, person_key, disabled.person_key is not null as is_disabled
    from (
        select household_no, person_key from read_parquet('{lake}/registry_member/*.parquet') where co_living is distinct from false
        {correction}row_number() over (partition by household_no, person_key order by _content desc, _row desc) = 1
    ) left join disabled using (person_key)
),
household as (
    select household_no, region_code from read_parquet('{lake}/registry_household/*.parquet')
    {correction}row_number() over (partition by household_no order by _content desc, _row desc) = 1
),
survey as (
    select * from read_parquet('{lake}/income_survey/*.parquet')
    {correction}row_number() over (partition by household_no, quarter order by _content desc, _row desc) = 1
),
month as (
    select (date '2021-12-01' + interval (m) month)::date as month, if(m < 12, 'previous', 'current') as income_window,
        date_trunc('quarter', date '2021-12-01' + interval (m) month)::date as quarter
    from range(24) t(m)
),
quarter as (select income_window, quarter, count(*) as months from month group by all),
recorded as (
    select household_no, income_window, quarter, sum(wage) as wage, sum(pension) as pension, sum(paid) as paid, sum(listed) as listed,
        sum(other) as other, sum(aided) as aided, sum(if(is_disabled, 0, medical)) as illness, sum(if(is_disabled, medical, 0)) as disability, sum(schooling) as schooling
    from (
        select person_key, month, wage_fen as wage, 0 as pension, 0 as paid, 0 as listed, 0 as other, 0 as aided, 0 as medical, 0 as schooling
        from employment
        union all select person_key, month, 0, fen, 0, 0, 0, 0, 0, 0 from pension
        union all
        select person_key, month, 0, 0, if(item = '低保金', fen, 0), 0, if(item <> '低保金', fen, 0), if(item = '高龄津贴', fen, 0), 0, 0 from subsidy
        union all select person_key, month, 0, 0, 0, fen, 0, 0, 0, 0 from roster, month
        union all select person_key, month, 0, 0, 0, 0, 0, 0, fen, 0 from medical
        union all select person_key, month, 0, 0, 0, 0, 0, 0, 0, fen from schooling
    ) join member using (person_key) join month using (month)
    group by all
),
declared as (
    select household_no, income_window, quarter, months, survey.* exclude (household_no, quarter)
    from survey join quarter using (quarter)
),
summed as (
    select household_no, income_window, sum(coalesce(months, 0)) as months_covered,
        sum(greatest(coalesce(r.wage, 0) * 3, coalesce(wage_fen * months, 0))) as wage,
        sum(coalesce(business_gross_fen * months, 0)) as gross, sum(coalesce(business_cost_fen * months, 0)) as cost,
        sum(coalesce(property_fen * months, 0)) as property,
        sum(greatest(3 * (coalesce(pension, 0) + greatest(coalesce(paid, 0), coalesce(listed, 0)) + coalesce(other, 0)),
            coalesce(transfer_other_fen * months, 0))) as public,
        sum(coalesce(transfer_family_fen * months, 0)) as family, sum(coalesce(transfer_paid_fen * months, 0)) as paid,
        sum(greatest(coalesce(r.paid, 0), coalesce(listed, 0)) + coalesce(aided, 0)) as excluded,
        sum(greatest(3 * coalesce(illness, 0), coalesce(medical_spend_fen * months, 0) - 3 * coalesce(disability, 0))) as illness,
        sum(3 * coalesce(disability, 0)) as disability,
        sum(greatest(3 * coalesce(schooling, 0), coalesce(education_spend_fen * months, 0))) as schooling,
        sum(coalesce(disaster_spend_fen * months, 0)) as disaster,
        sum(coalesce(illness, 0) + coalesce(disability, 0)) as medical_borne
    from recorded r full join declared using (household_no, income_window, quarter)
    group by all
),
leaf as (
    select household_no, region_code, income_window, members, months_covered, (2 * wage + 3) // 6 as wage_fen, (2 * gross + 3) // 6 as business_gross_fen,
        (2 * cost + 3) // 6 as business_cost_fen, (2 * property + 3) // 6 as property_fen, (2 * public + 3) // 6 as transfer_public_fen,
        (2 * family + 3) // 6 as transfer_family_fen, (2 * paid + 3) // 6 as transfer_paid_fen, excluded as excluded_assistance_fen,
        (2 * illness + 3) // 6 as rigid_illness_fen, (2 * disability + 3) // 6 as rigid_disability_fen, (2 * schooling + 3) // 6 as rigid_schooling_fen,
        (2 * disaster + 3) // 6 as rigid_disaster_fen, medical_borne as medical_borne_fen
    from household join (select household_no, count(*) as members from member group by all) using (household_no)
    join summed using (household_no)
),
total as (
    select *, business_gross_fen - business_cost_fen as net_business_fen, transfer_public_fen + transfer_family_fen as transfer_received_fen,
        transfer_received_fen - transfer_paid_fen as net_transfer_fen,
        wage_fen + net_business_fen + property_fen + net_transfer_fen as disposable_income_fen,
        wage_fen + net_business_fen + property_fen + transfer_received_fen as net_income_fen,
        wage_fen + business_gross_fen + property_fen + transfer_received_fen as total_income_fen,
        rigid_illness_fen + rigid_disability_fen + rigid_schooling_fen + rigid_disaster_fen as rigid_spending_fen,
        disposable_income_fen - excluded_assistance_fen as assessed_income_fen, disposable_income_fen - rigid_spending_fen as after_rigid_income_fen
    from leaf
)
select *, if(months_covered = 0, '待定', if(months_covered < 12, '部分', '完整')) as income_status,
    sign(wage_fen) * ((2 * abs(wage_fen) + members) // (2 * members)) as wage_per_capita_fen,
    sign(net_business_fen) * ((2 * abs(net_business_fen) + members) // (2 * members)) as net_business_per_capita_fen,
    sign(property_fen) * ((2 * abs(property_fen) + members) // (2 * members)) as property_per_capita_fen,
    sign(net_transfer_fen) * ((2 * abs(net_transfer_fen) + members) // (2 * members)) as net_transfer_per_capita_fen,
    sign(disposable_income_fen) * ((2 * abs(disposable_income_fen) + members) // (2 * members)) as disposable_income_per_capita_fen,
    sign(net_income_fen) * ((2 * abs(net_income_fen) + members) // (2 * members)) as net_income_per_capita_fen,
    sign(total_income_fen) * ((2 * abs(total_income_fen) + members) // (2 * members)) as total_income_per_capita_fen,
    sign(assessed_income_fen) * ((2 * abs(assessed_income_fen) + members) // (2 * members)) as assessed_income_per_capita_fen,
    sign(after_rigid_income_fen) * ((2 * abs(after_rigid_income_fen) + members) // (2 * members)) as after_rigid_income_per_capita_fen
from total
"""


def answer(lake: Path, target: Path, threads: int, with_corrections: bool) -> None:
    """Write the answer; with corrections, of several rows with one key the row received last counts, as the product has it."""
    query = QUERY.format(lake=lake, correction="qualify " if with_corrections else "-- ")
    connection = duckdb.connect(config={"threads": threads, "memory_limit": "8GB", "preserve_insertion_order": False})
    connection.sql(query).write_parquet(str(target))
    connection.close()

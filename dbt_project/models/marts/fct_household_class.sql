with ranked as (
    select
        findings.*,
        -- 低保线下脱贫户 rests on the income of a calendar year, whatever is known of the year to D.
        case when findings.subject = '低保线下脱贫户' then states.net_year_income_status else states.income_status end as income_status,
        row_number() over (
            partition by findings.household_no, findings.document
            order by case findings.subject
                when '特困户' then 1 when '低保户' then 2 when '低保边缘户' then 3 when '支出型贫困家庭' then 4 when '原4600元以下' then 5
            end nulls last
        ) as kind_order
    from {{ ref('fct_finding') }} as findings
    inner join {{ ref('int_household_state') }} as states
        on findings.as_of = states.as_of and findings.household_no = states.household_no
    where findings.kind = 'class'
)

select
    household_no,
    person_key,
    as_of,
    document,
    subject as class_name,
    clause,
    basis,
    measured_name as figure_name,
    measured_value as figure,
    threshold_name as line_name,
    threshold_value as line,
    threshold_region as line_region,
    threshold_reference as line_document,
    cast(measured_value - threshold_value as decimal(18, 2)) as distance,
    income_status,
    case when document = 'LS' then kind_order = 1 end as is_leading,
    evidence
from ranked

-- LY-verify: for each household that applies to enter: property and income that the comparison found, what contradicts the survey,
-- and whether the comparison was done before the county approved.
with applicant as (
    select
        cases.as_of,
        cases.household_no,
        cases.region_code,
        min(case when cases.is_approved then cases.reached_on end) as approved_on
    from {{ ref('int_case') }} as cases
    where cases.document = 'LY' and cases.purpose = '纳入' and not cases.is_refused
    group by cases.as_of, cases.household_no, cases.region_code
),

checked as (
    select
        applicant.household_no,
        min(checks.checked_on) as first_checked_on,
        max(case when checks.checked_on >= day.first_month then coalesce(checks.fund_monthly_fen, 0) else 0 end) as fund_fen
    from applicant
    inner join {{ ref('int_day') }} as day on applicant.as_of = day.as_of
    inner join {{ ref('int_member_at') }} as members
        on applicant.as_of = members.as_of and applicant.household_no = members.household_no
    inner join {{ ref('stg_financial_check') }} as checks
        on members.person_key = checks.person_key and checks.checked_on <= applicant.as_of
    group by applicant.household_no
),

firm as (
    select distinct members.household_no
    from (
        select
            register.person_key, register.status,
            row_number() over (partition by register.credit_code order by register._period desc) as newest
        from {{ ref('stg_business_register') }} as register
        inner join {{ ref('int_day') }} as day on register._period <= day.as_of
    ) as versions
    inner join {{ ref('int_member_at') }} as members on versions.person_key = members.person_key
    inner join {{ ref('int_day') }} as day on members.as_of = day.as_of
    where versions.newest = 1 and versions.status = '存续'
),

state_now as (
    select
        applicant.*,
        states.has_car,
        states.has_firm,
        states.has_homes,
        states.has_deposits,
        states.income_status,
        coalesce(property.deposits_fen, 0) as deposits_fen,
        incomes.wage_fen,
        incomes.business_gross_fen,
        checked.first_checked_on,
        coalesce(checked.fund_fen, 0) as fund_fen,
        firm.household_no is not null as has_business
    from applicant
    inner join {{ ref('int_household_state') }} as states
        on applicant.as_of = states.as_of and applicant.household_no = states.household_no
    inner join {{ ref('int_household_income') }} as incomes
        on applicant.as_of = incomes.as_of
            and applicant.household_no = incomes.household_no
            and incomes.income_window = 'current'
    left join {{ ref('int_property_at') }} as property
        on applicant.as_of = property.as_of and applicant.household_no = property.household_no
    left join checked on applicant.household_no = checked.household_no
    left join firm on applicant.household_no = firm.household_no
),

judged as (
    select
        state_now.*, '核对发现财产' as subject,
        {{ branches([('has_car', 'car'), ('has_firm', 'firm'), ('has_homes', 'homes'), ('has_deposits', 'deposits')]) }} as basis,
        '申请户核对结果：' || {{ said_branches([
            ('has_car', '有小型汽车'), ('has_firm', '有存续企业'), ('has_homes', '有两处以上住宅'), ('has_deposits', '存款超限'),
        ]) }} || '，存款和理财合计 ' || {{ yuan_said('deposits_fen') }} as evidence
    from state_now
    where has_car or has_firm or has_homes or has_deposits
    union all
    select
        state_now.*, '核对与申报不符' as subject,
        {{ branches([('fund_fen > 0 and wage_fen = 0', 'fund_without_wage'), ('has_business and business_gross_fen = 0', 'firm_without_income')]) }}
            as basis,
        {{ said_branches([
            ('fund_fen > 0 and wage_fen = 0', '缴存公积金而无工资收入'),
            ('has_business and business_gross_fen = 0', '有存续市场主体而无经营收入'),
        ]) }} as evidence
    from state_now
    where income_status <> '待定'
        and ((fund_fen > 0 and wage_fen = 0) or (has_business and business_gross_fen = 0))
    union all
    select
        state_now.*, '审批前未核对' as subject, 'not_compared' as basis,
        case
            when first_checked_on is null then '没有金融资产与公积金核对记录'
            else '首次核对 ' || {{ day_text('first_checked_on') }} || '，晚于审批'
        end || '，县级审批于 ' || {{ day_text('approved_on') }} || ' 通过' as evidence
    from state_now
    where approved_on is not null and (first_checked_on is null or first_checked_on > approved_on)
    union all
    select
        state_now.*, '待核对' as subject, 'to_compare' as basis, '程序进行中，尚无金融资产与公积金核对记录' as evidence
    from state_now
    where approved_on is null and first_checked_on is null
)

select
    {{ finding(
        rule="'conflict_ly_verify'", kind="'conflict'", document="'LY'", clause="'LY-verify'", subject='state.subject', basis='state.basis',
        department="'民政'", evidence='state.evidence', unit='null'
    ) }}
from judged as state

-- Which side of each comparison counted, as int_income_quarter decided it; of equal sides the recorded one.
with side as (
    select
        published.as_of,
        published.household_no,
        published.region_code,
        quarters.household_quarter,
        quarters.quarter,
        quarters.wage_thirds = quarters.wage_recorded as is_wage_recorded,
        quarters.transfer_public_thirds = quarters.transfer_public_recorded as is_transfer_recorded,
        quarters.illness_thirds > quarters.illness_recorded as is_illness_declared,
        quarters.schooling_thirds = quarters.schooling_recorded as is_schooling_recorded,
        quarters.disaster_thirds = quarters.disaster_recorded as is_disaster_recorded,
        quarters.is_dibao_paid,
        quarters.is_tekun_paid
    from {{ ref('int_income_quarter') }} as quarters
    inner join {{ ref('int_published_household') }} as published on quarters.household_id = published.household_id
    where quarters.income_window = 'current' and {{ in_slice('quarters.household_id') }}
),

excluded_kind as (
    select distinct exclusions.kind
    from {{ ref('assessed_income_exclusion') }} as exclusions
    inner join {{ source('raw', 'county_document') }} as adopted on exclusions.document = adopted.document
    cross join {{ source('raw', 'run') }} as run
    where exclusions.effective_from <= run.as_of
        and (exclusions.effective_to is null or exclusions.effective_to >= run.as_of)
),

person_record as (
    select
        'employment' as form, 'wage' as item, 'wage' as component, job_kind as detail, cast(null as {{ dbt.type_string() }}) as kind,
        person_key, month, wage_fen as amount_fen, _receipt, _sheet, _row
    from {{ ref('stg_employment') }}
    union all
    select
        'pension_payment' as form, 'transfer_public' as item, 'basic_pension' as component, '基础养老金' as detail, null as kind,
        person_key, month, basic_pension_fen as amount_fen, _receipt, _sheet, _row
    from {{ ref('stg_pension_payment') }}
    union all
    select
        'pension_payment' as form, 'transfer_public' as item, 'account_pension' as component, '个人账户养老金' as detail, null as kind,
        person_key, month, account_pension_fen as amount_fen, _receipt, _sheet, _row
    from {{ ref('stg_pension_payment') }}
    union all
    select
        'subsidy_payment' as form,
        case when kinds.is_income then 'transfer_public' else 'not_income' end as item,
        case kinds.set_off_with_roster when '低保金' then 'dibao_payment' when '特困供养金' then 'tekun_payment' else 'subsidy' end
            as component,
        coalesce(items.item, '其他') as detail, kinds.kind,
        payments.person_key, {{ month_start('payments.paid_on') }} as month, payments.amount_fen,
        payments._receipt, payments._sheet, payments._row
    from {{ ref('stg_subsidy_payment') }} as payments
    left join {{ ref('subsidy_item') }} as items on payments.item = items.item
    inner join {{ ref('subsidy_kind') }} as kinds on coalesce(items.kind, '其他') = kinds.kind
    union all
    select
        'assistance_roster' as form, 'transfer_public' as item,
        case kinds.set_off_with_roster when '低保金' then 'dibao_roster' when '特困供养金' then 'tekun_roster' else 'roster' end
            as component,
        coalesce(roster.category, '类别未填') as detail, kinds.kind,
        roster.person_key, roster.month, roster.amount_fen, roster._receipt, roster._sheet, roster._row
    from {{ ref('int_roster_month') }} as roster
    inner join {{ ref('subsidy_kind') }} as kinds on roster.kind = kinds.kind
    union all
    select
        'medical_settlement' as form, 'rigid_illness' as item, 'medical' as component, visit_kind as detail, null as kind,
        person_key, {{ month_start('settled_on') }} as month, self_total_fen as amount_fen, _receipt, _sheet, _row
    from {{ ref('stg_medical_settlement') }}
    union all
    select
        'school_enrolment' as form, 'rigid_schooling' as item, 'schooling' as component, stage as detail, null as kind,
        person_key, term as month, greatest(coalesce(fees_fen, 0) - coalesce(aid_fen, 0), 0) as amount_fen, _receipt, _sheet, _row
    from {{ ref('stg_school_enrolment') }}
),

-- Employment cost by kind of job: two jobs of a person in a month count once, by the larger amount.
job_cost as (
    select
        'employment' as form, 'employment_cost' as item, 'job_cost' as component, job_kind as detail,
        cast(null as {{ dbt.type_string() }}) as kind, person_key, month, amount_fen, _receipt, _sheet, _row
    from (
        select
            jobs.job_kind,
            jobs.person_key,
            jobs.month,
            cast(cast(amounts.value as decimal(18, 2)) * 100 as bigint) as amount_fen,
            jobs._receipt,
            jobs._sheet,
            jobs._row,
            row_number() over (
                partition by jobs.person_key, jobs.month
                order by cast(amounts.value as decimal(18, 2)) desc, jobs._receipt asc nulls last, jobs._sheet asc nulls first, jobs._row asc nulls last
            ) as choice
        from {{ ref('stg_employment') }} as jobs
        inner join {{ ref('int_member_at') }} as members
            on jobs.person_key = members.person_key and {{ in_slice('members.household_id') }}
        inner join {{ ref('int_published_household') }} as published
            on members.as_of = published.as_of and members.household_no = published.household_no
        inner join {{ ref('int_parameter_at') }} as amounts
            on published.as_of = amounts.as_of
                and published.region_code = amounts.region_code
                and amounts.clause = 'FX-jobcost'
                and amounts.parameter = 'monthly_amount.' || jobs.job_kind
        inner join {{ source('raw', 'county_document') }} as adopted on adopted.document = 'FX'
        where jobs.status = '在岗'
    ) as jobs
    where choice = 1
),

recorded as (
    select
        members.household_id + windows.slot as household_quarter,
        records.person_key,
        'recorded' as origin,
        records.form,
        case when records.component = 'medical' and members.is_disabled then 'rigid_disability' else records.item end as item,
        records.component,
        records.detail,
        records.kind,
        windows.month,
        1 as months,
        records.amount_fen,
        records._receipt,
        records._sheet,
        records._row
    from (
        select * from person_record
        union all
        select * from job_cost
    ) as records
    inner join {{ ref('int_member_at') }} as members
        on records.person_key = members.person_key and {{ in_slice('members.household_id') }}
    inner join {{ ref('int_window_month') }} as windows
        on members.as_of = windows.as_of and windows.income_window = 'current' and records.month = windows.month
    where records.amount_fen is not null
    union all
    select
        households.household_id + windows.slot as household_quarter, null as person_key, 'recorded' as origin,
        'disaster_loss' as form, 'rigid_disaster' as item, 'disaster' as component, losses.kind as detail, null as kind,
        windows.month, 1 as months,
        greatest(coalesce(losses.loss_fen, 0) - coalesce(losses.compensation_fen, 0), 0) as amount_fen,
        losses._receipt, losses._sheet, losses._row
    from {{ ref('stg_disaster_loss') }} as losses
    inner join {{ ref('int_household_at') }} as households
        on losses.household_no = households.household_no and {{ in_slice('households.household_id') }}
    inner join {{ ref('int_window_month') }} as windows
        on households.as_of = windows.as_of
            and windows.income_window = 'current'
            and {{ month_start('losses.happened_on') }} = windows.month
),

survey as (
    select side.household_quarter, windows.months, surveys.*
    from side
    inner join {{ ref('int_window_quarter') }} as windows
        on side.as_of = windows.as_of and windows.income_window = 'current' and side.quarter = windows.quarter
    inner join {{ ref('stg_income_survey') }} as surveys
        on side.household_no = surveys.household_no and side.quarter = surveys.quarter
),

-- A survey row's cells, one below the other; a blank cell is left out.
declared as (
    select
        cells.household_quarter,
        cast(null as {{ dbt.type_string() }}) as person_key,
        'declared' as origin,
        'income_survey' as form,
        cells.item,
        'survey' as component,
        cells.detail,
        cast(null as {{ dbt.type_string() }}) as kind,
        cast(null as date) as month,
        cells.months,
        cells.amount_fen,
        cells._receipt,
        cells._sheet,
        cells._row
    from (
        {%- set cells = [
            ('wage_fen', 'wage', '工资性收入'),
            ('business_gross_fen', 'business_gross', '生产经营性收入'),
            ('business_cost_fen', 'business_cost', '生产经营性支出'),
            ('property_fen', 'property', '财产性收入'),
            ('transfer_other_fen', 'transfer_public', '其他转移性收入'),
            ('transfer_family_fen', 'transfer_family', '赡养抚养收入'),
            ('transfer_paid_fen', 'transfer_paid', '转移性支出'),
            ('employment_cost_fen', 'employment_cost', '就业成本'),
            ('medical_spend_fen', 'rigid_illness', '医疗支出'),
            ('education_spend_fen', 'rigid_schooling', '教育支出'),
            ('disaster_spend_fen', 'rigid_disaster', '灾害事故支出'),
        ] %}
        {%- for cell, item, label in cells %}
        select household_quarter, months, '{{ item }}' as item, '{{ label }}' as detail, {{ cell }} as amount_fen, _receipt, _sheet, _row
        from survey
        where {{ cell }} is not null
        {%- if not loop.last %}
        union all
        {%- endif %}
        {%- endfor %}
    ) as cells
),

adopted as (
    select max(case when document = 'TR' then 1 else 0 end) = 1 as has_tr
    from {{ source('raw', 'county_document') }}
)

select
    side.household_no,
    side.as_of,
    side.quarter,
    sources.month,
    sources.item,
    sources.origin,
    sources.component,
    sources.detail,
    sources.kind as subsidy_kind,
    sources.person_key,
    {{ yuan('sources.amount_fen') }} as amount_yuan,
    sources.months,
    case
        when sources.item = 'not_income' then false
        when sources.item = 'wage' then side.is_wage_recorded = (sources.origin = 'recorded')
        when sources.item = 'employment_cost' then adopted.has_tr = (sources.origin = 'declared')
        when sources.item = 'rigid_illness' then side.is_illness_declared = (sources.origin = 'declared')
        when sources.item = 'rigid_schooling' then side.is_schooling_recorded = (sources.origin = 'recorded')
        when sources.item = 'rigid_disaster' then side.is_disaster_recorded = (sources.origin = 'recorded')
        when sources.item <> 'transfer_public' then true
        when side.is_transfer_recorded <> (sources.origin = 'recorded') then false
        when sources.component = 'dibao_payment' then side.is_dibao_paid
        when sources.component = 'dibao_roster' then not side.is_dibao_paid
        when sources.component = 'tekun_payment' then side.is_tekun_paid
        when sources.component = 'tekun_roster' then not side.is_tekun_paid
        else true
    end as is_counted,
    case
        when sources.item <> 'transfer_public' then false
        when sources.component = 'basic_pension' then exclusions.month is not null
        when excluded_kind.kind is null then false
        when sources.component = 'dibao_payment' then side.is_dibao_paid
        when sources.component = 'dibao_roster' then not side.is_dibao_paid
        when sources.component = 'tekun_payment' then side.is_tekun_paid
        when sources.component = 'tekun_roster' then not side.is_tekun_paid
        else true
    end as is_left_out_of_assessed,
    sources.form,
    receipts.file as source_file,
    sources._sheet as source_sheet,
    sources._row as source_row
from (
    select * from recorded
    union all
    select * from declared
) as sources
inner join side on sources.household_quarter = side.household_quarter
inner join {{ source('raw', 'receipt') }} as receipts on sources._receipt = receipts.seq
cross join adopted
left join excluded_kind on sources.kind = excluded_kind.kind
left join {{ ref('int_pension_exclusion') }} as exclusions
    on side.region_code = exclusions.region_code and sources.month = exclusions.month

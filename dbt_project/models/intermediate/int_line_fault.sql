-- One row per region and fault of its lines or parameters that forbids publishing for it: a floor broken, a line missing, two amounts
-- for one start, two values of a parameter in force on D, a parameter whose rows leave D out.
with day as (
    select as_of from {{ ref('int_as_of') }} where is_day
),

-- FX-floor: a rural dibao standard in force on D below the national poverty standard in force on D.
floor_broken as (
    select
        lines.region_code,
        lines.line,
        'FX-floor' as clause,
        '区划 ' || lines.region_code || ' 的农村低保标准 ' || {{ yuan_text('lines.line_fen_per_year') }} || ' 元/年（'
        || coalesce(lines.document, '无文号') || '）低于 ' || cast(day.as_of as {{ dbt.type_string() }}) || ' 的国家扶贫标准 '
        || {{ yuan_text('nation.line_fen_per_year') }} || ' 元/年' as message,
        lines.line_fen_per_year as line_fen,
        nation.line_fen_per_year as national_fen
    from {{ ref('int_line') }} as lines
    cross join day
    inner join {{ ref('int_line') }} as nation
        on nation.region_code = '0'
            and nation.line = '国家扶贫标准'
            and nation.effective_from <= day.as_of
            and (nation.effective_to is null or nation.effective_to >= day.as_of)
    where lines.line = '农村低保标准'
        and lines.effective_from <= day.as_of
        and (lines.effective_to is null or lines.effective_to >= day.as_of)
        and lines.line_fen_per_year < nation.line_fen_per_year
),

needed as (
    select '农村低保标准' as line, '农村低保标准' as asked
    union all
    select '省定贫困线' as line, '省定贫困线@' || parameters.value as asked
    from {{ ref('int_parameter') }} as parameters
    inner join {{ source('raw', 'county_document') }} as adopted on adopted.document = 'LY'
    where parameters.clause = 'LY-income' and parameters.parameter = 'line_year'
    union all
    select '国家扶贫标准' as line, '国家扶贫标准' as asked
    from {{ source('raw', 'county_document') }} as adopted
    where adopted.document = 'FX'
),

missing as (
    select distinct
        households.region_code,
        needed.line,
        'lines' as clause,
        '区划 ' || households.region_code || ' 在 ' || cast(households.as_of as {{ dbt.type_string() }}) || ' 没有执行中的'
        || needed.line || '，请报送“各类标准线公布表”' as message,
        cast(null as bigint) as line_fen,
        cast(null as bigint) as national_fen
    from {{ ref('int_household_at') }} as households
    inner join day on households.as_of = day.as_of
    cross join needed
    where not exists (
        select 1 from {{ ref('int_line_at') }} as lines
        where lines.as_of = households.as_of
            and lines.region_code = households.region_code
            and lines.line = needed.asked
    )
),

-- Two rows of one region, kind and start with different amounts in the file that counts.
contradicted as (
    select
        stated.region_code,
        stated.line,
        'lines' as clause,
        '文件 ' || min(stated._file) || ' 中区划 ' || stated.region_code || ' 的' || stated.line || '自 '
        || cast(stated.effective_from as {{ dbt.type_string() }}) || ' 起有两个不同金额' as message,
        cast(null as bigint) as line_fen,
        cast(null as bigint) as national_fen
    from {{ source('raw', 'standard_line') }} as stated
    inner join {{ ref('stg_standard_line') }} as counting
        on stated._receipt = counting._receipt
            and stated.region_code = counting.region_code
            and stated.line = counting.line
            and stated.effective_from = counting.effective_from
    group by stated.region_code, stated.line, stated.effective_from
    having count(distinct cast(stated.amount_fen as {{ dbt.type_string() }}) || coalesce(stated.unit, '')) > 1
),

-- A county's own values of one parameter: two in force on D, or one ended before D, the next beginning after it, and none shipped.
own_value as (
    select parameters.*, day.as_of
    from {{ source('raw', 'county_parameter') }} as parameters
    cross join day
),

parameter_overlap as (
    select
        region_code,
        clause || '.' || parameter as line,
        'parameters' as clause,
        '区划 ' || region_code || ' 的参数 ' || clause || '.' || parameter || ' 在 ' || cast(as_of as {{ dbt.type_string() }})
        || ' 有 ' || cast(count(*) as {{ dbt.type_string() }}) || ' 行同时执行：'
        || {{ joined_text("value || '（自 ' || cast(effective_from as " ~ dbt.type_string() ~ ") || '，' || coalesce(nullif(reference, ''), '无文号') || '）'", 'effective_from, value', '、') }}
            as message,
        cast(null as bigint) as line_fen,
        cast(null as bigint) as national_fen
    from own_value
    where effective_from <= as_of and (effective_to is null or effective_to >= as_of)
    group by region_code, clause, parameter, as_of
    having count(*) > 1
),

parameter_gap as (
    select
        region_code,
        clause || '.' || parameter as line,
        'parameters' as clause,
        '区划 ' || region_code || ' 的参数 ' || clause || '.' || parameter || ' 在 ' || cast(as_of as {{ dbt.type_string() }})
        || ' 没有执行中的数值：前一行到 ' || cast(max(case when effective_to < as_of then effective_to end) as {{ dbt.type_string() }})
        || ' 为止，后一行自 ' || cast(min(case when effective_from > as_of then effective_from end) as {{ dbt.type_string() }}) || ' 起' as message,
        cast(null as bigint) as line_fen,
        cast(null as bigint) as national_fen
    from own_value
    where not exists (
        select 1 from {{ ref('parameter') }} as shipped
        where shipped.clause = own_value.clause and shipped.parameter = own_value.parameter
    )
    group by region_code, clause, parameter, as_of
    having max(case when effective_to < as_of then 1 else 0 end) = 1
        and max(case when effective_from > as_of then 1 else 0 end) = 1
        and max(case when effective_from <= as_of and (effective_to is null or effective_to >= as_of) then 1 else 0 end) = 0
)

select * from floor_broken
union all
select * from missing
union all
select * from contradicted
union all
select * from parameter_overlap
union all
select * from parameter_gap

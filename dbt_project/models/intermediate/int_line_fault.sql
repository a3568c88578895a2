-- One row per region and fault of its lines or parameters that forbids publishing for it: a floor broken, a line missing, a line
-- without its unit, two amounts for one start, two values of a parameter in force on D, a parameter whose rows leave D out.
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

-- What households are held against: their own rural dibao line, and what the adopted documents compare all of them with.
-- A town household without its own line is left out alone (int_published_household), not with its whole village.
needed as (
    select tests.as_of, tests.region_code, tests.dibao_line as line, tests.dibao_line as asked
    from {{ ref('int_dibao_test') }} as tests
    where tests.dibao_line = '农村低保标准'
    union
    select households.as_of, households.region_code, '农村低保标准' as line, '农村低保标准' as asked
    from {{ ref('int_household_at') }} as households
    inner join {{ source('raw', 'county_document') }} as adopted on adopted.document = 'FQ'
    union
    select
        households.as_of,
        households.region_code,
        '省定贫困线' as line,
        '省定贫困线@' || cast(thresholds.marginal_line_year as {{ dbt.type_string() }}) as asked
    from {{ ref('int_household_at') }} as households
    inner join {{ ref('int_threshold') }} as thresholds
        on households.as_of = thresholds.as_of and households.region_code = thresholds.region_code
    inner join {{ source('raw', 'county_document') }} as adopted on adopted.document = 'LY'
    union
    select households.as_of, households.region_code, '国家扶贫标准' as line, '国家扶贫标准' as asked
    from {{ ref('int_household_at') }} as households
    inner join {{ source('raw', 'county_document') }} as adopted on adopted.document = 'FX'
),

missing as (
    select
        needed.region_code,
        needed.line,
        'lines' as clause,
        '区划 ' || needed.region_code || ' 在 ' || cast(needed.as_of as {{ dbt.type_string() }}) || ' 没有执行中的'
        || needed.line || '，请报送“各类标准线公布表”' as message,
        cast(null as bigint) as line_fen,
        cast(null as bigint) as national_fen
    from needed
    inner join day on needed.as_of = day.as_of
    where not exists (
        select 1 from {{ ref('int_line_at') }} as lines
        where lines.as_of = needed.as_of
            and lines.region_code = needed.region_code
            and lines.line = needed.asked
    )
),

unstated as (
    select
        lines.region_code,
        lines.line,
        'lines' as clause,
        '区划 ' || lines.region_code || ' 的' || lines.line || '自 ' || cast(lines.effective_from as {{ dbt.type_string() }})
        || ' 起 ' || {{ yuan_text('lines.amount_fen') }} || ' 元，没有写明是元/年还是元/月，请补填“单位”后重报' as message,
        cast(null as bigint) as line_fen,
        cast(null as bigint) as national_fen
    from {{ ref('int_line') }} as lines
    where lines.line_fen_per_year is null
),

-- Two rows of one region, kind and start with different yearly amounts in the last file that states it.
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
    having count(distinct {{ line_per_year('stated') }}) > 1
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
select * from unstated
union all
select * from contradicted
union all
select * from parameter_overlap
union all
select * from parameter_gap

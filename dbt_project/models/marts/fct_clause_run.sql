with found as (
    select clauses.clause, count(*) as findings, count(distinct findings.household_no) as households
    from {{ ref('clause') }} as clauses
    inner join {{ ref('fct_finding') }} as findings
        on ';' || findings.clause || ';' like '%;' || clauses.clause || ';%'
    group by clauses.clause
),

missing as (
    select clause, {{ joined_text("'《' || label || '》'", 'label', '') }} as labels
    from (
        select distinct clauses.clause, forms.label
        from {{ ref('clause') }} as clauses
        inner join {{ ref('int_form_missing') }} as forms
            on ';' || clauses.rules || ';' like '%;' || forms.rule_id || ';%'
    ) as forms
    group by clause
)

select
    run.as_of,
    clauses.clause_order,
    clauses.clause,
    clauses.document,
    documents.number as document_number,
    clauses.title,
    clauses.asks,
    clauses.rules,
    documents.in_force_from <= run.as_of
    and (documents.in_force_to is null or documents.in_force_to >= run.as_of) as is_in_force,
    cast(coalesce(found.findings, 0) as bigint) as findings,
    cast(coalesce(found.households, 0) as bigint) as households,
    case
        when coalesce(found.findings, 0) = 0 then '已执行，未发现'
        else '已执行，' || {{ as_text('found.findings') }} || ' 项，涉及 ' || {{ as_text('found.households') }} || ' 户'
    end || coalesce('；从未收到' || missing.labels || '，须据以判断的事项不作判断', '') as result
from {{ ref('clause') }} as clauses
inner join {{ ref('document') }} as documents on clauses.document = documents.document
inner join {{ source('raw', 'county_document') }} as adopted on clauses.document = adopted.document
cross join {{ source('raw', 'run') }} as run
left join found on clauses.clause = found.clause
left join missing on clauses.clause = missing.clause

-- One row per rule: warnings handed out with it before D, those verified, and the share found true.
with told as (
    select rules.rule_id, earlier.warning_no, earlier.verdict, earlier.is_true
    from {{ source('raw', 'ledger_warning_rule') }} as rules
    inner join {{ ref('int_warning_earlier') }} as earlier on rules.warning_no = earlier.warning_no
)

select
    run.as_of,
    labels.rule_id,
    labels.label,
    count(told.warning_no) as handed_out,
    count(told.verdict) as verified,
    count(case when told.is_true then 1 end) as found_true,
    case when count(told.verdict) > 0
        then {{ yuan(rounded_quotient('count(case when told.is_true then 1 end) * 10000', 'count(told.verdict)')) }} end as precision_percent
from {{ ref('warning_rule') }} as labels
cross join {{ source('raw', 'run') }} as run
left join told on labels.rule_id = told.rule_id
group by run.as_of, labels.rule_id, labels.label

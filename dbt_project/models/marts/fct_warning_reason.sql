with reason as (
    select
        findings.household_no,
        findings.as_of,
        findings.rule_id,
        rules.label,
        rules.severity,
        case
            when findings.rule_id = 'public_report' and findings.basis not in ('一键报贫', '扶贫服务热线') then '社会监督发现'
            else rules.channel
        end as channel,
        rules.visit_focus,
        rules.department,
        findings.basis,
        findings.measured_value,
        findings.threshold_value,
        findings.happened_on,
        findings.evidence,
        findings.source_file,
        findings.source_row,
        row_number() over (
            partition by findings.household_no, findings.rule_id
            -- The newest event speaks for its rule: an older one would leave a disaster after the verdict silent.
            order by
                findings.happened_on desc nulls last, findings.person_key nulls first, findings.evidence nulls last, findings.source_file nulls first, findings.source_row nulls first
        ) as repeat_rank
    from {{ ref('fct_finding') }} as findings
    inner join {{ ref('warning_rule') }} as rules on findings.rule_id = rules.rule_id
    where findings.kind = 'warning'
)

select
    household_no,
    as_of,
    rule_id,
    label,
    severity,
    channel,
    visit_focus,
    department,
    basis,
    measured_value,
    threshold_value,
    happened_on,
    evidence,
    source_file,
    source_row
from reason
where repeat_rank = 1

-- One row per household with reports of need in the span and channel that they came by: found twice is one warning with two sources.
select distinct
    leads.as_of,
    leads.household_no,
    case when leads.channel not in ('一键报贫', '扶贫服务热线') then '社会监督发现' else rules.channel end as channel
from {{ ref('int_lead') }} as leads
inner join {{ ref('warning_rule') }} as rules on rules.rule_id = 'public_report'

-- One row per township: what D's night hands out and where its warnings stand (change notices of the monitored included).
select
    warnings.as_of,
    warnings.township_code,
    max(warnings.township) as township,
    count(case when warnings.status <> '已关闭' then 1 end) as in_hand,
    count(case when warnings.status = '待核实' and warnings.issued_on > warnings.as_of then 1 end) as handed_out,
    count(case when warnings.status = '待核实' then 1 end) as waiting,
    count(case when warnings.status = '逾期未核实' then 1 end) as overdue,
    max(warnings.overdue_days) as longest_overdue_days,
    count(case when warnings.status = '已核实' then 1 end) as verified,
    count(case when warnings.status = '静默' then 1 end) as silent,
    count(case when warnings.kind = 'change_notice' and warnings.status <> '已关闭' then 1 end) as change_notices
from {{ ref('fct_warning') }} as warnings
group by warnings.as_of, warnings.township_code

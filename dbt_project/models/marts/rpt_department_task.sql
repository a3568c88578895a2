-- One row per finding that a department has to act on: what is due and not given, entitlements, deadlines and conflicts.
select
    findings.as_of,
    findings.department,
    findings.kind,
    findings.clause,
    findings.document,
    findings.rule_id,
    findings.subject,
    findings.household_no,
    findings.person_key,
    households.township_code,
    households.township,
    households.village,
    findings.evidence,
    findings.amount_due_yuan,
    findings.due_on
from {{ ref('fct_finding') }} as findings
left join {{ ref('dim_household') }} as households on findings.household_no = households.household_no
where findings.kind in ('gap', 'entitlement', 'deadline', 'conflict')

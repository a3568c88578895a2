-- LS-cadre: households in difficulty without a plan (no measure on the ledger that runs or fell in the window) or without a cadre (no helper on the register, or of a time on it that is over).
with judged as (
    select
        objects.as_of,
        objects.household_no,
        objects.region_code,
        objects.called,
        not exists (
            select 1 from {{ ref('int_measure') }} as measures
            where measures.household_no = objects.household_no and (measures.is_running or measures.is_in_window)
        ) as lacks_plan,
        monitored.helper is null as lacks_cadre
    from {{ ref('int_document_object') }} as objects
    left join {{ ref('int_monitored') }} as monitored
        on objects.as_of = monitored.as_of and objects.household_no = monitored.household_no and monitored.is_monitored
    where objects.document = 'LS'
)

select
    {{ finding(
        rule="'gap_ls_cadre'", kind="'gap'", document="'LS'", clause="'LS-cadre'", subject="'一户一策一干部未落实'",
        basis=branches([('state.lacks_plan', 'no_plan'), ('state.lacks_cadre', 'no_cadre')]), department="'乡镇'", unit='null',
        evidence="state.called || '：' || " ~ said_branches([('state.lacks_plan', '没有帮扶措施'), ('state.lacks_cadre', '没有联系干部')])
    ) }}
from judged as state
where state.lacks_plan or state.lacks_cadre

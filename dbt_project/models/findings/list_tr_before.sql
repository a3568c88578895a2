-- TR-before: households that a shock hit, by whether they can bear the cost: help before (advance payment) or after the event.
with shock as (
    select household_no, {{ joined_text('subject', 'subject', '、') }} as shocks
    from (
        {% for rule in ['medical_burden', 'disaster_hit', 'job_lost', 'only_worker_died'] -%}
        select distinct household_no, subject from {{ ref('warning_' ~ rule) }}
        {%- if not loop.last %}
        union
        {% endif %}
        {%- endfor %}
        union
        select distinct pupils.household_no, '在校费用' as subject
        from {{ ref('int_pupil') }} as pupils
        where coalesce(pupils.status, '在读') = '在读' and pupils.unpaid_fen > 0
    ) as shocks
    group by household_no
),

judged as (
    select
        states.*,
        shock.shocks,
        coalesce(states.income_status <> '待定' and states.after_rigid_income_per_capita_fen >= states.dibao_fen, false) as can_bear
    from {{ adopted_state('TR') }} as states
    inner join shock on states.household_no = shock.household_no
)

select
    {{ finding(
        rule="'list_tr_before'", kind="'list'", document="'TR'", clause="'TR-before'",
        subject="case when state.income_status = '待定' then '先核收入，再定救助方式' when state.can_bear then '事后救助' else '事前救助（先行垫付）' end",
        basis="case when state.income_status = '待定' then 'income_unknown' when state.can_bear then 'after' else 'before' end",
        measured_name="'after_rigid_income_per_capita'", measured_fen='state.after_rigid_income_per_capita_fen',
        threshold_name='state.dibao_line', threshold_fen='state.dibao_fen', threshold_region='state.dibao_region', department="'民政'",
        evidence="state.shocks || '；' || case when state.income_status = '待定' then '收入待定' else '扣除刚性支出后人均收入 ' || "
            ~ yuan_said('state.after_rigid_income_per_capita_fen') ~ " end || '，低保标准 '
            || " ~ yuan_said('state.dibao_fen')
    ) }}
from judged as state

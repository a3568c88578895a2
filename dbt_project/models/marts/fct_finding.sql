{%- set rules = [
    'class_fq_net_income_year',
    'class_fq_range',
    'class_fx_cross_list',
    'class_ls_kind',
    'class_ly_marginal',
    'class_ly_watch',
    'class_tr_low_income',
    'warning_dibao_stopped',
    'warning_disaster_hit',
    'warning_dropout',
    'warning_income_below_line',
    'warning_income_fell',
    'warning_job_lost',
    'warning_medical_burden',
    'warning_new_disability',
    'warning_only_worker_died',
    'warning_public_report',
    'warning_unsafe_home',
    'warning_unsafe_water',
    'warning_visit_no',
] -%}
with every as (
    {% for rule in rules -%}
    select * from {{ ref(rule) }}
    {%- if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}
)

select
    every.as_of,
    every.kind,
    every.rule_id,
    every.clause,
    every.document,
    every.region_code,
    every.household_no,
    every.person_key,
    every.subject,
    every.basis,
    every.measured_name,
    every.measured_value,
    every.threshold_name,
    every.threshold_value,
    case when every.threshold_region = '0' then '000000' else every.threshold_region end as threshold_region,
    every.threshold_reference,
    every.unit,
    every.amount_due_yuan,
    every.due_on,
    every.department,
    every.evidence,
    receipts.file as source_file,
    every.source_row
from every
left join {{ source('raw', 'receipt') }} as receipts on every.source_receipt = receipts.seq
where every.household_no is null
    or exists (
        select 1 from {{ ref('int_published_household') }} as published
        where published.as_of = every.as_of and published.household_no = every.household_no
    )

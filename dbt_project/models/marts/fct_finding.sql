{%- set rules = [
    'class_fq_net_income_year',
    'class_fq_range',
    'class_fx_cross_list',
    'class_ls_kind',
    'class_ly_marginal',
    'class_ly_watch',
    'class_tr_low_income',
    'conflict_fx_floor',
    'conflict_ls_basis',
    'conflict_ly_procedure',
    'conflict_ly_verify',
    'conflict_tr_steps',
    'coverage_fq_cover',
    'coverage_fq_ledger',
    'coverage_fq_scale',
    'coverage_ly_file',
    'coverage_tr_visit',
    'deadline_fq_rhythm',
    'deadline_fx_publish',
    'deadline_fx_review',
    'deadline_ls_track',
    'deadline_ly_notice',
    'deadline_ly_quarter',
    'deadline_tr_urgent',
    'entitlement_fq_emergency',
    'entitlement_fq_medical',
    'entitlement_ly_medical',
    'exit_fx_fade',
    'exit_ly_lapse',
    'exit_ly_standard',
    'exit_tr_fade',
    'exit_tr_stable',
    'feed_fx_exchange',
    'feed_ly_share',
    'feed_tr_feed',
    'gap_fq_helper',
    'gap_fq_housing',
    'gap_fq_jobs',
    'gap_fq_schooling',
    'gap_fx_fallback',
    'gap_fx_groups',
    'gap_fx_price',
    'gap_ls_cadre',
    'gap_ls_covered',
    'gap_ls_insured',
    'gap_ls_one_job',
    'gap_ly_measures',
    'gap_tr_nolabour',
    'gap_tr_reason',
    'gap_tr_refer',
    'gap_tr_service',
    'list_fq_channels',
    'list_fq_help_effect',
    'list_fq_month',
    'list_fx_factors',
    'list_fx_jobcost',
    'list_fx_pension',
    'list_fx_posting',
    'list_ls_closed',
    'list_ls_housing',
    'list_ls_pupils',
    'list_ly_groups',
    'list_ly_procedure',
    'list_ly_watch',
    'list_tr_before',
    'list_tr_database',
    'list_tr_jobcost',
    'list_tr_pension',
    'list_tr_residence',
    'list_tr_rigid',
    'list_tr_steps',
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
    every.happened_on,
    every.department,
    every.evidence,
    receipts.file as source_file,
    every.source_row
from every
left join {{ source('raw', 'receipt') }} as receipts on every.source_receipt = receipts.seq
where (
    every.household_no is null
    or exists (
        select 1 from {{ ref('int_published_household') }} as published
        where published.as_of = every.as_of and published.household_no = every.household_no
    )
)
and not exists (
    select 1 from {{ ref('int_form_missing') }} as missing
    where missing.rule_id = every.rule_id and (missing.basis is null or missing.basis = every.basis)
)

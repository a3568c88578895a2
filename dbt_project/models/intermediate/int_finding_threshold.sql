{#-
  column, clause, parameter, form: `fen` for money, `ppm` for shares and multiples (millionths), `whole` for counts
-#}
{%- set columns = [
    ('notice_working_days', 'LY-notice', 'working_days', 'whole'),
    ('review_grace_days', 'LY-quarter', 'grace_days', 'whole'),
    ('one_off_share_ppm', 'LY-medical', 'share', 'ppm'),
    ('one_off_cap_fen', 'LY-medical', 'cap', 'fen'),
    ('one_off_per_year', 'LY-medical', 'per_year', 'whole'),
    ('spending_share_ppm', 'LY-spending', 'share', 'ppm'),
    ('report_day', 'FQ-rhythm', 'report_day', 'whole'),
    ('look_back_months', 'FQ-medical', 'months', 'whole'),
    ('large_cost_fen', 'FQ-medical', 'large_cost', 'fen'),
    ('look_back_aid_ppm', 'FQ-medical', 'aid_share', 'ppm'),
    ('emergency_fen', 'FQ-emergency', 'emergency', 'fen'),
    ('transition_month_fen', 'FQ-emergency', 'transition_month', 'fen'),
    ('transition_months_least', 'FQ-emergency', 'transition_months_least', 'whole'),
    ('transition_months_most', 'FQ-emergency', 'transition_months_most', 'whole'),
    ('winter_spring_fen', 'FQ-emergency', 'winter_spring', 'fen'),
    ('winter_from_month', 'FQ-emergency', 'winter_from_month', 'whole'),
    ('winter_to_month', 'FQ-emergency', 'winter_to_month', 'whole'),
    ('offers', 'FQ-jobs', 'offers', 'whole'),
    ('visits_per_month', 'FQ-helper', 'visits_per_month', 'whole'),
    ('track_months', 'LS-track', 'interval_months', 'whole'),
    ('one_job_workers', 'LS-one-job', 'workers', 'whole'),
    ('working_age_from', 'LS-one-job', 'age_from', 'whole'),
    ('working_age_men_to', 'LS-one-job', 'age_men_to', 'whole'),
    ('working_age_women_to', 'LS-one-job', 'age_women_to', 'whole'),
    ('insured_ahead_months', 'LS-insured', 'ahead_months', 'whole'),
    ('old_age', 'FX-groups', 'old_age', 'whole'),
    ('minor_age', 'FX-groups', 'minor_age', 'whole'),
    ('publish_working_days', 'FX-publish', 'working_days', 'whole'),
    ('review_months', 'FX-review', 'months', 'whole'),
    ('stable_work_months', 'TR-nolabour', 'stable_work_months', 'whole'),
    ('job_cost_cap_ppm', 'TR-jobcost', 'cap', 'ppm'),
    ('answer_hours', 'TR-urgent', 'answer_hours', 'whole'),
    ('help_hours', 'TR-urgent', 'help_hours', 'whole'),
    ('emergency_days', 'TR-urgent', 'emergency_days', 'whole'),
] -%}
-- One row per region on D: the parameters that findings beyond classes and warnings compare with.
-- Money in fen, shares in millionths. A parameter without a value is null, and then its rule finds nothing.
select
    parameters.as_of,
    parameters.region_code
    {%- for column, clause, parameter, form in columns %},
    {%- set value = "max(case when parameters.clause = '" ~ clause ~ "' and parameters.parameter = '" ~ parameter ~ "' then parameters.value end)" %}
    {% if form == 'fen' -%}
    cast(cast({{ value }} as decimal(18, 2)) * 100 as bigint)
    {%- elif form == 'ppm' -%}
    cast(cast({{ value }} as decimal(18, 6)) * 1000000 as bigint)
    {%- else -%}
    cast({{ value }} as integer)
    {%- endif %} as {{ column }}
    {%- endfor %}
from {{ ref('int_parameter_at') }} as parameters
inner join {{ ref('int_as_of') }} as days on parameters.as_of = days.as_of and days.is_day
group by parameters.as_of, parameters.region_code

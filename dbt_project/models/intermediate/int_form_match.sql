{%- set forms = [
    ('assistance_roster', '社会救助对象名册', '民政', 'person_key', '_period'),
    ('disability_register', '持证残疾人名册', '残联', 'person_key', '_period'),
    ('medical_settlement', '医保结算明细', '医保', 'person_key', 'settled_on'),
    ('school_enrolment', '在校学生学籍与资助表', '教育', 'person_key', 'term'),
    ('employment', '务工就业台账', '人社', 'person_key', 'month'),
    ('pension_payment', '城乡居民养老保险待遇发放表', '人社', 'person_key', 'month'),
    ('subsidy_payment', '惠民惠农补贴一卡通发放表', '财政', 'person_key', 'paid_on'),
    ('vehicle_register', '机动车登记比对结果', '公安车管', 'person_key', '_period'),
    ('business_register', '市场主体登记比对结果', '市场监管', 'person_key', '_period'),
    ('property_register', '不动产登记比对结果', '自然资源', 'person_key', '_period'),
    ('financial_check', '金融资产与公积金核对结果', '银行与公积金中心', 'person_key', 'checked_on'),
    ('housing_survey', '农村住房安全鉴定表', '住建', 'household_no', 'surveyed_on'),
    ('water_safety', '饮水安全排查表', '水利', 'household_no', 'checked_on'),
    ('disaster_loss', '灾情与意外事故损失表', '应急', 'household_no', 'happened_on'),
] -%}
-- One row per form that departments share: who or which households it was about up to D, and how many of them are on the county's list.
with shared as (
    {% for form, label, department, key, dated in forms -%}
    select
        '{{ form }}' as form,
        '{{ label }}' as label,
        '{{ department }}' as department,
        '{{ key }}' as key_kind,
        rows_in.{{ key }} as key_value,
        max(rows_in.{{ dated }}) as last_on
    from {{ ref('stg_' ~ form) }} as rows_in
    inner join {{ ref('int_day') }} as day on rows_in.{{ dated }} <= day.as_of
    group by rows_in.{{ key }}
    {%- if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}
    union all
    select
        'public_report', '群众申报与社会监督线索（社会组织）', '慈善和社会组织', 'household_no',
        coalesce(reports.household_no, members.household_no, '线索' || reports.ticket_no), max(cast(reports.reported_at as date))
    from {{ ref('stg_public_report') }} as reports
    inner join {{ ref('int_day') }} as day on cast(reports.reported_at as date) <= day.as_of
    left join {{ ref('int_member_at') }} as members
        on day.as_of = members.as_of and reports.person_key = members.person_key
    where reports.channel = '社会组织'
    group by coalesce(reports.household_no, members.household_no, '线索' || reports.ticket_no)
),

known as (
    select as_of, 'person_key' as key_kind, person_key as key_value
    from {{ ref('int_member_at') }}
    union all
    select as_of, 'household_no' as key_kind, household_no as key_value
    from {{ ref('int_household_at') }}
)

select
    day.as_of,
    shared.form,
    shared.label,
    shared.department,
    shared.key_kind,
    count(*) as keys_sent,
    count(known.key_value) as keys_matched,
    max(shared.last_on) as last_on
from shared
cross join {{ ref('int_day') }} as day
left join known
    on day.as_of = known.as_of and shared.key_kind = known.key_kind and shared.key_value = known.key_value
group by day.as_of, shared.form, shared.label, shared.department, shared.key_kind

-- LY-measures: for each 困难边缘户, help that its condition calls for and that it does not have, with whose task it is.
with had as (
    select household_no, {{ joined_text('kind', 'kind', '、') }} as kinds
    from (select distinct household_no, kind from {{ ref('int_measure') }} where kind is not null) as kinds
    group by household_no
),

judged as (
    select calls.*, coalesce(had.kinds, '无') as kinds, objects.called
    from {{ ref('int_measure_call') }} as calls
    inner join {{ ref('int_document_object') }} as objects
        on calls.as_of = objects.as_of and calls.household_no = objects.household_no and objects.document = 'LY'
    left join had on calls.household_no = had.household_no
    where not calls.is_helped
)

select
    {{ finding(
        rule="'gap_ly_measures'", kind="'gap'", document="'LY'", clause="'LY-measures'", subject="state.area || '应享未享'", basis='state.area',
        person='state.person_key', department='state.department', unit='null',
        evidence="state.called || '，' || state.reason || '，未见' || state.area || '；已有措施：' || state.kinds"
    ) }}
from judged as state
